package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.session.SubscriptionLedger.Wanted;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A broker on the bench with publishers and durable subscribers that do things at random; a ledger per subscription says what may come of it. */
final class TopicHistory {
    /** What can happen. What happens more often is here twice. */
    enum Step {
        PUBLISH,
        PUBLISH_MORE,
        PUBLISH_IN_TRANSACTION,
        COMMIT,
        ROLL_BACK,
        PREPARE,
        DECIDE,
        SUBSCRIBE,
        SUBSCRIBE_MORE,
        GO_OFFLINE,
        DISCONNECT,
        UNSUBSCRIBE,
        ACKNOWLEDGE,
        ACKNOWLEDGE_MORE,
        ACKNOWLEDGE_ONE,
        WORK,
        TIME_PASSES,
        LAG,
        CATCH_UP,
        STALL,
        LET_THROUGH,
        CRASH,
        STOP
    }

    private static final List<String> TOPICS = List.of("T.a", "T.b", "T.c", "U.d");
    private static final List<String> SUBSCRIBED = List.of("T.a", "T.>", ">", "T.b,U.d", "T.c,T.*");
    private static final List<String> COLOURS = List.of("red", "blue");
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final int SHOWN = 80;

    private final Random random;
    private final Chance chance;
    private final List<Reader> readers = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final RandomPublisher publisher;
    private Bench bench;
    private int names;
    private boolean lagging;

    /** A client that always has the same subscription, of changing content. */
    private static final class Reader {
        final String id;

        @Nullable
        TestClient client;

        int seen;

        @Nullable
        ConsumerId consumer;

        int prefetch;
        final List<Delivery> held = new ArrayList<>();

        /** The subscription it has, as far as it knows. */
        @Nullable
        SubscriptionLedger ledger;

        /** What takes its place; may be the same. */
        @Nullable
        SubscriptionLedger next;

        /** To the subscribing or unsubscribing that is on its way. */
        @Nullable
        Answer answer;

        /** A crash has left it without an answer, or it was refused since it left too early. */
        boolean doubtful;

        Reader(String id) {
            this.id = id;
        }

        /** What its consumer takes from; parts of it give before all are there. */
        SubscriptionLedger current() {
            return Objects.requireNonNull(next == null ? ledger : next);
        }
    }

    TopicHistory(int shards, Random random) {
        this.random = random;
        this.chance = new Chance(random);
        MemoryBudget.Waiting waiting = random.nextBoolean() ? Bench.AWAY : Bench.AT_HAND;
        this.bench = new Bench(shards, Limits.defaults(), waiting, new MemoryLog(4_000));
        this.publisher = new RandomPublisher(random, TOPICS, COLOURS, this::tell, this::asked, this::arrived);
        publisher.connectTo(bench);
        for (int i = 0; i < 3; i++) {
            readers.add(new Reader("ID:reader-" + i));
        }
    }

    /** The last of what has happened, for whoever looks for a fault. */
    String told() {
        List<String> last = told.subList(Math.max(0, told.size() - SHOWN), told.size());
        return String.join("\n", last);
    }

    private void tell(String what) {
        told.add(told.size() + ": " + what);
    }

    void play(Step step) {
        Reader reader = readers.get(random.nextInt(readers.size()));
        switch (step) {
            case PUBLISH, PUBLISH_MORE -> publisher.publish();
            case PUBLISH_IN_TRANSACTION -> publisher.publishInTransaction();
            case COMMIT -> publisher.commit();
            case ROLL_BACK -> publisher.rollBack();
            case PREPARE -> publisher.prepare();
            case DECIDE -> publisher.decide();
            case SUBSCRIBE, SUBSCRIBE_MORE -> subscribe(reader);
            case GO_OFFLINE -> goOffline(reader);
            case DISCONNECT -> disconnect(reader);
            case UNSUBSCRIBE -> unsubscribe(reader);
            case ACKNOWLEDGE, ACKNOWLEDGE_MORE -> acknowledge(reader, AckType.STANDARD);
            case ACKNOWLEDGE_ONE -> acknowledge(reader, AckType.INDIVIDUAL);
            case WORK -> work();
            case TIME_PASSES -> bench.advance(random.nextInt(1_500));
            case LAG -> lag();
            case CATCH_UP -> catchUp();
            case STALL -> stall();
            case LET_THROUGH -> bench.journal().letThrough();
            case CRASH -> chance.rarely(this::crash);
            case STOP -> chance.rarely(this::stop);
        }
        bench.run();
        observe();
    }

    /** From now on subscriptions may get these. */
    private void asked(List<Message> messages) {
        for (Reader reader : readers) {
            for (SubscriptionLedger ledger : ledgersOf(reader)) {
                boolean ending = reader.answer != null && reader.next != ledger;
                messages.forEach(message -> ledger.published(message, ending));
            }
        }
    }

    private void arrived(List<Message> messages) {
        readers.forEach(reader -> ledgersOf(reader).forEach(ledger -> messages.forEach(ledger::arrived)));
    }

    private static Set<SubscriptionLedger> ledgersOf(Reader reader) {
        Set<SubscriptionLedger> all = new HashSet<>();
        if (reader.ledger != null) {
            all.add(reader.ledger);
        }
        if (reader.next != null) {
            all.add(reader.next);
        }
        return all;
    }

    private TestClient clientOf(Reader reader) {
        if (reader.client == null) {
            reader.client = bench.connect(reader.id, false);
            reader.seen = 0;
        }
        return reader.client;
    }

    private void subscribe(Reader reader) {
        if (reader.consumer != null || reader.answer != null || reader.doubtful) {
            return;
        }
        SubscriptionLedger known = reader.ledger;
        boolean again = known != null && random.nextInt(3) > 0;
        SubscriptionLedger next = again ? known : newSubscription();
        if (known != null && known.wanted.equals(next.wanted)) {
            next = known;
        }
        reader.next = next;
        reader.prefetch = random.nextInt(4) == 0 ? random.nextInt(4) : 10_000;
        tell(reader.id + " subscribes: " + next.wanted + ", prefetch=" + reader.prefetch + ", again="
                + (next == known));
        ConsumerSpec spec = clientOf(reader)
                .durableSpec(DestinationName.topic(next.wanted.topics()), "s", reader.prefetch, next.wanted.selector());
        reader.consumer = spec.id();
        reader.answer = reader.client.subscribe(spec);
    }

    private SubscriptionLedger newSubscription() {
        Wanted wanted = new Wanted(chance.pick(SUBSCRIBED), random.nextBoolean() ? "" : chance.pick(COLOURS));
        SubscriptionLedger ledger = new SubscriptionLedger(wanted);
        publisher.onTheirWay().forEach(message -> ledger.published(message, true));
        return ledger;
    }

    private void goOffline(Reader reader) {
        if (reader.consumer != null) {
            observe();
            tell(reader.id + " goes offline");
            ConsumerId consumer = reader.consumer;
            leave(reader);
            reader.client.port().unsubscribe(consumer, -2, Receipt.NONE);
        }
    }

    private void disconnect(Reader reader) {
        if (reader.client != null && reader.answer == null) {
            observe();
            tell(reader.id + " disconnects");
            TestClient client = reader.client;
            leave(reader);
            reader.client = null;
            client.close();
            bench.catchUp(); // its name must be free before it comes back
            lagging = false;
        }
    }

    private static void leave(Reader reader) {
        if (!reader.held.isEmpty()) {
            reader.current().givenBack(reader.held);
        }
        reader.held.clear();
        reader.consumer = null;
    }

    private void unsubscribe(Reader reader) {
        if (reader.consumer == null && reader.answer == null && (reader.ledger != null || reader.doubtful)) {
            tell(reader.id + " unsubscribes");
            reader.next = null;
            reader.answer = clientOf(reader).removeSubscription("s");
        }
    }

    private void acknowledge(Reader reader, AckType type) {
        if (reader.held.isEmpty()) {
            return;
        }
        int from = type == AckType.INDIVIDUAL ? random.nextInt(reader.held.size()) : 0;
        int to = type == AckType.INDIVIDUAL ? from + 1 : 1 + random.nextInt(reader.held.size());
        List<Delivery> range = List.copyOf(reader.held.subList(from, to));
        tell(reader.id + " acknowledges " + range.size() + " up to "
                + range.get(range.size() - 1).message().id());
        reader.held.removeAll(range);
        range.forEach(reader.current()::acknowledged);
        reader.client.ack(
                type, reader.consumer, range.get(0), range.get(range.size() - 1), range.size(), TransactionId.NONE);
    }

    /** Records that are dead soon, so that segments come and go. */
    private void work() {
        if (isQuiet()) {
            TestClient worker = bench.connect("ID:worker-" + ++names, false);
            ConsumerId consumer = worker.consume(ORDERS, 1);
            for (int i = 0; i < 30; i++) {
                worker.send(ORDERS, 1);
                worker.ack(AckType.STANDARD, consumer, worker.last());
            }
            worker.close();
        }
    }

    private boolean isQuiet() {
        return !lagging && !bench.journal().isStalled();
    }

    private void lag() {
        String slow = chance.pick(TOPICS);
        lagging = true;
        tell("the shard of " + slow + " is slow");
        bench.lag(DestinationName.topic(slow));
    }

    private void catchUp() {
        if (lagging) {
            lagging = false;
            tell("no shard is slow");
            bench.catchUp();
        }
    }

    private void stall() {
        if (!bench.journal().isStalled()) {
            tell("the journal stalls");
            bench.journal().stall(random.nextInt(40));
        }
    }

    private void crash() {
        observe();
        tell("crash");
        bench = bench.crashAndRestart();
        restarted();
    }

    private void stop() {
        calm();
        readers.forEach(this::disconnect);
        publisher.close();
        observe();
        tell("stop");
        bench = bench.stopAndRestart();
        restarted();
    }

    private void calm() {
        bench.journal().letThrough();
        catchUp();
        bench.run();
        observe();
    }

    private void restarted() {
        lagging = false;
        for (Reader reader : readers) {
            reader.client = null;
            reader.consumer = null;
            reader.held.clear();
            reader.doubtful |= reader.answer != null;
            reader.answer = null;
            reader.next = null;
            if (reader.doubtful) {
                reader.ledger = null;
            } else if (reader.ledger != null) {
                reader.ledger.restarted();
            }
        }
        publisher.connectTo(bench);
    }

    /** Takes note of answers and deliveries. */
    private void observe() {
        readers.forEach(this::readAnswer);
        publisher.readAnswers();
        readers.forEach(this::readDeliveries);
        if (isQuiet()) {
            readers.forEach(this::settle);
        }
    }

    private void readAnswer(Reader reader) {
        Answer answer = reader.answer;
        if (answer == null || answer.isOpen()) {
            return;
        }
        if (!answer.isDone()) {
            boolean closedBefore = reader.consumer == null;
            boolean perhapsMissing = reader.doubtful;
            Refusal refusal = answer.refusal();
            assertThat(closedBefore || perhapsMissing)
                    .as("%s is refused: %s", reader.id, refusal)
                    .isTrue();
        }
        reader.answer = null;
        reader.doubtful = !answer.isDone() && !reader.doubtful; // some of it may have happened
        reader.ledger = answer.isDone() ? reader.next : null;
        reader.next = null;
        if (reader.ledger != null) {
            reader.ledger.isThere();
        }
    }

    private void readDeliveries(Reader reader) {
        if (reader.client == null) {
            return;
        }
        List<Delivery> all = reader.client.deliveries;
        for (; reader.seen < all.size(); reader.seen++) {
            Delivery delivery = all.get(reader.seen);
            if (delivery.consumer().equals(reader.consumer)) {
                reader.current().delivered(delivery);
                reader.held.add(delivery);
            }
        }
    }

    private void settle(Reader reader) {
        if (reader.ledger == null || reader.answer != null) {
            return;
        }
        reader.ledger.allWritten();
        if (reader.consumer != null && reader.prefetch > reader.held.size() + 100) {
            reader.ledger.allDelivered(publisher.unanswered());
        }
    }

    /** The last act: everything that is left is consumed, and everybody goes. */
    Bench consumeAll() {
        calm();
        publisher.decideAll();
        readers.forEach(this::disconnect);
        calm();
        for (Reader reader : readers) {
            if (reader.ledger != null) {
                consumeAll(reader);
            }
            Answer gone = clientOf(reader).removeSubscription("s");
            assertThat(gone.isOpen()).isFalse();
            reader.client.close();
        }
        publisher.close();
        TestClient worker = bench.client();
        worker.consume(ORDERS, 1);
        worker.close();
        for (int i = 0; i < 8; i++) {
            work();
            bench.advance(1_000);
        }
        return bench;
    }

    private void consumeAll(Reader reader) {
        Wanted wanted = reader.ledger.wanted;
        tell(reader.id + " consumes all: " + wanted);
        reader.prefetch = 10_000;
        reader.consumer = clientOf(reader)
                .durable(DestinationName.topic(wanted.topics()), "s", reader.prefetch, wanted.selector());
        observe();
        while (!reader.held.isEmpty()) {
            acknowledge(reader, AckType.STANDARD);
        }
        disconnect(reader);
    }
}
