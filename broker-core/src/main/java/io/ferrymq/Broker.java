package io.ferrymq;

import io.ferrymq.admin.BrokerAdmin;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.spi.JournalProvider;
import io.ferrymq.spi.ProtocolProvider;
import io.ferrymq.time.Clock;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A message broker in this JVM. Several may run side by side; nothing is shared between them.
 *
 * <pre>{@code
 * try (Broker broker = Broker.builder().tcp("127.0.0.1", 0).dataDirectory(Path.of("data")).start()) {
 *     connect(broker.uri());
 * }
 * }</pre>
 */
public final class Broker implements AutoCloseable {
    private final RunningBroker running;

    private Broker(RunningBroker running) {
        this.running = running;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The address of the first listener, with the port really bound.
     *
     * @throws BrokerException CONFIGURATION, when the broker has no listener
     */
    public URI uri() {
        return running.uris().stream()
                .findFirst()
                .orElseThrow(() -> new BrokerException(
                        BrokerException.Code.CONFIGURATION, "broker " + config().name() + " listens nowhere"));
    }

    /** The addresses of all listeners. */
    public List<URI> uris() {
        return running.uris();
    }

    public BrokerConfig config() {
        return running.config();
    }

    public BrokerAdmin admin() {
        return running.admin();
    }

    /**
     * Completes if the broker can keep no more promises (its journal has failed): it has stopped serving by then; close it and
     * see to the disk. Never completes otherwise.
     */
    public CompletionStage<BrokerException> failure() {
        return running.failure();
    }

    /**
     * Stops in order: no new connections, clients closed, everything written and synced. Idempotent; leaves no thread, direct
     * memory or file lock behind. Not to be called on a thread of the broker.
     */
    @Override
    public void close() {
        running.close();
    }

    /** Collects settings; see {@link BrokerConfig} for what they mean. Not thread safe. */
    public static final class Builder {
        private String name = "localhost";
        private final List<BrokerConfig.Listener> listeners = new ArrayList<>();
        private Optional<Path> dataDirectory = Optional.empty();
        private BrokerConfig.StoreEngine storeEngine = BrokerConfig.StoreEngine.AUTO;
        private int segmentBytes = 128 << 20;
        private int shards = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        private int ioThreads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        private BrokerConfig.SocketEngine socketEngine = BrokerConfig.SocketEngine.AUTO;
        private Limits limits = Limits.defaults();
        private final List<DestinationPolicy> policies = new ArrayList<>();
        private final List<DestinationName> destinations = new ArrayList<>();
        private final List<VirtualDestination> virtualDestinations = new ArrayList<>();
        private boolean advisorySupport = true;
        private StoreConfig store = StoreConfig.defaults();
        private NoSpace noSpace = NoSpace.HOLD;
        private long offlineDurableSubscriberTimeoutMs = BrokerConfig.NEVER;
        private Clock clock = Clock.system();
        private final List<ProtocolProvider> protocols = new ArrayList<>();
        private Optional<JournalProvider> journal = Optional.empty();

        private Builder() {}

        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Accepts OpenWire connections; port 0 takes a free one. */
        public Builder tcp(String host, int port) {
            return listen(new BrokerConfig.Listener("tcp", host, port));
        }

        /** Accepts OpenWire connections over TLS; port 0 takes a free one. */
        public Builder ssl(String host, int port, Tls tls) {
            return listen(new BrokerConfig.Listener("ssl", host, port, Optional.of(tls)));
        }

        public Builder listen(BrokerConfig.Listener listener) {
            listeners.add(listener);
            return this;
        }

        public Builder dataDirectory(Path directory) {
            dataDirectory = Optional.of(directory);
            return this;
        }

        /** Nothing survives a restart; the default. */
        public Builder inMemory() {
            dataDirectory = Optional.empty();
            return this;
        }

        public Builder storeEngine(BrokerConfig.StoreEngine value) {
            storeEngine = value;
            return this;
        }

        public Builder segmentBytes(int value) {
            segmentBytes = value;
            return this;
        }

        public Builder shards(int value) {
            shards = value;
            return this;
        }

        public Builder ioThreads(int value) {
            ioThreads = value;
            return this;
        }

        public Builder socketEngine(BrokerConfig.SocketEngine value) {
            socketEngine = value;
            return this;
        }

        public Builder limits(Limits value) {
            limits = value;
            return this;
        }

        /** Settings for the destinations that a pattern matches. */
        public Builder policy(DestinationPolicy value) {
            policies.add(value);
            return this;
        }

        /** A queue or topic that is there from the start. */
        public Builder destination(DestinationName value) {
            destinations.add(value);
            return this;
        }

        /**
         * A name that stands for other destinations: a {@link io.ferrymq.policy.VirtualTopic}, which takes the place of ActiveMQ's
         * {@code VirtualTopic.>}, or a {@link io.ferrymq.policy.CompositeDestination}.
         */
        public Builder virtualDestination(VirtualDestination value) {
            virtualDestinations.add(value);
            return this;
        }

        /** Whether clients may watch the broker; on by default. */
        public Builder advisorySupport(boolean value) {
            advisorySupport = value;
            return this;
        }

        /** How the journal treats its directory. */
        public Builder store(StoreConfig value) {
            store = value;
            return this;
        }

        /** What becomes of a send for which there is no room; by default it waits. */
        public Builder noSpace(NoSpace value) {
            noSpace = value;
            return this;
        }

        /** Removes durable subscriptions without a consumer for so many milliseconds; by default none. */
        public Builder offlineDurableSubscriberTimeoutMs(long value) {
            offlineDurableSubscriberTimeoutMs = value;
            return this;
        }

        /** Where the broker reads time. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /** A protocol that ServiceLoader does not find; asked before those it finds. */
        public Builder protocol(ProtocolProvider provider) {
            protocols.add(provider);
            return this;
        }

        /** A journal other than the one ServiceLoader finds; used when there is a data directory. */
        public Builder journal(JournalProvider provider) {
            journal = Optional.of(provider);
            return this;
        }

        /** Takes all settings that a {@link BrokerConfig} has. */
        public Builder config(BrokerConfig config) {
            name = config.name();
            listeners.clear();
            listeners.addAll(config.listeners());
            dataDirectory = config.dataDirectory();
            storeEngine = config.storeEngine();
            segmentBytes = config.segmentBytes();
            shards = config.shards();
            ioThreads = config.ioThreads();
            socketEngine = config.socketEngine();
            limits = config.limits();
            policies.clear();
            policies.addAll(config.policies());
            destinations.clear();
            destinations.addAll(config.names().destinations());
            virtualDestinations.clear();
            virtualDestinations.addAll(config.names().virtualDestinations());
            advisorySupport = config.advisorySupport();
            store = config.store();
            noSpace = config.noSpace();
            offlineDurableSubscriberTimeoutMs = config.offlineDurableSubscriberTimeoutMs();
            return this;
        }

        /**
         * Checks the settings without starting anything.
         *
         * @throws BrokerException CONFIGURATION, naming every mistake
         */
        public BrokerConfig build() {
            return new BrokerConfig(
                    name,
                    listeners,
                    dataDirectory,
                    storeEngine,
                    segmentBytes,
                    shards,
                    ioThreads,
                    socketEngine,
                    limits,
                    policies,
                    new BrokerConfig.Names(destinations, virtualDestinations),
                    advisorySupport,
                    store,
                    noSpace,
                    offlineDurableSubscriberTimeoutMs);
        }

        /**
         * Starts the broker: returns when it accepts connections.
         *
         * @throws BrokerException when it cannot; nothing is left behind then
         */
        public Broker start() {
            return new Broker(RunningBroker.start(build(), new RunningBroker.Parts(clock, protocols, journal)));
        }
    }
}
