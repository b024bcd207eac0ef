package io.ferrymq.client.vm;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.activemq.util.URISupport;
import org.apache.activemq.util.URISupport.CompositeData;

/**
 * A URL in one of the two forms that ActiveMQ Classic knows: {@code vm://name?broker.persistent=false} and {@code
 * vm:(broker:(tcp://host:port)?persistent=false)}.
 *
 * @param name of the broker
 * @param plan how to start it
 * @param create whether to start it if it is not there
 * @param waitForStartMs how long somebody else may take to start it
 * @param options what is left, for the connection
 */
record VmUrl(String name, BrokerPlan plan, boolean create, long waitForStartMs, Map<String, String> options) {
    /** What is meant when none is named. */
    static final String DEFAULT_NAME = "localhost";

    private static final String BROKER_SCHEME = "broker";
    private static final String BROKER_PREFIX = "broker.";

    /** @throws IllegalArgumentException naming what cannot be used */
    static VmUrl parse(URI location) throws URISyntaxException {
        CompositeData composite = URISupport.parseComposite(location);
        URI[] components = composite.getComponents();
        if (components.length == 1 && BROKER_SCHEME.equals(components[0].getScheme())) {
            CompositeData broker = URISupport.parseComposite(components[0]);
            return url(brokerName(broker), BrokerPlan.of(broker), new HashMap<>(composite.getParameters()));
        }
        Map<String, String> options = new HashMap<>(URISupport.parseParameters(location));
        Map<String, String> brokerOptions = new HashMap<>();
        options.forEach((key, value) -> {
            if (key.startsWith(BROKER_PREFIX)) {
                brokerOptions.put(key.substring(BROKER_PREFIX.length()), value);
            }
        });
        options.keySet().removeIf(key -> key.startsWith(BROKER_PREFIX));
        String config = options.remove("brokerConfig");
        BrokerPlan plan = config == null ? BrokerPlan.of(brokerOptions) : configured(config);
        return url(host(location), plan, options);
    }

    private static VmUrl url(String name, BrokerPlan plan, Map<String, String> options) {
        boolean create = !"false".equals(options.remove("create"));
        String wait = options.remove("waitForStart");
        try {
            return new VmUrl(name, plan, create, wait == null ? 0 : Long.parseLong(wait), Map.copyOf(options));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("waitForStart: milliseconds, not '" + wait + "'", e);
        }
    }

    private static BrokerPlan configured(String config) throws URISyntaxException {
        URI uri = new URI(config);
        if (!BROKER_SCHEME.equals(uri.getScheme())) {
            throw new IllegalArgumentException(
                    "brokerConfig: broker:(...)?option=value, not '" + config + "'; start such a broker yourself");
        }
        return BrokerPlan.of(URISupport.parseComposite(uri));
    }

    private static String brokerName(CompositeData broker) {
        return Optional.ofNullable(broker.getPath())
                .or(() -> Optional.ofNullable(broker.getParameters().get("brokerName")))
                .orElse(DEFAULT_NAME);
    }

    /** A name with characters that a host cannot have is an authority. */
    private static String host(URI location) {
        return Optional.ofNullable(location.getHost())
                .or(() -> Optional.ofNullable(location.getAuthority()))
                .filter(name -> !name.isEmpty())
                .orElse(DEFAULT_NAME);
    }

    @Override
    public String toString() {
        return "vm://" + name;
    }
}
