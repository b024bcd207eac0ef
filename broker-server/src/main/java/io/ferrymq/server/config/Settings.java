package io.ferrymq.server.config;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.StoreConfig;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.VirtualDestination;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a file and a command line say about a broker. Owned by the thread that starts it. What nobody set keeps the default of
 * {@link Broker.Builder}, or for the address and the data directory, the program's.
 */
public final class Settings {
    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 61616;

    private Optional<String> name = Optional.empty();
    private List<Listener> listeners = List.of();
    private Path data = Path.of("data");
    private boolean inMemory;
    private Optional<BrokerConfig.StoreEngine> storeEngine = Optional.empty();
    private Optional<Integer> segmentBytes = Optional.empty();
    private Optional<Integer> shards = Optional.empty();
    private Optional<Integer> ioThreads = Optional.empty();
    private Optional<BrokerConfig.SocketEngine> socketEngine = Optional.empty();
    private Optional<Limits> limits = Optional.empty();
    private List<DestinationPolicy> policies = List.of();
    private List<DestinationName> destinations = List.of();
    private List<VirtualDestination> virtualDestinations = List.of();
    private boolean advisorySupport = true;
    private StoreConfig store = StoreConfig.defaults();
    private NoSpace noSpace = NoSpace.HOLD;
    private long offlineDurableSubscriberTimeoutMs = BrokerConfig.NEVER;

    public void name(String value) {
        name = Optional.of(value);
    }

    public void listeners(List<Listener> value) {
        listeners = List.copyOf(value);
    }

    public void data(Path value) {
        data = value;
    }

    public void inMemory(boolean value) {
        inMemory = value;
    }

    public void storeEngine(BrokerConfig.StoreEngine value) {
        storeEngine = Optional.of(value);
    }

    public void segmentBytes(int value) {
        segmentBytes = Optional.of(value);
    }

    public void shards(int value) {
        shards = Optional.of(value);
    }

    public void ioThreads(int value) {
        ioThreads = Optional.of(value);
    }

    public void socketEngine(BrokerConfig.SocketEngine value) {
        socketEngine = Optional.of(value);
    }

    public void limits(Limits value) {
        limits = Optional.of(value);
    }

    public void policies(List<DestinationPolicy> value) {
        policies = List.copyOf(value);
    }

    public void destinations(List<DestinationName> value) {
        destinations = List.copyOf(value);
    }

    public void virtualDestinations(List<VirtualDestination> value) {
        virtualDestinations = List.copyOf(value);
    }

    public void advisorySupport(boolean value) {
        advisorySupport = value;
    }

    public void store(StoreConfig value) {
        store = value;
    }

    public void noSpace(NoSpace value) {
        noSpace = value;
    }

    public void offlineDurableSubscriberTimeoutMs(long value) {
        offlineDurableSubscriberTimeoutMs = value;
    }

    public StoreConfig store() {
        return store;
    }

    public NoSpace noSpace() {
        return noSpace;
    }

    public List<Listener> listeners() {
        return listeners.isEmpty() ? List.of(new Listener("tcp", DEFAULT_HOST, DEFAULT_PORT)) : listeners;
    }

    /** Empty: the broker keeps nothing on disk. */
    public Optional<Path> dataDirectory() {
        return inMemory ? Optional.empty() : Optional.of(data);
    }

    /** Hands everything to the builder, whose validation has the last word. */
    public Broker.Builder toBuilder() {
        Broker.Builder builder = Broker.builder();
        listeners().forEach(builder::listen);
        dataDirectory().ifPresentOrElse(builder::dataDirectory, builder::inMemory);
        name.ifPresent(builder::name);
        storeEngine.ifPresent(builder::storeEngine);
        segmentBytes.ifPresent(builder::segmentBytes);
        shards.ifPresent(builder::shards);
        ioThreads.ifPresent(builder::ioThreads);
        socketEngine.ifPresent(builder::socketEngine);
        limits.ifPresent(builder::limits);
        policies.forEach(builder::policy);
        destinations.forEach(builder::destination);
        virtualDestinations.forEach(builder::virtualDestination);
        builder.advisorySupport(advisorySupport);
        builder.store(store);
        builder.noSpace(noSpace);
        builder.offlineDurableSubscriberTimeoutMs(offlineDurableSubscriberTimeoutMs);
        return builder;
    }
}
