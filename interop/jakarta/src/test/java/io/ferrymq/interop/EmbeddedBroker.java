package io.ferrymq.interop;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** FerryMQ in this JVM, with a data directory. */
final class EmbeddedBroker implements BrokerUnderTest {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String name;
    private final Path data;
    private final boolean listening;
    private final long offlineMs;
    private int port;
    private Broker broker;

    EmbeddedBroker(Path data) {
        this(data, true, BrokerConfig.NEVER);
    }

    private EmbeddedBroker(Path data, boolean listening, long offlineMs) {
        this.data = data;
        this.offlineMs = offlineMs;
        this.listening = listening;
        this.name = listening ? "interop" : "interop-" + NUMBERS.incrementAndGet(); // by its name only inside the JVM
    }

    /** One that is reached by {@code vm://}. */
    static EmbeddedBroker withoutSocket(Path data) {
        return new EmbeddedBroker(data, false, BrokerConfig.NEVER);
    }

    /** One that removes durable subscriptions which nobody has used for so long. */
    static EmbeddedBroker forgetting(Path data, long offlineMs) {
        return new EmbeddedBroker(data, true, offlineMs);
    }

    @Override
    public void start() {
        Broker.Builder builder =
                Broker.builder().name(name).dataDirectory(data).offlineDurableSubscriberTimeoutMs(offlineMs);
        FerryPolicies.all().forEach(builder::policy);
        FerryPolicies.virtualDestinations().forEach(builder::virtualDestination);
        if (listening) {
            broker = builder.tcp("127.0.0.1", port).start();
            port = broker.uri().getPort();
        } else {
            broker = builder.start();
        }
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
            broker = null;
        }
    }

    @Override
    public String uri() {
        if (!listening) {
            return "vm://" + name + "?create=false"; // while it is stopped, none shall take its place
        }
        URI uri = broker.uri();
        return uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort();
    }
}
