package io.ferrymq.session;

import io.ferrymq.admin.BrokerAdmin;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
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
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.DestinationIndex;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.time.Clock;
import io.ferrymq.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

    private final Shards shards;
    private final Set<Shard> lagging = new HashSet<>();
    private final SessionRegistry sessions;
    private long nowMs = 1_000_000;
    private final List<DestinationPolicy> policies;
    final BrokerEvents events = new BrokerEvents();
    private int clients;
    private int failures;
    private int decodings;
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
        this.waiting = waiting;
        this.policies = List.of(policies);
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
                "bench",
                shards,
                new SessionRegistry.Surroundings(
                        this, limits, budget, events, new DestinationPolicies(this.policies), this::properties));
        sessions.startSchedules();
    }

    private Shards shards(int count, Journal over, MemoryBudget memory) {
        return new Shards(
                count,
                owners -> new Shard.Shared(
                        this,
                        limits,
                        memory,
                        new AtomicLong(1),
                        new DestinationIndex(),
                        over,
                        reading::add,
                        new DestinationPolicies(this.policies),
                        events,
                        this::properties,
                        noSpace,
                        owners),
                failure -> failures++);
    }

    /** Properties as text, for instance {@code colour=blue;weight=7}: numbers are longs. */
    private Map<String, Object> properties(Message message) {
        decodings++;
        Map<String, Object> properties = new HashMap<>();
        for (String pair : new String(message.properties(), StandardCharsets.UTF_8).split(";")) {
            String[] parts = pair.split("=", 2);
            if (parts.length == 2) {
                boolean number = parts[1].chars().allMatch(Character::isDigit);
                properties.put(parts[0], number ? (Object) Long.valueOf(parts[1]) : parts[1]);
            }
        }
        return properties;
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

    static Bench bench(int shardCount) {
        return new Bench(shardCount, Limits.defaults(), new MemoryLog(Long.MAX_VALUE));
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
        Bench restarted = new Bench(shardCount, limits, waiting, log, policies.toArray(DestinationPolicy[]::new));
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
        return decodings;
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
            RecoveredState.snapshot(log, this::properties); // as a broker does while it runs
            nextSnapshot += 5 + runs / 8; // a long test is not to make one of all it has again and again
        }
    }

    /** One duty cycle of each shard; returns how much there was to do. */
    int turn() {
        int work = 0;
        for (Shard shard : shards.all()) {
            work += lagging.contains(shard) ? 0 : shard.doWork();
        }
        for (int reads = reading.size(); reads > 0; reads--) {
            reading.remove().run();
            work++;
        }
        return work;
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
        client.port = ((Sessions.Outcome.Accepted) outcome).client();
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

    /** A client that remembers what it is given. */
    static final class TestClient implements ClientListener {
        final List<Delivery> deliveries = new ArrayList<>();
        final List<ConsumerId> nothings = new ArrayList<>();
        final List<String> evictions = new ArrayList<>();
        final List<ConsumerId> aborted = new ArrayList<>();
        boolean congested;
        private final Bench bench;
        private final String connectionId;
        private Client port;
        private long consumers;
        private long messages;

        private TestClient(Bench bench, String connectionId) {
            this.bench = bench;
            this.connectionId = connectionId;
        }

        Client port() {
            return port;
        }

        @Override
        public void deliver(Delivery delivery) {
            deliveries.add(delivery);
        }

        @Override
        public void nothing(ConsumerId consumer) {
            nothings.add(consumer);
        }

        @Override
        public void evicted(String reason) {
            evictions.add(reason);
        }

        @Override
        public void abort(ConsumerId consumer) {
            aborted.add(consumer);
        }

        @Override
        public boolean isCongested() {
            return congested;
        }

        Message message(DestinationName to, boolean persistent, long expirationMs) {
            MessageId id = new MessageId(new ProducerId(connectionId, 1, 1), ++messages);
            return Message.builder(id, to)
                    .persistent(persistent)
                    .expirationMs(expirationMs)
                    .build();
        }

        Answer send(Message message, TransactionId transaction) {
            Answer answer = new Answer();
            port.send(message, transaction, answer);
            bench.run();
            return answer;
        }

        /** Sends so many persistent messages; their sequence numbers per producer start at 1. */
        void send(DestinationName to, int count) {
            for (int i = 0; i < count; i++) {
                send(message(to, true, 0), TransactionId.NONE);
            }
        }

        ConsumerId consume(DestinationName from, int prefetch) {
            return consume(from, prefetch, 0, false);
        }

        ConsumerId consume(DestinationName from, int prefetch, int priority, boolean browser) {
            ConsumerId id = nextConsumer();
            return accepted(new ConsumerSpec(id, from, prefetch, priority, browser, false, false, ""));
        }

        ConsumerId select(DestinationName from, int prefetch, String selector) {
            return accepted(new ConsumerSpec(nextConsumer(), from, prefetch, 0, false, false, false, selector));
        }

        /** As {@link #select}, but nothing happens yet. */
        ConsumerId selectLater(DestinationName from, int prefetch, String selector) {
            ConsumerSpec spec = new ConsumerSpec(nextConsumer(), from, prefetch, 0, false, false, false, selector);
            port.subscribe(spec, new Answer());
            return spec.id();
        }

        /** A consumer of a durable subscription. */
        ConsumerId durable(DestinationName topics, String name, int prefetch, String selector) {
            return accepted(durableSpec(topics, name, prefetch, selector));
        }

        ConsumerSpec durableSpec(DestinationName topics, String name, int prefetch, String selector) {
            return new ConsumerSpec(nextConsumer(), topics, prefetch, 0, false, false, false, selector, name, false, 0);
        }

        ConsumerId nextConsumer() {
            return new ConsumerId(connectionId, 1, ++consumers);
        }

        Answer subscribe(ConsumerSpec spec) {
            Answer answer = new Answer();
            port.subscribe(spec, answer);
            bench.run();
            return answer;
        }

        private ConsumerId accepted(ConsumerSpec spec) {
            Answer answer = subscribe(spec);
            if (!answer.isDone()) {
                throw new AssertionError(answer.refusal());
            }
            return spec.id();
        }

        Answer removeSubscription(String name) {
            Answer answer = new Answer();
            port.removeSubscription(name, answer);
            bench.run();
            return answer;
        }

        /** Sends a persistent message with these properties, written {@code colour=blue;weight=7}. */
        void send(DestinationName to, String properties) {
            sendLater(to, properties);
            bench.run();
        }

        /** As {@link #send}, but nothing happens yet. */
        void sendLater(DestinationName to, String properties) {
            Message message = message(to, true, 0).toBuilder()
                    .properties(properties.getBytes(StandardCharsets.UTF_8))
                    .build();
            port.send(message, TransactionId.NONE, new Answer());
        }

        void sendWithPriority(DestinationName to, int... priorities) {
            for (int priority : priorities) {
                Message message = message(to, true, 0).toBuilder()
                        .priority((byte) priority)
                        .build();
                send(message, TransactionId.NONE);
            }
        }

        /** What a consumer has been given and nobody has taken note of yet, as sequences per producer. */
        List<Long> received(ConsumerId consumer) {
            return deliveries.stream()
                    .filter(delivery -> delivery.consumer().equals(consumer))
                    .map(delivery -> delivery.message().id().sequence())
                    .toList();
        }

        Delivery last() {
            return deliveries.get(deliveries.size() - 1);
        }

        Answer ack(AckType type, ConsumerId consumer, Delivery first, Delivery last, int count, TransactionId tx) {
            Answer answer = new Answer();
            port.acknowledge(
                    new Acknowledgement(
                            type,
                            consumer,
                            last.message().destination(),
                            Optional.of(first.message().id()),
                            last.message().id(),
                            count,
                            tx,
                            "a cause"),
                    answer);
            bench.run();
            return answer;
        }

        Answer ack(AckType type, ConsumerId consumer, Delivery one) {
            return ack(type, consumer, one, one, 1, TransactionId.NONE);
        }

        TransactionId begin(long number) {
            TransactionId id = new TransactionId.Local(connectionId, number);
            port.begin(id);
            return id;
        }

        Answer commit(TransactionId id) {
            Answer answer = new Answer();
            port.commit(id, answer);
            bench.run();
            return answer;
        }

        Answer rollback(TransactionId id) {
            Answer answer = new Answer();
            port.rollback(id, answer);
            bench.run();
            return answer;
        }

        TransactionId begin(Xid xid) {
            TransactionId id = new TransactionId.Global(xid);
            port.begin(id);
            return id;
        }

        Ballot prepare(TransactionId id) {
            Ballot ballot = new Ballot();
            port.prepare(id, ballot);
            bench.run();
            return ballot;
        }

        Answer commitPrepared(TransactionId id) {
            Answer answer = new Answer();
            port.commitPrepared(id, answer);
            bench.run();
            return answer;
        }

        Answer forget(TransactionId id) {
            Answer answer = new Answer();
            port.forget(id, answer);
            bench.run();
            return answer;
        }

        List<Xid> recover() {
            List<Xid> prepared = new ArrayList<>();
            port.recover(prepared::addAll);
            bench.run();
            return prepared;
        }

        void unsubscribe(ConsumerId consumer, long lastDelivered) {
            port.unsubscribe(consumer, lastDelivered, Receipt.NONE);
            bench.run();
        }

        void close() {
            port.close(-2, () -> {});
            bench.run();
        }
    }
}
