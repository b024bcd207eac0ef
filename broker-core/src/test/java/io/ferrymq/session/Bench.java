package io.ferrymq.session;

import io.ferrymq.admin.BrokerAdmin;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.policy.VirtualDestinations;
import io.ferrymq.route.SendRoutes;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.DestinationIndex;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The whole core without a thread and with a clock moved by hand: {@link #run} is the only thing that makes time pass. */
final class Bench implements Clock {
    /** Bodies of messages that wait stay in the heap. */
    static final MemoryBudget.Waiting AT_HAND = new MemoryBudget.Waiting(Long.MAX_VALUE, Long.MAX_VALUE, 0);
    /** They leave it at once, also where somebody takes from the queue. */
    static final MemoryBudget.Waiting AWAY = new MemoryBudget.Waiting(0, 0, 0);

    final MemoryLog log;
    private final StallingJournal journal;
    private final Limits limits;
    private final MemoryBudget budget;
    private final MemoryBudget.Waiting waiting;
    /** What the reader's thread would do. */
    private final Deque<Runnable> reading = new ArrayDeque<>();

    private boolean readerIsStuck;

    private final Shards shards;
    private final Set<Shard> lagging = new HashSet<>();
    private final SessionRegistry sessions;
    private long nowMs = 1_000_000;
    private final List<DestinationPolicy> policies;
    private final VirtualDestinations virtual;
    final BrokerEvents events = new BrokerEvents();
    private int clients;
    private int failures;
    private final TextProperties properties = new TextProperties();
    private int runs;
    private int nextSnapshot = 5;
    private final NoSpace noSpace;

    Bench(int shardCount, Limits limits, MemoryLog log, DestinationPolicy... policies) {
        this(NoSpace.HOLD, shardCount, limits, AT_HAND, log, policies);
    }

    Bench(int shardCount, Limits limits, MemoryBudget.Waiting waiting, MemoryLog log, DestinationPolicy... policies) {
        this(NoSpace.HOLD, shardCount, limits, waiting, log, policies);
    }

    Bench(
            NoSpace noSpace,
            int shardCount,
            Limits limits,
            MemoryBudget.Waiting waiting,
            MemoryLog log,
            DestinationPolicy... policies) {
        this(noSpace, shardCount, limits, waiting, log, VirtualDestinations.DEFAULT, List.of(policies));
    }

    private Bench(
            NoSpace noSpace,
            int shardCount,
            Limits limits,
            MemoryBudget.Waiting waiting,
            MemoryLog log,
            VirtualDestinations virtual,
            List<DestinationPolicy> policies) {
        this.waiting = waiting;
        this.policies = policies;
        this.virtual = virtual;
        this.log = log;
        this.limits = limits;
        this.journal = new StallingJournal(log == null ? new MemoryJournal("bench") : new MemoryJournal("bench", log));
        this.budget = new MemoryBudget(limits.memoryBytes(), waiting);
        this.noSpace = noSpace;
        this.shards = shards(shardCount, journal, budget);
        shards.recover();
        shards.startJournal();
        this.sessions = new SessionRegistry(
                "bench",
                journal,
                shards,
                new SendRoutes(shards.index(), virtual, properties),
                new SessionRegistry.Surroundings(
                        this, limits, budget, events, new DestinationPolicies(this.policies), properties));
        sessions.startSchedules();
    }

    private Shards shards(int count, Journal over, MemoryBudget memory) {
        DestinationPolicies settings = new DestinationPolicies(this.policies);
        return new Shards(
                count,
                owners -> new Shard.Shared(
                        this,
                        limits,
                        memory,
                        new AtomicLong(1),
                        new DestinationIndex(settings, virtual),
                        over,
                        reading::add,
                        settings,
                        events,
                        properties,
                        noSpace,
                        owners),
                failure -> failures++);
    }

    static Bench bench() {
        return new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE));
    }

    /** A broker that keeps nothing in the heap that waits, over a log with segments of this size. */
    static Bench away(int shardCount, long segmentBytes, DestinationPolicy... policies) {
        return new Bench(shardCount, Limits.defaults(), AWAY, new MemoryLog(segmentBytes), policies);
    }

    /** A broker without a disk: nothing that leaves the heap comes back. */
    static Bench forgetful() {
        return new Bench(NoSpace.HOLD, 1, Limits.defaults(), AWAY, null);
    }

    /** With these virtual destinations, or those of every broker. */
    static Bench bench(int shardCount, VirtualDestination... virtual) {
        return new Bench(
                NoSpace.HOLD,
                shardCount,
                Limits.defaults(),
                AT_HAND,
                new MemoryLog(Long.MAX_VALUE),
                new VirtualDestinations(List.of(virtual)),
                List.of());
    }

    /** As after kill -9: a new broker over what the log holds. */
    Bench crashAndRestart() {
        return crashAndRestart(shards.all().size());
    }

    /** Likewise with another number of shards. */
    Bench crashAndRestart(int shardCount) {
        journal.close();
        return restart(shardCount);
    }

    /** Whoever reads the log from now on finds the same with and without its snapshot, with as many shards and with others. */
    private void compareRecoveries() {
        for (int count : new int[] {shards.all().size(), 1, 3}) {
            RecoveredState.compare(log, over -> shards(count, over, new MemoryBudget(limits.memoryBytes(), waiting)));
        }
    }

    private Bench restart(int shardCount) {
        compareRecoveries();
        Bench restarted = new Bench(NoSpace.HOLD, shardCount, limits, waiting, log, virtual, policies);
        restarted.nowMs = nowMs;
        return restarted;
    }

    /** As Broker.close does once its clients are closed; then a new broker over the same log. */
    Bench stopAndRestart() {
        CountDownLatch drained = new CountDownLatch(shards.all().size());
        drain(drained::countDown);
        run();
        if (drained.getCount() > 0) {
            throw new AssertionError("not drained");
        }
        return stopInHasteAndRestart();
    }

    /** Likewise when something more has come since its shards said that they were drained. */
    Bench stopInHasteAndRestart() {
        journal.offer(new JournalEntry(List.of(new Record.StoppedCleanly(shards.nextSequence())), true));
        if (shards.isIdle()) {
            journal.close(shards::tell);
        } else {
            journal.close();
        }
        return restart(shards.all().size());
    }

    /** Nothing is on its way in any shard. */
    boolean isIdle() {
        return shards.isIdle();
    }

    /** What a snapshot would have. */
    List<Record> snapshot() {
        List<Record> told = new ArrayList<>();
        shards.tell((lsn, record) -> told.add(record));
        return told;
    }

    /** As a broker does that is told to. */
    void removeUnusedSubscriptions(long unusedMs) {
        sessions.removeUnusedSubscriptions(unusedMs);
        run();
    }

    /** As a broker does that stops, before it lets its clients go. */
    void deliverNoMore() {
        shards.deliverNoMore();
        run();
    }

    /** Asks every shard to say when it is drained. */
    void drain(Runnable whenDrained) {
        shards.all().forEach(shard -> shard.inbox().put(new Command.Drain(whenDrained)));
    }

    /** The disk under the broker. */
    StallingJournal journal() {
        return journal;
    }

    long usedBytes() {
        return budget.usedBytes();
    }

    int failures() {
        return failures;
    }

    /** How often properties of a message have been decoded. */
    int decodings() {
        return properties.decodings();
    }

    @Override
    public long epochMs() {
        return nowMs;
    }

    @Override
    public long nanoTime() {
        return nowMs * 1_000_000;
    }

    /** Lets every shard work until none has anything to do. */
    void run() {
        int work;
        do {
            work = turn();
        } while (work > 0);
        if (log != null && ++runs == nextSnapshot) {
            RecoveredState.snapshot(log, properties); // as a broker does while it runs
            nextSnapshot += 5 + runs / 8; // a long test is not to make one of all it has again and again
        }
    }

    /** One duty cycle of each shard; returns how much there was to do. */
    int turn() {
        int work = 0;
        for (Shard shard : shards.all()) {
            work += lagging.contains(shard) ? 0 : shard.doWork();
        }
        for (int reads = readerIsStuck ? 0 : reading.size(); reads > 0; reads--) {
            reading.remove().run();
            work++;
        }
        return work;
    }

    /** Nothing that is read from the journal comes back. */
    void readerIsStuck(boolean value) {
        readerIsStuck = value;
        run();
    }

    /** Until {@link #catchUp} the shards that own these do nothing. */
    void lag(DestinationName... names) {
        for (DestinationName name : names) {
            lagging.add(shards.ownerOf(name));
        }
    }

    void catchUp() {
        lagging.clear();
        run();
    }

    /** Which of the shards owns it, counted from 0. */
    int shardOf(DestinationName name) {
        return shards.all().indexOf(shards.ownerOf(name));
    }

    void advance(long ms) {
        nowMs += ms;
        run();
    }

    /** Live records of the journal. */
    long liveRecords() {
        return journal.status().liveRecords();
    }

    /** A client whose connection and client id are this, as after a failover or a restart. */
    TestClient client(String id) {
        return connect(id, false);
    }

    TestClient client() {
        return client(false);
    }

    TestClient client(boolean resumed) {
        return connect("ID:client-" + ++clients, resumed);
    }

    TestClient connect(String connectionId, boolean resumed) {
        return connect(new ClientInfo(connectionId, connectionId, "test", resumed));
    }

    /** A client that has another connection each time. */
    TestClient connectAs(String clientId, String connectionId) {
        return connect(new ClientInfo(connectionId, clientId, "test", false));
    }

    private TestClient connect(ClientInfo info) {
        TestClient client = new TestClient(this, info.connectionId());
        Sessions.Outcome outcome = sessions.connect(info, client);
        client.connected(((Sessions.Outcome.Accepted) outcome).client());
        return client;
    }

    Journal.Status journalStatus() {
        return journal.status();
    }

    BrokerAdmin admin() {
        return new BrokerAdmin(shards, sessions, journal);
    }

    List<DestinationName> queueNames() {
        List<DestinationName> names = new ArrayList<>();
        for (Shard shard : shards.all()) {
            shard.inbox().put(new Command.Inspect(all -> all.stream()
                    .map(Command.DestinationCount::name)
                    .filter(name -> name.isQueue() && !name.isTemporary())
                    .forEach(names::add)));
        }
        run();
        return names;
    }

    Sessions sessions() {
        return sessions;
    }

    /** Asks as an operator does, on a thread of its own, while the broker works. */
    <T> T operate(Function<BrokerAdmin, T> question) {
        BrokerAdmin admin = new BrokerAdmin(shards, sessions, journal);
        CompletableFuture<T> answer = CompletableFuture.supplyAsync(() -> question.apply(admin));
        while (!answer.isDone()) {
            run();
        }
        return answer.join();
    }

    /** A receipt that can be asked. */
    static final class Answer implements Receipt {
        private boolean done;
        private Optional<Refusal> refusal = Optional.empty();

        @Override
        public void done() {
            done = true;
        }

        @Override
        public void refused(Refusal why) {
            refusal = Optional.of(why);
        }

        boolean isDone() {
            return done;
        }

        boolean isOpen() {
            return !done && refusal.isEmpty();
        }

        Refusal refusal() {
            return refusal.orElseThrow(() -> new AssertionError("not refused: done=" + done));
        }
    }
}
