package io.ferrymq;

import io.ferrymq.admin.BrokerAdmin;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.VirtualDestinations;
import io.ferrymq.route.SendRoutes;
import io.ferrymq.session.SessionRegistry;
import io.ferrymq.shard.DestinationIndex;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.spi.BrokerObserver;
import io.ferrymq.spi.JournalProvider;
import io.ferrymq.spi.ProtocolProvider;
import io.ferrymq.spi.ProtocolProvider.ProtocolServer;
import io.ferrymq.time.Clock;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one broker, wired: journal, shards, sessions, protocol servers, in the order they are started; stopped in the
 * opposite order, also when a start fails half way.
 */
final class RunningBroker {
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final long DRAIN_MS = 30_000;
    private static final long READER_IDLE_S = 10;

    /** What can be handed in beside the configuration. */
    record Parts(Clock clock, List<ProtocolProvider> protocols, Optional<JournalProvider> journal) {}

    private final BrokerConfig config;
    private final Deque<Runnable> stopSteps = new ArrayDeque<>();
    private final CompletableFuture<BrokerException> failure = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final DestinationPolicies policies;
    private final VirtualDestinations virtual;
    private final PropertyFormat properties;
    private final BrokerEvents events = new BrokerEvents();
    private final Journal journal;
    private final ExecutorService reading;
    private final Shards shards;
    private final SessionRegistry sessions;
    private final Map<ProtocolProvider, ProtocolServer> servers = new LinkedHashMap<>();
    private final List<URI> uris = new ArrayList<>();
    /** What observers are still to be told. */
    private final Queue<Runnable> farewells = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Thread failing;
    /** Owned by the thread that stops it. */
    private boolean stoppedCleanly;

    private RunningBroker(BrokerConfig config, Parts parts) {
        this.config = config;
        this.policies = new DestinationPolicies(config.policies());
        this.virtual = new VirtualDestinations(config.names().virtualDestinations());
        Protocols protocols = Protocols.known(parts.protocols());
        this.properties = protocols.properties();
        try {
            protocols.check(config.listeners());
            journal = openJournal(config, parts, properties);
            stopSteps.push(this::closeJournal);
            reading = openReading();
            MemoryBudget budget = new MemoryBudget(config.limits().memoryBytes());
            shards = new Shards(config.shards(), owners -> shared(parts.clock(), budget, owners), this::onFailure);
            Journal.Recovery recovery = shards.recover();
            shards.start(config.name());
            stopSteps.push(this::stopShards);
            sessions = new SessionRegistry(
                    config.name(),
                    journal,
                    shards,
                    new SendRoutes(shards.index(), virtual, properties),
                    new SessionRegistry.Surroundings(
                            parts.clock(), config.limits(), budget, events, policies, properties));
            createDestinations();
            sessions.startSchedules();
            sessions.removeUnusedSubscriptions(config.offlineDurableSubscriberTimeoutMs());
            listen(protocols);
            logStart(recovery);
            tellObservers(protocols);
        } catch (RuntimeException | Error cause) {
            stopAll();
            throw cause;
        }
    }

    static RunningBroker start(BrokerConfig config, Parts parts) {
        return new RunningBroker(config, parts);
    }

    /** Reads bodies for the shards; its thread comes when it is first needed. */
    private ExecutorService openReading() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, READER_IDLE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "ferrymq-reader-" + config.name());
                    thread.setDaemon(true);
                    thread.setUncaughtExceptionHandler((failed, cause) -> onFailure(cause));
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        stopSteps.push(() -> stopReading(executor));
        return executor;
    }

    /** Not interrupted: that would close the files under the others. */
    private static void stopReading(ExecutorService executor) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(DRAIN_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("a read of the journal has not ended within {} ms", DRAIN_MS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Journal openJournal(BrokerConfig config, Parts parts, PropertyFormat properties) {
        if (config.dataDirectory().isEmpty()) {
            return new MemoryJournal(UUID.randomUUID().toString());
        }
        JournalProvider provider = parts.journal()
                .or(() -> ServiceLoader.load(JournalProvider.class, Broker.class.getClassLoader())
                        .findFirst())
                .orElseThrow(() -> new BrokerException(
                        BrokerException.Code.CONFIGURATION,
                        "a data directory is set but no journal is on the class path; add io.ferrymq:broker-store"));
        return provider.open(config, properties);
    }

    private Shard.Shared shared(Clock clock, MemoryBudget budget, Shard.Owners owners) {
        return new Shard.Shared(
                clock,
                config.limits(),
                budget,
                new AtomicLong(1),
                new DestinationIndex(policies, virtual),
                journal,
                reading,
                policies,
                events,
                properties,
                config.noSpace(),
                owners);
    }

    private void createDestinations() {
        CompletableFuture<Optional<Refusal>> created = new CompletableFuture<>();
        sessions.createDestinations(
                config.names().destinations(),
                Receipt.of(() -> created.complete(Optional.empty()), why -> created.complete(Optional.of(why))));
        created.join().ifPresent(why -> {
            throw new BrokerException(BrokerException.Code.CONFIGURATION, "destinations: " + why.message());
        });
    }

    private void listen(Protocols protocols) {
        for (BrokerConfig.Listener listener : config.listeners()) {
            uris.add(server(protocols, listener.scheme()).listen(listener));
        }
    }

    private ProtocolServer server(Protocols protocols, String scheme) {
        ProtocolProvider protocol = protocols.of(scheme);
        ProtocolServer server = servers.get(protocol);
        if (server == null) {
            server = protocol.open(sessions, config);
            servers.put(protocol, server);
            stopSteps.push(server::close);
        }
        return server;
    }

    private void tellObservers(Protocols protocols) {
        for (BrokerObserver observer : ServiceLoader.load(BrokerObserver.class, Broker.class.getClassLoader())) {
            ProtocolServer server = server(protocols, observer.scheme());
            observer.started(config.name(), server);
            farewells.add(() -> observer.stopping(config.name(), server));
            stopSteps.push(this::sayFarewell);
        }
    }

    /** Any thread. To each observer once: a broker that has failed is not stopped yet, but nobody is to come to it. */
    private void sayFarewell() {
        for (Runnable next = farewells.poll(); next != null; next = farewells.poll()) {
            run(next);
        }
    }

    private void logStart(Journal.Recovery recovery) {
        Journal.Status status = journal.status();
        LOG.info(
                "broker {} started: listening={}, journal={}, sync={}, records recovered={}, damaged={}, last stop={}, limits={}",
                config.name(),
                uris,
                status.engine(),
                status.sync(),
                recovery.records(),
                recovery.damagedRecords(),
                recovery.lastStop(),
                config.limits());
    }

    /** Runs on the thread that failed, which must not wait for itself: the rest happens on another one. */
    private void onFailure(Throwable cause) {
        BrokerException exception = cause instanceof BrokerException known
                ? known
                : new BrokerException(
                        BrokerException.Code.STORE_FAILED,
                        "broker " + config.name() + " can keep no more promises and has stopped serving: " + cause,
                        cause);
        if (failure.isDone() || closed.get()) {
            return;
        }
        LOG.error(
                "{}; restart it once the cause is removed, nothing acknowledged is lost",
                exception.getMessage(),
                cause);
        Thread closing = new Thread(
                () -> {
                    sayFarewell();
                    servers.values().forEach(ProtocolServer::close);
                    failure.complete(exception);
                },
                "ferrymq-failure-" + config.name());
        closing.setDaemon(true);
        failing = closing;
        closing.start();
    }

    /** Clients are let go in order while there are shards. */
    private void awaitFailing() {
        Thread closing = failing;
        if (closing == null || closing == Thread.currentThread()) {
            return;
        }
        try {
            closing.join(DRAIN_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        if (closed.compareAndSet(false, true)) {
            awaitFailing();
            sessions.close();
            servers.values().forEach(ProtocolServer::stopAccepting);
            // else a message that is worked on would go from one client that is let go to the next
            shards.deliverNoMore();
            stopAll();
            LOG.info("broker {} stopped", config.name());
        }
    }

    private void stopAll() {
        while (!stopSteps.isEmpty()) {
            run(stopSteps.pop());
        }
    }

    private void run(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException cause) { // the other steps must still run
            LOG.error("broker {}: a part did not stop in order", config.name(), cause);
        }
    }

    private void stopShards() {
        boolean drained = !journal.status().failed() && shards.drain(DRAIN_MS);
        shards.stop();
        if (drained) {
            stoppedCleanly =
                    journal.offer(new JournalEntry(List.of(new Record.StoppedCleanly(shards.nextSequence())), true));
        } else if (!journal.status().failed()) {
            LOG.warn("broker {}: not everything was applied within {} ms", config.name(), DRAIN_MS);
        }
    }

    private void closeJournal() {
        if (stoppedCleanly && shards.isIdle()) {
            journal.close(shards::tell);
        } else {
            journal.close();
        }
    }

    BrokerConfig config() {
        return config;
    }

    List<URI> uris() {
        return List.copyOf(uris);
    }

    BrokerAdmin admin() {
        return new BrokerAdmin(shards, sessions, journal);
    }

    CompletionStage<BrokerException> failure() {
        return failure.copy();
    }
}
