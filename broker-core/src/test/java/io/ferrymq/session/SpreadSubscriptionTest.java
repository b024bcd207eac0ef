package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durable subscriptions that have parts in several shards, beside commits that do. */
class SpreadSubscriptionTest {
    private static final DestinationName ANY = DestinationName.topic("NEWS.>");
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final long SEGMENT = 20_000;
    private static final int STALLED = 1_000;
    /** Which of its shards gathers a commit is a matter of chance: after so many times it has been each of two. */
    private static final int EITHER_GATHERS = 8;
    /** Segments: whoever keeps one busy for a while fills some twenty. */
    private static final int FEW = 8;

    private Bench bench = Bench.away(4, SEGMENT);
    private TestClient producer = bench.client();

    private void start(int shards) {
        bench = Bench.away(shards, SEGMENT);
        producer = bench.client();
    }

    private void crash(int shards) {
        bench = bench.crashAndRestart(shards);
        producer = bench.client();
    }

    private static DestinationName news(int number) {
        return DestinationName.topic("NEWS." + number);
    }

    /** A topic of another shard than these. */
    private DestinationName topicBeside(DestinationName... others) {
        List<Integer> taken = IntStream.range(0, others.length)
                .mapToObj(i -> bench.shardOf(others[i]))
                .toList();
        return IntStream.range(0, 100)
                .mapToObj(SpreadSubscriptionTest::news)
                .filter(topic -> !taken.contains(bench.shardOf(topic)))
                .findFirst()
                .orElseThrow();
    }

    private void subscribeAndLeave(DestinationName topics) {
        TestClient reader = bench.client("ID:reader");
        reader.durable(topics, "s", 100, "");
        reader.close();
    }

    /** Sequences per producer of what waits there, in order; none is acknowledged. */
    private List<Long> waiting(DestinationName topics) {
        TestClient reader = bench.client("ID:reader");
        ConsumerId consumer = reader.durable(topics, "s", 1_000, "");
        List<Long> waiting = reader.received(consumer).stream().sorted().toList();
        reader.close();
        return waiting;
    }

    private void keepBusy() {
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 10);
        for (int i = 0; i < 2_000; i++) {
            client.send(ORDERS, 1);
            client.ack(AckType.STANDARD, consumer, client.last());
            bench.advance(5);
        }
        client.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldNotKeepOldSegmentsWhileItIsOffline(int shards) {
        start(shards);
        subscribeAndLeave(ANY);
        for (int i = 0; i < 8; i++) {
            producer.send(news(i), 1);
        }
        for (int i = 0; i < 3; i++) {
            keepBusy();
            assertThat(bench.journalStatus().segments()).isLessThan(FEW);
            assertThat(bench.liveRecords()).isLessThan(20);
        }
        bench = bench.stopAndRestart();
        assertThat(waiting(ANY)).hasSize(8);
        keepBusy();
        crash(shards);
        assertThat(waiting(ANY)).hasSize(8);
        assertThat(bench.journalStatus().segments()).isLessThan(FEW);
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 1", "4, 2", "2, 4"})
    void shouldHaveItsMessagesWithAnotherNumberOfShardsToo(int before, int after) {
        start(before);
        subscribeAndLeave(ANY);
        for (int i = 0; i < 8; i++) {
            producer.send(news(i), 1);
            keepBusy();
        }
        crash(after);
        assertThat(waiting(ANY)).hasSize(8);
        keepBusy();
        assertThat(bench.journalStatus().segments()).isLessThan(FEW);
        crash(before);
        assertThat(waiting(ANY)).hasSize(8);
    }

    /** Sends to both in one transaction, which nobody has committed yet. */
    private TransactionId begin(DestinationName gathering, DestinationName topic) {
        TransactionId transaction = producer.begin(1);
        producer.send(producer.message(gathering, true, 0), transaction);
        producer.send(producer.message(topic, true, 0), transaction);
        return transaction;
    }

    /** The other subscription makes sure that the topic's messages are written. */
    private void commitLateBeside(DestinationName topic, boolean commitFirst) {
        bench.client("ID:other").durable(topic, "other", 0, "");
        DestinationName gathering = queue("Q.", false);
        TransactionId transaction = begin(gathering, topic);
        TestClient reader = bench.client("ID:reader");
        bench.journal().stall(STALLED);
        Runnable commit = () -> {
            producer.port().commit(transaction, Receipt.NONE);
            bench.run();
        };
        Runnable subscribe = () -> reader.subscribe(reader.durableSpec(topic, "s", 10, ""));
        (commitFirst ? commit : subscribe).run();
        (commitFirst ? subscribe : commit).run();
        bench.lag(commitFirst ? gathering : topic);
        bench.journal().letThrough();
        bench.run();
        bench.catchUp();
        reader.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHaveWhatIsCommittedBehindItLiveAsInAReplay(boolean commitFirst) {
        List<Long> expected = commitFirst ? List.of() : List.of(2L);
        for (int i = 0; i < EITHER_GATHERS; i++) {
            start(4);
            commitLateBeside(news(1), commitFirst);
            assertThat(waiting(news(1))).isEqualTo(expected);
            crash(4);
            assertThat(waiting(news(1))).isEqualTo(expected);
        }
    }

    @Test
    void shouldHaveWhatComesBehindItsRecordBeforeAllPartsKnowIt() {
        DestinationName home = news(1);
        DestinationName other = topicBeside(home);
        DestinationName both = DestinationName.topic(home.physicalName() + "," + other.physicalName());
        bench.client("ID:other").durable(both, "other", 0, "");
        TestClient reader = bench.client("ID:reader");
        bench.journal().stall(STALLED);
        producer.send(other, 1);
        reader.subscribe(reader.durableSpec(both, "s", 10, ""));
        producer.send(other, 1);
        bench.lag(home);
        bench.journal().letThrough();
        bench.run();
        bench.catchUp();
        reader.close();
        assertThat(waiting(both)).containsExactly(2L);
        crash(4);
        assertThat(waiting(both)).containsExactly(2L);
    }

    /** What was committed when nobody kept it has no record. */
    @RepeatedTest(EITHER_GATHERS)
    void shouldNotHaveWhatNoRecordTellsOf() {
        DestinationName gathering = topicBeside(news(1));
        TransactionId transaction = begin(gathering, news(1));
        bench.journal().stall(STALLED);
        bench.lag(gathering);
        producer.port().commit(transaction, Receipt.NONE);
        bench.run();
        TestClient reader = bench.client("ID:reader");
        Answer answer = reader.subscribe(reader.durableSpec(news(1), "s", 10, ""));
        bench.journal().letThrough();
        bench.run();
        assertThat(answer.isDone()).isTrue();
        bench.catchUp();
        reader.close();
        assertThat(waiting(news(1))).isEmpty();
    }

    /** The commit is the first in its segment, so that the next record of the subscription comes behind it. */
    @RepeatedTest(EITHER_GATHERS)
    void shouldKeepItsRecordUntilACommitBeforeTheNextHasArrived() {
        start(2);
        subscribeAndLeave(news(1));
        DestinationName gathering = topicBeside(news(1));
        TransactionId transaction = begin(gathering, news(1));
        TestClient client = bench.client();
        client.consume(queue("BUSY.", true), 1);
        bench.journal().stall(STALLED);
        client.send(fillingASegment(client), TransactionId.NONE);
        producer.port().commit(transaction, Receipt.NONE);
        bench.run();
        bench.lag(gathering);
        bench.journal().letThrough();
        bench.run();
        client.ack(AckType.STANDARD, client.last().consumer(), client.last());
        client.close();
        work(800);
        bench.catchUp();
        crash(2);
        assertThat(waiting(news(1))).containsExactly(2L);
    }

    private Message fillingASegment(TestClient client) {
        return client.message(queue("BUSY.", true), true, 0).toBuilder()
                .body((byte) 0, false, new byte[(int) SEGMENT])
                .build();
    }

    /** By messages that nobody keeps. */
    private void work(int messages) {
        DestinationName busy = queue("BUSY.", true);
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(busy, 10);
        for (int i = 0; i < messages; i++) {
            client.send(busy, 1);
            client.ack(AckType.STANDARD, consumer, client.last());
            bench.advance(5);
        }
        client.close();
    }

    /** A queue in the shard of the first topic, or in another one. */
    private DestinationName queue(String prefix, boolean besideIt) {
        return IntStream.range(0, 100)
                .mapToObj(i -> DestinationName.queue(prefix + i))
                .filter(queue -> bench.shardOf(queue) == bench.shardOf(news(1)) == besideIt)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldLeaveNothingOfASubscriptionThatOneShardRefuses() {
        bench = new Bench(4, limitsOf(2), new MemoryLog(SEGMENT));
        producer = bench.client();
        DestinationName four = DestinationName.topic("NEWS.1,NEWS.2,NEWS.3,NEWS.4");
        TestClient reader = bench.client("ID:reader");
        Answer refused = reader.subscribe(reader.durableSpec(four, "s", 10, ""));
        assertThat(refused.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_LIMIT);
        assertThat(reader.removeSubscription("s").refusal().code()).isEqualTo(Refusal.Code.INVALID_DESTINATION);
        for (int i = 1; i <= 4; i++) {
            producer.send(news(i), 1);
        }
        assertThat(bench.liveRecords()).isZero();
        assertThat(bench.usedBytes()).isZero();
    }

    private static Limits limitsOf(int destinations) {
        Limits usual = Limits.defaults();
        return new Limits(
                usual.memoryBytes(),
                destinations,
                usual.connections(),
                usual.unauthenticatedConnections(),
                usual.handshakeFrameBytes(),
                usual.frameBytes(),
                usual.partialFrameBytes(),
                usual.handshakeTimeoutMs(),
                usual.inactivityTimeoutMs(),
                usual.connectionInFlightBytes(),
                usual.consumersPerConnection(),
                usual.transactionMessages(),
                usual.transactionBytes(),
                usual.preparedTransactions(),
                usual.journalQueueEntries(),
                usual.lazySyncMs());
    }

    /** A record that was written again must not bring a message of the old one into the new one of the same name. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldHaveNothingOfTheOneBeforeOfItsName(int shards) {
        start(shards);
        subscribeAndLeave(ANY);
        bench.client("ID:other").durable(ANY, "other", 0, "");
        for (int i = 0; i < 8; i++) {
            producer.send(news(i), 1);
        }
        keepBusy();
        TestClient reader = bench.client("ID:reader");
        bench.journal().stall(STALLED);
        bench.advance(2_000);
        reader.port().removeSubscription("s", Receipt.NONE);
        bench.advance(2_000);
        reader.port().subscribe(reader.durableSpec(ANY, "s", 10, ""), Receipt.NONE);
        bench.advance(2_000);
        bench.journal().letThrough();
        bench.run();
        reader.close();
        keepBusy();
        assertThat(waiting(ANY)).isEmpty();
        crash(shards);
        assertThat(waiting(ANY)).isEmpty();
    }

    @Test
    void shouldBeThereForTheNextConsumerWhenOneWasClosedBeforeItsTurn() {
        subscribeAndLeave(ANY);
        TestClient reader = bench.client("ID:reader");
        bench.journal().stall(STALLED);
        reader.port().removeSubscription("s", Receipt.NONE);
        ConsumerSpec early = reader.durableSpec(ANY, "s", 10, "");
        reader.port().subscribe(early, Receipt.NONE);
        reader.port().unsubscribe(early.id(), -1, Receipt.NONE);
        bench.run();
        bench.journal().letThrough();
        bench.run();
        ConsumerId next = reader.durable(ANY, "s", 10, "");
        producer.send(news(1), 1);
        assertThat(reader.received(next)).containsExactly(1L);
    }

    /** A segment begins while the record that says so is on its way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBeDeafToItsNewestConnectionInAReplayToo(int shards) {
        start(shards);
        TestClient first = bench.connectAs("reader", "ID:first");
        assertThat(first.subscribe(deaf(first)).isDone()).isTrue();
        first.close();
        TestClient second = bench.connectAs("reader", "ID:second");
        bench.journal().stall(STALLED);
        Answer answer = second.subscribe(deaf(second));
        bench.journal().beginSegment();
        bench.run();
        bench.journal().letThrough();
        bench.run();
        assertThat(answer.isDone()).isTrue();
        second.send(news(1), 1);
        producer.send(news(1), 1);
        second.close();
        crash(shards);
        TestClient third = bench.connectAs("reader", "ID:third");
        assertThat(third.subscribe(deaf(third)).isDone()).isTrue();
        assertThat(third.deliveries).singleElement().satisfies(delivery -> assertThat(
                        delivery.message().id().producer().connection())
                .isNotEqualTo("ID:second"));
    }

    private static ConsumerSpec deaf(TestClient reader) {
        return new ConsumerSpec(reader.nextConsumer(), ANY, 10, 0, false, true, false, "", "s", false, 0);
    }

    @Test
    void shouldGiveEachMessageOnceToASubscriptionOverSeveralShards() {
        TestClient reader = bench.client("ID:reader");
        ConsumerId consumer = reader.durable(ANY, "s", 100, "");
        for (int i = 0; i < 8; i++) {
            producer.send(news(i), 1);
        }
        assertThat(reader.received(consumer)).hasSize(8).doesNotHaveDuplicates();
        assertThat(reader.deliveries).extracting(Delivery::redeliveries).containsOnly(0);
    }
}
