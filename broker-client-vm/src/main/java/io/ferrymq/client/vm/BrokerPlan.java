package io.ferrymq.client.vm;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.spi.JournalProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.activemq.util.URISupport.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker as a URL of ActiveMQ Classic describes it, in terms of FerryMQ.
 *
 * @param persistent whether messages survive the broker, which is the default of Classic
 * @param dataDirectory where brokers have their directories, each one by its name
 * @param listeners where it listens beside {@code vm://}
 * @param withoutEffect options that Classic knows and FerryMQ does not follow
 */
record BrokerPlan(boolean persistent, Path dataDirectory, List<Listener> listeners, Map<String, String> withoutEffect) {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerPlan.class);
    private static final String CLASSIC_DATA_DIRECTORY = "activemq-data";

    /** @throws IllegalArgumentException naming what is no option of a broker */
    static BrokerPlan of(Map<String, String> options) {
        return of(options, List.of());
    }

    /** What is in {@code broker:(...)}. */
    static BrokerPlan of(CompositeData broker) {
        List<Listener> listeners = new ArrayList<>();
        for (URI component : broker.getComponents()) {
            listen(component, listeners);
        }
        return of(broker.getParameters(), listeners);
    }

    private static BrokerPlan of(Map<String, String> options, List<Listener> listeners) {
        Map<String, String> left = new HashMap<>(options);
        left.remove("brokerName");
        String persistent = left.remove("persistent");
        String directory = left.remove("dataDirectory");
        Map<String, String> unknown = new TreeMap<>();
        Map<String, String> withoutEffect = new TreeMap<>();
        left.forEach((key, value) -> (ClassicOptions.knows(key) ? withoutEffect : unknown).put(key, value));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("There are " + unknown.size()
                    + " Broker options that couldn't be set. Check the options are spelled correctly. Unknown parameters="
                    + unknown + ". This broker cannot be started.");
        }
        withoutEffect.entrySet().removeIf(option -> ClassicOptions.isHarmless(option.getKey(), option.getValue()));
        return new BrokerPlan(
                persistent == null || Boolean.parseBoolean(persistent),
                Path.of(directory == null ? CLASSIC_DATA_DIRECTORY : directory),
                List.copyOf(listeners),
                withoutEffect);
    }

    private static void listen(URI component, List<Listener> listeners) {
        String scheme = String.valueOf(component.getScheme());
        if (scheme.equals("vm") || component.toString().isEmpty()) {
            return; // every broker has that
        }
        if (component.getHost() == null) {
            throw new IllegalArgumentException("broker: FerryMQ cannot have the connector '" + component + "'");
        }
        if (component.getQuery() != null) {
            LOG.warn("Options of a connector have no effect in FerryMQ: {}", component);
        }
        listeners.add(new Listener(scheme, component.getHost(), Math.max(0, component.getPort())));
    }

    /** Starts it: without a journal on the class path in memory. */
    Broker start(String name) {
        if (!withoutEffect.isEmpty()) {
            LOG.warn("Broker {}: options of ActiveMQ Classic that have no effect in FerryMQ: {}", name, withoutEffect);
        }
        Broker.Builder builder = Broker.builder().name(name);
        listeners.forEach(builder::listen);
        if (persistent && hasJournal()) {
            builder.dataDirectory(dataDirectory.resolve(name));
        } else if (persistent) {
            LOG.warn(
                    "Broker {} keeps its messages in memory only: io.ferrymq:broker-store is not on the class path."
                            + " Say broker.persistent=false if that is what you want",
                    name);
        }
        return builder.start();
    }

    private static boolean hasJournal() {
        return ServiceLoader.load(JournalProvider.class, Broker.class.getClassLoader()).stream()
                .findAny()
                .isPresent();
    }
}
