package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.Advisories;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.MessageEviction;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a subscriber of a topic does to its producers when it is slower than they are. */
class SlowSubscriberBehaviourTest {
    private static final DestinationName NEWS = DestinationName.topic("NEWS");
    private static final DestinationName DEAD = DestinationName.queue("ActiveMQ.DLQ");
    private static final long MEMORY_BYTES = 800_000;
    /** An eighth of the memory, at 1,024 bytes for an empty message. */
    private static final int ROOM = 97;

    private static final int SENT = 3 * ROOM;

    @Test
    void shouldHoldProducersWhileASubscriberIsGettingOn() {
        Bench bench = bench();
        TestClient subscriber = bench.client();
        ConsumerId consumer = subscriber.consume(NEWS, 1);
        List<Answer> answers = publish(bench.client());
        assertThat(answers).filteredOn(Answer::isOpen).isNotEmpty();

        for (int i = 0; i < SENT; i++) {
            bench.advance(500);
            subscriber.ack(AckType.STANDARD, consumer, subscriber.deliveries.get(i));
        }
        assertThat(answers).allMatch(Answer::isDone);
        assertThat(subscriber.received(consumer))
                .isEqualTo(LongStream.rangeClosed(1, SENT).boxed().toList());
        assertThat(bench.usedBytes()).isZero();
    }

    /** As in ActiveMQ: where no policy says how many messages may wait, none are lost for a client's maximumPendingMessageLimit. */
    @Test
    void shouldNotLoseMoreForAClientThatNamesALimitWhereNoPolicyDoes() {
        Bench bench = bench();
        TestClient subscriber = bench.client();
        ConsumerId consumer = subscribe(subscriber, 5, 3);
        bench.client().send(NEWS, 20);
        for (int i = 0; i < 20; i++) {
            subscriber.ack(AckType.STANDARD, consumer, subscriber.deliveries.get(i));
        }
        assertThat(subscriber.received(consumer)).hasSize(20);
    }

    @ParameterizedTest
    @CsvSource({"0, 3", "1, 1", "2000000000, 3"})
    void shouldLetAClientAskForLessThanThePolicyLeavesItAndNotForMore(int asked, int waiting) {
        Bench bench = bench(DestinationPolicy.of(NEWS).pendingMessageLimit(3).build());
        subscribe(bench.client(), 1, asked);
        bench.client().send(NEWS, 10);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DEAD, 100))).hasSize(9 - waiting);
    }

    /** Who wants nothing to wait wants to hear of nothing that is lost. */
    @Test
    void shouldSayNothingOfWhatIsLostWhereNothingMayWait() {
        Bench bench = bench(DestinationPolicy.of(NEWS)
                .pendingMessageLimit(0)
                .advisories(Advisories.ALL)
                .build());
        List<BrokerEvent> told = new ArrayList<>();
        bench.events.listen(event -> {
            if (event instanceof BrokerEvent.MessageDiscarded) {
                told.add(event);
            }
        });
        bench.client().consume(NEWS, 1);
        bench.client().send(NEWS, 10);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DEAD, 100))).isEmpty();
        assertThat(told).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    private static ConsumerId subscribe(TestClient client, int prefetch, int pendingLimit) {
        ConsumerId id = client.nextConsumer();
        client.subscribe(new ConsumerSpec(id, NEWS, prefetch, 0, false, false, false, "", "", false, pendingLimit));
        return id;
    }

    @Test
    void shouldHoldNobodyForASubscriberThatIsStuck() {
        Bench bench = bench();
        TestClient stuck = bench.client();
        ConsumerId consumer = stuck.consume(NEWS, 1);
        List<Answer> answers = publish(bench.client());
        bench.advance(1_000);
        assertThat(answers).allMatch(Answer::isDone);

        stuck.ack(AckType.STANDARD, consumer, stuck.deliveries.get(0));
        assertThat(stuck.received(consumer).get(1))
                .as("the oldest that is left")
                .isGreaterThan(ROOM);
    }

    @Test
    void shouldHoldNobodyWhereAPolicySaysHowManyMayWait() {
        Bench bench = bench(DestinationPolicy.of(NEWS).pendingMessageLimit(5).build());
        TestClient subscriber = bench.client();
        subscriber.consume(NEWS, 1);
        assertThat(publish(bench.client())).allMatch(Answer::isDone);
    }

    /** Once, however many subscribers had no room for it; as in ActiveMQ. */
    @Test
    void shouldMakeDeadLettersOfWhatHadToGo() {
        Bench bench = bench(DestinationPolicy.of(NEWS).pendingMessageLimit(3).build());
        TestClient subscriber = bench.client();
        ConsumerId consumer = subscriber.consume(NEWS, 1);
        subscriber.consume(NEWS, 2);
        TestClient publisher = bench.client();
        publisher.send(NEWS, 6);
        publisher.send(publisher.message(NEWS, false, 0), TransactionId.NONE);
        publisher.send(NEWS, 3);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DEAD, 10))).containsExactly(2L, 3L, 4L, 5L, 6L);
        assertThat(reader.deliveries.get(0).message().annotations())
                .containsEntry(Message.FAILURE_CAUSE, "java.lang.Throwable: Subscription discard. ID:" + consumer)
                .containsEntry("originalExpiration", 0L);
    }

    /** What goes is decided by the limit of the topic that brought one too many. */
    @Test
    void shouldMakeDeadLettersOfWhatHadToGoForAnotherTopic() {
        DestinationName other = DestinationName.topic("NEWS.OTHER");
        Bench bench = bench(DestinationPolicy.of(NEWS).pendingMessageLimit(3).build());
        TestClient subscriber = bench.client();
        subscriber.consume(DestinationName.topic("NEWS.>"), 1);
        bench.client().send(other, 10);
        bench.client().send(NEWS, 1);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DEAD, 100))).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void shouldMakeNoDeadLettersOfWhatHadToGoForLackOfMemoryAlone() {
        Bench bench = bench();
        bench.client().consume(NEWS, 1);
        publish(bench.client());
        bench.advance(1_000);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DEAD, 10))).isEmpty();
    }

    @Test
    void shouldTellOfEachSubscriberThatIsGivenAMessage() {
        Bench bench =
                bench(DestinationPolicy.of(NEWS).advisories(Advisories.ALL).build());
        List<BrokerEvent.MessageDispatched> told = new ArrayList<>();
        bench.events.listen(event -> {
            if (event instanceof BrokerEvent.MessageDispatched dispatched) {
                told.add(dispatched);
            }
        });
        TestClient subscriber = bench.client();
        ConsumerId consumer = subscriber.consume(NEWS, 1);
        ConsumerId other = subscriber.consume(NEWS, 10);
        bench.client().send(NEWS, 2);
        assertThat(told)
                .extracting(BrokerEvent.MessageDispatched::consumer)
                .containsExactlyInAnyOrder(consumer, other, other);
        subscriber.ack(AckType.STANDARD, consumer, subscriber.deliveries.get(0));
        assertThat(told).hasSize(4).last().satisfies(last -> {
            assertThat(last.consumer()).isEqualTo(consumer);
            assertThat(last.message().id().sequence()).isEqualTo(2);
        });
    }

    /** What a subscriber gets beyond its prefetch, counted from 1. */
    private static List<Long> leftOf(DestinationPolicy.Builder policy, Consumer<TestClient> sends) {
        Bench bench = bench(policy.deadLetters(DeadLetterPolicy.DISCARD).build());
        TestClient subscriber = bench.client();
        ConsumerId consumer = subscriber.consume(NEWS, 2);
        TestClient publisher = bench.client();
        publisher.send(NEWS, 2);
        sends.accept(publisher);
        for (int i = 0; i < subscriber.deliveries.size(); i++) {
            subscriber.ack(AckType.STANDARD, consumer, subscriber.deliveries.get(i));
        }
        assertThat(bench.usedBytes()).isZero();
        return subscriber.received(consumer).stream()
                .skip(2)
                .map(sequence -> sequence - 2)
                .toList();
    }

    private static DestinationPolicy.Builder threeMayWait(MessageEviction eviction) {
        return DestinationPolicy.of(NEWS).pendingMessageLimit(3).messageEviction(eviction);
    }

    @Test
    void shouldDiscardTheOldest() {
        assertThat(leftOf(threeMayWait(MessageEviction.OLDEST), client -> client.send(NEWS, 5)))
                .containsExactly(3L, 4L, 5L);
    }

    @Test
    void shouldDiscardTheOldestWithTheLowestPriority() {
        assertThat(leftOf(
                        threeMayWait(MessageEviction.OLDEST_WITH_LOWEST_PRIORITY),
                        client -> client.sendWithPriority(NEWS, 9, 1, 4, 1, 4, 0, 5)))
                .containsExactly(1L, 5L, 7L);
    }

    @Test
    void shouldKeepTheNewestWithEachValueOfAProperty() {
        MessageEviction unique = MessageEviction.uniqueProperty("symbol");
        assertThat(leftOf(threeMayWait(unique), client -> send(client, "a", "b", "a", "a")))
                .containsExactly(2L, 4L);
        assertThat(leftOf(threeMayWait(unique), client -> send(client, "a", "b", "c", "d")))
                .containsExactly(2L, 3L, 4L);
        assertThat(leftOf(threeMayWait(unique), client -> send(client, "", "a", "b", "c", "a", "b")))
                .containsExactly(4L, 5L, 6L);
        assertThat(leftOf(threeMayWait(unique), client -> send(client, "", "", "", "")))
                .containsExactly(2L, 3L, 4L);
    }

    private static void send(TestClient client, String... symbols) {
        for (String symbol : symbols) {
            client.send(NEWS, symbol.isEmpty() ? "" : "symbol=" + symbol);
        }
    }

    @Test
    void shouldLetSoManyTimesThePrefetchWait() {
        assertThat(leftOf(
                        DestinationPolicy.of(NEWS).pendingMessageLimitMultiplier(2.5), client -> client.send(NEWS, 9)))
                .containsExactly(5L, 6L, 7L, 8L, 9L);
    }

    private static Bench bench(DestinationPolicy... policies) {
        Limits limits = Limits.defaults().withMemoryBytes(MEMORY_BYTES);
        return new Bench(1, limits, new MemoryLog(Long.MAX_VALUE), policies);
    }

    private static List<Answer> publish(TestClient publisher) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < SENT; i++) {
            answers.add(publisher.send(publisher.message(NEWS, false, 0), TransactionId.NONE));
        }
        return answers;
    }
}
