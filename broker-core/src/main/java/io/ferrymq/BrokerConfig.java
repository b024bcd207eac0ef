package io.ferrymq;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.VirtualDestination;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Everything that can be set about a broker, checked. Made by {@link Broker.Builder} and by configuration files alike.
 *
 * @param name the broker's name: letters, digits and {@code . _ -}
 * @param listeners where to accept connections; may be empty for a broker that is only used in the JVM
 * @param dataDirectory where the journal lives; empty: nothing survives a restart
 * @param storeEngine which engine writes the journal
 * @param segmentBytes size of one journal segment, 1 MiB to 1 GiB
 * @param shards threads that own destinations, 1 to 64
 * @param ioThreads threads that serve sockets, 1 to 64
 * @param socketEngine how they talk to sockets
 * @param limits every bound
 * @param policies settings for some destinations; the most specific pattern that matches a destination counts
 * @param names which destinations there are from the start, and which names stand for others
 * @param advisorySupport whether the broker tells clients that ask about connections, destinations, consumers, producers and
 *     messages; what it tells about temporary destinations is always there
 * @param store how the journal treats its directory
 * @param noSpace what becomes of a send for which there is no room
 * @param offlineDurableSubscriberTimeoutMs a durable subscription without a consumer for so long is removed, milliseconds; -1 never
 */
public record BrokerConfig(
        String name,
        List<Listener> listeners,
        Optional<Path> dataDirectory,
        StoreEngine storeEngine,
        int segmentBytes,
        int shards,
        int ioThreads,
        SocketEngine socketEngine,
        Limits limits,
        List<DestinationPolicy> policies,
        Names names,
        boolean advisorySupport,
        StoreConfig store,
        NoSpace noSpace,
        long offlineDurableSubscriberTimeoutMs) {

    /**
     * An address to accept connections on; port 0 takes a free one.
     *
     * @param scheme what the protocol is called in the address; upper case does not matter
     * @param tls for schemes that encrypt
     */
    public record Listener(String scheme, String host, int port, Optional<Tls> tls) {
        public Listener {
            scheme = scheme.toLowerCase(Locale.ROOT);
        }

        public Listener(String scheme, String host, int port) {
            this(scheme, host, port, Optional.empty());
        }
    }

    /**
     * Names of destinations.
     *
     * @param destinations queues and topics that are there from the start (ActiveMQ's {@code <destinations>}); others come when they are used
     * @param virtualDestinations names that stand for other destinations when something is sent to them
     */
    public record Names(List<DestinationName> destinations, List<VirtualDestination> virtualDestinations) {
        public Names {
            destinations = List.copyOf(destinations);
            virtualDestinations = List.copyOf(virtualDestinations);
        }
    }

    /** Engines of the journal; AUTO takes Chronicle where the JVM allows it, else NIO. */
    public enum StoreEngine {
        AUTO,
        CHRONICLE,
        NIO
    }

    /** How sockets are served; AUTO takes the operating system's own way where Netty has a native library for it, else NIO. */
    public enum SocketEngine {
        AUTO,
        NIO
    }

    /** Of a time after which something is done. */
    public static final long NEVER = -1;

    /** Reports every mistake at once. */
    public BrokerConfig {
        listeners = List.copyOf(listeners);
        policies = List.copyOf(policies);
        List<String> mistakes = new ArrayList<>();
        if (!name.matches("[A-Za-z0-9._-]{1,128}")) {
            mistakes.add("name: 1 to 128 letters, digits and . _ -, not '" + name + "'");
        }
        for (Listener listener : listeners) {
            if (listener.port() < 0 || listener.port() > 65535) {
                mistakes.add("port: 0 to 65535, not " + listener.port());
            }
        }
        range(mistakes, "store.segmentBytes", segmentBytes, 1 << 20, 1 << 30);
        if (store.minFreeBytes() < StoreConfig.DEFAULT || store.ballastBytes() < StoreConfig.DEFAULT) {
            mistakes.add("store.minFreeBytes, store.ballastBytes: 0 or more");
        }
        range(mistakes, "store.snapshotEveryBytes", store.snapshotEveryBytes(), 1 << 20, 1L << 40);
        range(mistakes, "destinations", names.destinations().size(), 0, limits.destinations());
        mistakes.addAll(NameMistakes.in(names));
        range(mistakes, "shards", shards, 1, 64);
        range(mistakes, "ioThreads", ioThreads, 1, 64);
        if (offlineDurableSubscriberTimeoutMs < NEVER) {
            mistakes.add("offlineDurableSubscriberTimeoutMs: 0 or more; -1 for never");
        }
        if (!mistakes.isEmpty()) {
            throw new BrokerException(BrokerException.Code.CONFIGURATION, String.join("; ", mistakes));
        }
    }

    private static void range(List<String> mistakes, String property, long value, long least, long most) {
        if (value < least || value > most) {
            mistakes.add(property + ": " + least + " to " + most + ", not " + value);
        }
    }
}
