package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.Xid;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.session.MessageLedger.Fate;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A broker on the bench, its clients, and what they do at random; the ledger says what may come of it. */
final class RandomHistory {
    /** What can happen. Some things happen more often, so they are here twice. */
    enum Step {
        SEND,
        SEND_MORE,
        SEND_TO_SEVERAL,
        ACKNOWLEDGE,
        ACKNOWLEDGE_MORE,
        ACKNOWLEDGE_ONE,
        POISON,
        SUBSCRIBE,
        UNSUBSCRIBE,
        PULL,
        COMMIT,
        ROLL_BACK,
        PREPARE,
        PREPARE_MORE,
        DECIDE,
        CLOSE,
        REMOVE_QUEUE,
        TIME_PASSES,
        STALL,
        LET_THROUGH,
        CRASH,
        STOP
    }

    private static final List<DestinationName> QUEUES = List.of(
            DestinationName.queue("A"),
            DestinationName.queue("B"),
            DestinationName.queue("C"),
            DestinationName.queue("D"));
    private static final DestinationName DEAD_LETTERS = DestinationName.queue("ActiveMQ.DLQ");

    private final MessageLedger ledger = new MessageLedger();
    private final List<User> users = new ArrayList<>();
    /** So many that the body leaves the heap when the message is dispatched. */
    private static final int BODY_BYTES = 300;

    private final Random random;
    private final Chance chance;
    private final List<Global> globals = new ArrayList<>();
    private Bench bench;
    private int names;

    /** A client, what it holds per consumer, and its open transaction. */
    private static final class User {
        final TestClient client;
        final Map<ConsumerId, List<Delivery>> held = new HashMap<>();
        final List<Message> sentInTransaction = new ArrayList<>();
        final Map<Delivery, ConsumerId> takenInTransaction = new HashMap<>();
        int seen;
        long transactions;

        @Nullable
        TransactionId transaction;

        User(TestClient client) {
            this.client = client;
        }
    }

    /** A global transaction that somebody was asked to prepare, or to roll back. */
    private static final class Global {
        final TransactionId id;
        final User user;
        final List<Message> sent;
        final Map<Delivery, ConsumerId> taken;
        boolean prepared;

        @Nullable
        Ballot ballot;

        @Nullable
        Answer outcome;

        boolean committing;

        Global(TransactionId id, User user) {
            this.id = id;
            this.user = user;
            this.sent = List.copyOf(user.sentInTransaction);
            this.taken = Map.copyOf(user.takenInTransaction);
        }
    }

    RandomHistory(int shards, long memoryBytes, Random random) {
        this.random = random;
        this.chance = new Chance(random);
        MemoryBudget.Waiting waiting = random.nextBoolean() ? Bench.AWAY : Bench.AT_HAND;
        this.bench = new Bench(shards, Limits.defaults().withMemoryBytes(memoryBytes), waiting, new MemoryLog(4_000));
    }

    void play(Step step) {
        if (users.size() < 3) {
            users.add(new User(bench.connect("ID:user-" + ++names, false)));
        }
        User user = chance.pick(users);
        switch (step) {
            case SEND, SEND_MORE -> send(user, chance.pick(QUEUES));
            case SEND_TO_SEVERAL -> send(user, DestinationName.queue("A,B,C"));
            case ACKNOWLEDGE, ACKNOWLEDGE_MORE -> acknowledge(user, AckType.STANDARD);
            case ACKNOWLEDGE_ONE -> acknowledge(user, AckType.INDIVIDUAL);
            case POISON -> acknowledge(user, AckType.POISON);
            case SUBSCRIBE -> subscribe(user);
            case UNSUBSCRIBE -> unsubscribe(user);
            case PULL -> pull(user);
            case COMMIT -> commit(user);
            case ROLL_BACK -> rollBack(user);
            case PREPARE, PREPARE_MORE -> prepare(user);
            case DECIDE -> decide(user);
            case CLOSE -> chance.rarely(() -> close(user));
            case REMOVE_QUEUE -> chance.rarely(() -> remove(user, chance.pick(QUEUES)));
            case TIME_PASSES -> bench.advance(random.nextInt(1_500));
            case STALL -> stall();
            case LET_THROUGH -> bench.journal().letThrough();
            case CRASH -> chance.rarely(this::crash);
            case STOP -> chance.rarely(this::stop);
        }
        bench.run();
        observe();
    }

    /** The last act: everything that is left is consumed. */
    Bench consumeAll() {
        bench.journal().letThrough();
        bench.run();
        List.copyOf(users).forEach(this::close);
        observe();
        User last = new User(bench.connect("ID:last", false));
        users.add(last);
        List.copyOf(globals).forEach(global -> decide(last, global));
        observe();
        QUEUES.forEach(queue -> last.held.put(last.client.consume(queue, 100), new ArrayList<>()));
        last.held.put(last.client.consume(DEAD_LETTERS, 100), new ArrayList<>());
        observe();
        do {
            last.held.keySet().forEach(consumer -> acknowledge(last, consumer, AckType.STANDARD, false));
            bench.advance(1_000);
            observe();
        } while (scheduled() > 0 || last.held.values().stream().anyMatch(held -> !held.isEmpty()));
        return bench;
    }

    private int scheduled() {
        AtomicInteger count = new AtomicInteger();
        bench.sessions().scheduled().list(Long.MIN_VALUE, Long.MAX_VALUE, all -> count.set(all.size()));
        bench.run();
        return count.get();
    }

    List<String> missing() {
        return ledger.missing();
    }

    int queueCount() {
        return QUEUES.size() + 1;
    }

    private void send(User user, DestinationName to) {
        boolean persistent = random.nextInt(4) > 0;
        long expirationMs =
                random.nextInt(6) == 0 && !to.isComposite() ? bench.epochMs() + 1 + random.nextInt(2_000) : 0;
        Message now = user.client.message(to, persistent, expirationMs).toBuilder()
                .body((byte) 24, false, new byte[random.nextInt(2) * BODY_BYTES])
                .build();
        boolean later = persistent && expirationMs == 0 && random.nextInt(4) == 0;
        Schedule schedule = new Schedule(random.nextInt(3_000), 0, 0, "");
        Message message = later ? now.toBuilder().schedule(schedule).build() : now;
        boolean inTransaction = random.nextBoolean();
        if (inTransaction) {
            TransactionId transaction = transactionOf(user);
            ledger.promise(message, Fate.UNDECIDED);
            user.sentInTransaction.add(message);
            user.client.send(message, transaction);
        } else {
            ledger.promise(message, Fate.ON_ITS_WAY);
            ledger.await(user.client.send(message, TransactionId.NONE), () -> ledger.arrived(message));
        }
    }

    private TransactionId transactionOf(User user) {
        if (user.transaction == null) {
            user.transaction = random.nextBoolean()
                    ? user.client.begin(++user.transactions)
                    : user.client.begin(new Xid(++names, new byte[] {1}, new byte[0]));
        }
        return user.transaction;
    }

    private void acknowledge(User user, AckType type) {
        if (!user.held.isEmpty()) {
            boolean inTransaction = type != AckType.POISON && random.nextInt(3) == 0;
            acknowledge(user, chance.pick(List.copyOf(user.held.keySet())), type, inTransaction);
        }
    }

    private void acknowledge(User user, ConsumerId consumer, AckType type, boolean inTransaction) {
        List<Delivery> held = user.held.get(consumer);
        if (held.isEmpty()) {
            return;
        }
        int from = type == AckType.INDIVIDUAL ? random.nextInt(held.size()) : 0;
        int to = type == AckType.INDIVIDUAL ? from + 1 : 1 + random.nextInt(held.size());
        List<Delivery> range = List.copyOf(held.subList(from, to));
        if (type == AckType.POISON && range.stream().anyMatch(RandomHistory::hasCopies)) {
            return; // several dead letters with one id: no client could tell them apart
        }
        held.removeAll(range);
        if (inTransaction) {
            range.forEach(one -> user.takenInTransaction.put(one, consumer));
        } else {
            range.forEach(one -> ledger.settle(one, type, bench.journal().isStalled()));
        }
        Answer answer = user.client.ack(
                type,
                consumer,
                range.get(0),
                range.get(range.size() - 1),
                range.size(),
                inTransaction ? transactionOf(user) : TransactionId.NONE);
        ledger.await(answer, () -> {});
    }

    private static boolean hasCopies(Delivery delivery) {
        return delivery.message().originalDestination().stream().anyMatch(DestinationName::isComposite);
    }

    private void subscribe(User user) {
        DestinationName from = random.nextInt(5) == 0 ? DEAD_LETTERS : chance.pick(QUEUES);
        int prefetch = random.nextInt(4) * 3;
        ConsumerId id = new ConsumerId("ID:consumer-" + ++names, 1, 1);
        user.held.put(id, new ArrayList<>());
        Answer answer = new Answer();
        user.client
                .port()
                .subscribe(new ConsumerSpec(id, from, prefetch, random.nextInt(2), false, false, false, ""), answer);
        ledger.await(answer, () -> {});
    }

    private void unsubscribe(User user) {
        if (!user.held.isEmpty()) {
            ConsumerId consumer = chance.pick(List.copyOf(user.held.keySet()));
            observe();
            ledger.giveBack(user.held.remove(consumer));
            user.client.port().unsubscribe(consumer, -2, new Answer());
        }
    }

    private void pull(User user) {
        if (!user.held.isEmpty()) {
            user.client.port().pull(chance.pick(List.copyOf(user.held.keySet())), random.nextInt(1_000) - 1);
        }
    }

    private void commit(User user) {
        if (user.transaction != null) {
            List<Message> sent = List.copyOf(user.sentInTransaction);
            List<Delivery> taken = List.copyOf(user.takenInTransaction.keySet());
            sent.forEach(message -> ledger.become(message, Fate.ON_ITS_WAY));
            taken.forEach(ledger::letGo);
            Answer answer = user.client.commit(user.transaction);
            Map<Delivery, ConsumerId> consumers = Map.copyOf(user.takenInTransaction);
            ledger.awaitTogether(answer, sent, taken, () -> refused(user, sent, consumers));
            forgetTransaction(user);
        }
    }

    /** Memory was full: as if it had been rolled back. */
    private void refused(User user, List<Message> sent, Map<Delivery, ConsumerId> taken) {
        sent.forEach(message -> ledger.become(message, Fate.GONE));
        taken.forEach((delivery, consumer) -> {
            List<Delivery> held = user.held.get(consumer);
            if (held != null && users.contains(user)) {
                takeBack(user, held, delivery);
                ledger.hold(delivery);
            }
        });
    }

    private void rollBack(User user) {
        if (user.transaction instanceof TransactionId.Global) {
            Global global = new Global(user.transaction, user); // its coordinator may be slower than the shards
            global.outcome = user.client.rollback(user.transaction);
            ledger.prepare(global.sent, global.taken.keySet());
            globals.add(global);
            forgetTransaction(user);
        } else if (user.transaction != null) {
            Answer answer = user.client.rollback(user.transaction);
            ledger.await(answer, () -> {});
            undo(user);
        }
    }

    private void prepare(User user) {
        if (user.transaction instanceof TransactionId.Global) {
            Global global = new Global(user.transaction, user);
            global.ballot = user.client.prepare(user.transaction);
            ledger.prepare(global.sent, global.taken.keySet());
            globals.add(global);
            forgetTransaction(user);
        }
    }

    /** Whoever comes by commits or rolls back what is prepared. */
    private void decide(User user) {
        List<Global> open = globals.stream()
                .filter(global -> global.prepared && global.outcome == null)
                .toList();
        if (!open.isEmpty()) {
            decide(user, chance.pick(open));
        }
    }

    private void decide(User user, Global global) {
        global.committing = random.nextBoolean();
        if (global.committing) {
            global.sent.forEach(message -> ledger.become(message, Fate.ON_ITS_WAY));
            global.outcome = user.client.commitPrepared(global.id);
        } else {
            global.outcome = user.client.rollback(global.id);
        }
    }

    private void readOutcomes() {
        for (Global global : List.copyOf(globals)) {
            Ballot ballot = global.ballot;
            if (ballot != null && !ballot.answer.isOpen() && !ballot.isPrepared()) {
                assertThat(ballot.refusal().message()).contains("memory limit reached");
                undo(global);
            } else if (ballot != null && ballot.isReadOnly()) {
                assertThat(global.sent).isEmpty();
                undo(global); // its messages went with their queue
            } else if (ballot != null && ballot.isPrepared()) {
                global.prepared = true;
            }
            Answer outcome = global.outcome;
            if (outcome != null && !outcome.isOpen()) {
                assertThat(outcome.isDone()).as("outcome of " + global.id).isTrue();
                end(global);
            }
        }
    }

    private void end(Global global) {
        if (!global.committing) {
            undo(global);
            return;
        }
        globals.remove(global);
        ledger.unprepare(global.sent, global.taken.keySet());
        global.sent.forEach(ledger::arrived);
        global.taken.keySet().forEach(ledger::gone);
    }

    private void undo(Global global) {
        globals.remove(global);
        ledger.unprepare(global.sent, global.taken.keySet());
        refused(global.user, global.sent, global.taken);
    }

    /** What was answered is so; what was not may be so or not. */
    private void recoverGlobals() {
        TestClient manager = bench.connect("ID:manager-" + ++names, false);
        List<Xid> found = manager.recover();
        manager.close();
        for (Global global : List.copyOf(globals)) {
            boolean there = found.remove(((TransactionId.Global) global.id).xid());
            if (there) {
                global.prepared = true;
                global.ballot = null;
                global.outcome = null;
                ledger.prepare(global.sent, persistent(global.taken.keySet()));
            } else if (global.prepared && global.outcome == null) {
                throw new AssertionError("a prepared transaction is lost: " + global.id);
            } else if (global.committing) {
                globals.remove(global);
                ledger.unprepare(global.sent, global.taken.keySet());
                global.taken.keySet().forEach(ledger::letGo);
            } else {
                undo(global);
            }
        }
        assertThat(found).as("prepared by nobody").isEmpty();
    }

    private static List<Delivery> persistent(Collection<Delivery> deliveries) {
        return deliveries.stream().filter(one -> one.message().persistent()).toList();
    }

    private void undo(User user) {
        user.sentInTransaction.forEach(message -> ledger.become(message, Fate.GONE));
        // to the front: they were dispatched before the others, and the next range must begin with them
        user.takenInTransaction.forEach((delivery, consumer) -> {
            List<Delivery> held = user.held.get(consumer);
            if (held == null) {
                ledger.giveBack(List.of(delivery));
            } else {
                takeBack(user, held, delivery);
            }
        });
        forgetTransaction(user);
    }

    private static void takeBack(User user, List<Delivery> held, Delivery delivery) {
        held.add(delivery);
        held.sort((one, other) ->
                Integer.compare(user.client.deliveries.indexOf(one), user.client.deliveries.indexOf(other)));
    }

    private static void forgetTransaction(User user) {
        user.sentInTransaction.clear();
        user.takenInTransaction.clear();
        user.transaction = null;
    }

    private void close(User user) {
        users.remove(user);
        undo(user);
        user.held.values().forEach(ledger::giveBack);
        user.client.close();
    }

    private void remove(User user, DestinationName queue) {
        Answer answer = new Answer();
        user.client.port().removeDestination(queue, answer);
        ledger.awaitEither(answer, () -> ledger.removed(queue));
    }

    private void stall() {
        if (!bench.journal().isStalled()) {
            bench.journal().stall(random.nextInt(40));
        }
    }

    private void crash() {
        observe();
        bench = bench.crashAndRestart();
        users.clear();
        ledger.restarted();
        recoverGlobals();
    }

    private void stop() {
        bench.journal().letThrough();
        bench.run();
        List.copyOf(users).forEach(this::close);
        observe();
        bench = bench.stopAndRestart();
        ledger.restarted();
        recoverGlobals();
    }

    /** Takes note of answers and deliveries. */
    private void observe() {
        readOutcomes();
        ledger.readAnswers(bench.journal().isStalled());
        for (User user : users) {
            List<Delivery> all = user.client.deliveries;
            for (; user.seen < all.size(); user.seen++) {
                Delivery delivery = all.get(user.seen);
                List<Delivery> held = user.held.get(delivery.consumer());
                if (held != null) { // else it was on its way when its consumer ended
                    ledger.delivered(delivery);
                    held.add(delivery);
                }
            }
        }
    }
}
