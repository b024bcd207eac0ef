package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.session.GroupLedger.Consumer;
import io.ferrymq.session.GroupLedger.Entry;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A queue of grouped messages, its consumers, and what they do at random; the ledger says who may be given what. */
final class GroupHistory {
    /** What can happen. Some things happen more often, so they are here twice. */
    enum Step {
        SEND,
        SEND_MORE,
        SEND_MANY,
        SEND_IN_TRANSACTION,
        SUBSCRIBE,
        SUBSCRIBE_EXCLUSIVE,
        ACKNOWLEDGE,
        ACKNOWLEDGE_MORE,
        ACKNOWLEDGE_ONE,
        TAKE,
        COMMIT,
        ROLL_BACK,
        PULL,
        CLOSE,
        TIME_PASSES
    }

    private static final List<String> GROUPS = List.of("A", "B", "C", "D", "E", "-");
    private static final List<String> SEQUENCES = List.of("0", "0", "0", "0", "2", "-1", "1");
    /** A message with sequence 1 that comes back without its body may be overtaken while that is read. */
    private static final List<String> SEQUENCES_AWAY = SEQUENCES.subList(0, SEQUENCES.size() - 1);

    private static final List<String> COLOURS = List.of("", "/blue", "/red", "/blue");
    private static final List<String> SELECTED = List.of("", "", "blue", "red");
    private static final List<Integer> PREFETCHES = List.of(0, 1, 1, 2, 5, 50);
    private static final List<Integer> REMEMBERED = List.of(1, 3, 1_024, 1_024);
    private static final int MOST_CONSUMERS = 6;
    private static final int BODY_BYTES = 40_000;
    private static final int MANY = 40;

    private final Random random;
    private final boolean away;
    private final Chance chance;
    private final GroupedQueue queue;
    private final GroupLedger ledger;
    private final List<Message> sentInTransaction = new ArrayList<>();
    private TransactionId transaction = TransactionId.NONE;
    private long transactions;
    private int seen;

    GroupHistory(Random random) {
        this.random = random;
        this.chance = new Chance(random);
        this.away = random.nextBoolean();
        MemoryBudget.Waiting waiting = away ? Bench.AWAY : Bench.AT_HAND;
        int remembered = chance.pick(REMEMBERED);
        this.queue = new GroupedQueue(new Bench(
                        1,
                        Limits.defaults(),
                        waiting,
                        new MemoryLog(Long.MAX_VALUE),
                        GroupedQueue.policy().messageGroupCacheSize(remembered).build()))
                .withBodies(away ? BODY_BYTES : 0);
        this.ledger = new GroupLedger(remembered < GROUPS.size());
    }

    void play(Step step) {
        switch (step) {
            case SEND, SEND_MORE -> send(1 + random.nextInt(4));
            case SEND_MANY -> chance.rarely(() -> send(MANY));
            case SEND_IN_TRANSACTION -> sendInTransaction();
            case SUBSCRIBE -> subscribe(false);
            case SUBSCRIBE_EXCLUSIVE -> chance.rarely(() -> subscribe(true));
            case ACKNOWLEDGE, ACKNOWLEDGE_MORE -> acknowledge(false);
            case ACKNOWLEDGE_ONE -> acknowledgeOne();
            case TAKE -> acknowledge(true);
            case COMMIT -> commit();
            case ROLL_BACK -> rollBack();
            case PULL -> pull();
            case CLOSE -> close();
            case TIME_PASSES -> queue.bench.advance(random.nextInt(1_500));
        }
        observe();
    }

    /** The last act: all are done with what they have, then one gets what is left. */
    void consumeAll() {
        commit();
        observe();
        List.copyOf(ledger.consumers()).forEach(this::drain);
        for (Consumer consumer : List.copyOf(ledger.consumers())) {
            close(consumer, -1);
            observe();
        }
        subscribe(50, 0, "", false);
        observe();
        drain(ledger.consumers().get(0));
        assertThat(ledger.left()).as("never acknowledged").isEmpty();
        assertThat(queue.bench.usedBytes()).as("memory still counted").isZero();
        assertThat(queue.bench.failures()).isZero();
    }

    private void drain(Consumer consumer) {
        while (!consumer.held().isEmpty()) {
            acknowledge(consumer, consumer.held().get(0));
            observe();
        }
    }

    private String anyMessage() {
        return chance.pick(GROUPS) + ":" + chance.pick(away ? SEQUENCES_AWAY : SEQUENCES) + chance.pick(COLOURS);
    }

    private void send(int count) {
        String group = chance.pick(GROUPS);
        for (int i = 0; i < count; i++) {
            String written = count == MANY ? group + chance.pick(COLOURS) : anyMessage();
            Message message = queue.message(queue.producer, GroupedQueue.NAME, written);
            ledger.arrives(message);
            queue.producer.port().send(message, TransactionId.NONE, new Answer());
        }
        queue.bench.run();
    }

    private void begin() {
        if (transaction == TransactionId.NONE) {
            transaction = queue.client.begin(++transactions);
        }
    }

    private void sendInTransaction() {
        begin();
        Message message = queue.message(queue.client, GroupedQueue.NAME, anyMessage());
        sentInTransaction.add(message);
        queue.client.send(message, transaction);
    }

    private void commit() {
        if (transaction != TransactionId.NONE) {
            sentInTransaction.forEach(ledger::arrives);
            ledger.commit();
            assertThat(queue.client.commit(transaction).isDone()).isTrue();
            end();
        }
    }

    private void rollBack() {
        if (transaction != TransactionId.NONE) {
            ledger.rollBack();
            assertThat(queue.client.rollback(transaction).isDone()).isTrue();
            end();
        }
    }

    private void end() {
        sentInTransaction.clear();
        transaction = TransactionId.NONE;
    }

    private void subscribe(boolean exclusive) {
        if (ledger.consumers().size() < MOST_CONSUMERS && !(exclusive && ledger.hasExclusive())) {
            subscribe(chance.pick(PREFETCHES), random.nextInt(3) / 2, chance.pick(SELECTED), exclusive);
        }
    }

    private void subscribe(int prefetch, int priority, String colour, boolean exclusive) {
        ConsumerId id = queue.client.nextConsumer();
        ledger.comes(new Consumer(id, prefetch, colour, exclusive));
        String selector = colour.isEmpty() ? "" : "colour = '" + colour + "'";
        queue.client.subscribe(
                new ConsumerSpec(id, GroupedQueue.NAME, prefetch, priority, false, false, exclusive, selector));
    }

    private void acknowledge(boolean inTransaction) {
        if (ledger.consumers().isEmpty()) {
            return;
        }
        Consumer consumer = chance.pick(ledger.consumers());
        List<Entry> held = consumer.held();
        if (held.isEmpty()) {
            return;
        }
        List<Entry> range = List.copyOf(held.subList(0, 1 + random.nextInt(held.size())));
        Delivery first = range.get(0).delivery();
        Delivery last = range.get(range.size() - 1).delivery();
        if (inTransaction) {
            begin();
            range.forEach(ledger::taken);
        } else {
            range.forEach(ledger::done);
        }
        Answer answer = queue.client.ack(
                AckType.STANDARD, consumer.id(), first, last, range.size(), transaction(inTransaction));
        assertThat(answer.isDone()).isTrue();
    }

    private TransactionId transaction(boolean inTransaction) {
        return inTransaction ? transaction : TransactionId.NONE;
    }

    private void acknowledgeOne() {
        List<Consumer> holding = ledger.consumers().stream()
                .filter(consumer -> !consumer.held().isEmpty())
                .toList();
        if (!holding.isEmpty()) {
            Consumer consumer = chance.pick(holding);
            acknowledge(consumer, chance.pick(consumer.held()));
        }
    }

    private void acknowledge(Consumer consumer, Entry entry) {
        ledger.done(entry);
        queue.client.ack(AckType.INDIVIDUAL, consumer.id(), entry.delivery());
    }

    private void pull() {
        List<Consumer> pulling =
                ledger.consumers().stream().filter(Consumer::pulls).toList();
        if (!pulling.isEmpty()) {
            Consumer consumer = chance.pick(pulling);
            ledger.pulls(consumer);
            queue.client.port().pull(consumer.id(), 0);
            queue.bench.run();
        }
    }

    private void close() {
        if (!ledger.consumers().isEmpty() && random.nextInt(3) == 0) {
            close(chance.pick(ledger.consumers()), -1 - random.nextInt(2));
        }
    }

    private void close(Consumer consumer, long lastDelivered) {
        ledger.goes(consumer);
        queue.client.unsubscribe(consumer.id(), lastDelivered);
    }

    /** Takes note of deliveries, and that nobody waits without need. */
    private void observe() {
        List<Delivery> all = queue.client.deliveries;
        for (; seen < all.size(); seen++) {
            Delivery delivery = all.get(seen);
            MessageId id = delivery.message().id();
            assertThat(delivery.message().body().length)
                    .as("body of %s", id)
                    .isEqualTo(ledger.entry(id).message().body().length);
            ledger.delivered(delivery);
        }
        ledger.checkThatNobodyWaitsInVain();
    }
}
