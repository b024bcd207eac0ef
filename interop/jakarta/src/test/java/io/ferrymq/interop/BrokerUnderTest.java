package io.ferrymq.interop;

import java.nio.file.Path;
import java.util.List;

/** The broker that the scenarios run against. Used by one thread at a time. */
interface BrokerUnderTest extends AutoCloseable {
    /** Starts at the same address and with the same data as before, if it ran before. Returns when it accepts connections. */
    void start();

    /** Stops in order; it can be started again. */
    void stop();

    default void restart() {
        stop();
        start();
    }

    /** Ends without a goodbye and starts again; a broker that cannot be killed alone is restarted in order. */
    default void crash() {
        restart();
    }

    /** An address for clients: that of a listener that takes plain TCP, without options, or one inside the JVM. */
    String uri();

    /** Stops for good. */
    @Override
    default void close() {
        stop();
    }

    /** What {@code -Dinterop.broker} or {@code -Dinterop.uri} ask for, not started. */
    static BrokerUnderTest create(Path data) {
        if (remote()) {
            return new RemoteBroker(System.getProperty("interop.uri"));
        }
        return switch (System.getProperty("interop.broker", "embedded")) {
            case "embedded" -> new EmbeddedBroker(data);
            case "vm" -> EmbeddedBroker.withoutSocket(data);
            case "jar" -> ChildBroker.ferryJar(data);
            case "classic" -> ChildBroker.classic(data);
            default -> throw new IllegalArgumentException("interop.broker: embedded, vm, jar or classic");
        };
    }

    /** FerryMQ inside the JVM or ActiveMQ Classic, which removes durable subscriptions that nobody has used for so long; not started. */
    static BrokerUnderTest forgetting(Path data, long offlineMs) {
        return ferry()
                ? EmbeddedBroker.forgetting(data, offlineMs)
                : ChildBroker.classic(data, List.of("--offline-ms", Long.toString(offlineMs)));
    }

    /** Whether the broker belongs to somebody else, so that it cannot be stopped. */
    static boolean remote() {
        return !System.getProperty("interop.uri", "").isBlank();
    }

    /** Whether it is known to be FerryMQ. */
    static boolean ferry() {
        return !remote() && !"classic".equals(System.getProperty("interop.broker"));
    }
}
