package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.Advisories;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurableSubscriptionBehaviourTest {
    private static final DestinationName NEWS = DestinationName.topic("NEWS.all");
    private static final DestinationName OTHER = DestinationName.topic("NEWS.other");
    private static final DestinationName ANY = DestinationName.topic("NEWS.>");
    private static final DeadLetterPolicy EACH_ITS_OWN =
            new DeadLetterPolicy(DeadLetterPolicy.Kind.INDIVIDUAL, "", "DLQ.T.", true, false, 0, true);

    private Bench bench = Bench.bench();
    private TestClient producer = bench.client();

    private TestClient reader() {
        return bench.client("ID:reader");
    }

    private void crash() {
        bench = bench.crashAndRestart();
        producer = bench.client();
    }

    @Test
    void shouldKeepWhatComesWhileItsConsumerIsAway() {
        TestClient reader = reader();
        reader.durable(NEWS, "s", 10, "");
        reader.close();
        producer.send(NEWS, 3);

        TestClient back = reader();
        assertThat(back.received(back.durable(NEWS, "s", 10, ""))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldKeepTheRecordThatOthersNeedWhenOneLetsItGoAsItComes() {
        DestinationPolicy dropsExpired =
                DestinationPolicy.of(NEWS).deadLetters(DeadLetterPolicy.DISCARD).build();
        bench = new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE), dropsExpired);
        producer = bench.client();
        TestClient reader = reader();
        ConsumerId there = reader.durable(NEWS, "there", 10, "");
        for (String away : List.of("away", "far away")) {
            reader.unsubscribe(reader.durable(NEWS, away, 10, ""), -1);
        }
        long before = bench.liveRecords();
        bench.journal().stall(1);
        producer.send(producer.message(NEWS, true, bench.epochMs() + 1_000), TransactionId.NONE);
        bench.advance(1_001);
        bench.journal().letThrough();
        bench.run();
        assertThat(reader.received(there)).isEmpty();
        assertThat(bench.liveRecords()).isEqualTo(before + 1);
        bench.advance(60_000);
        assertThat(bench.liveRecords()).isEqualTo(before);
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldCallAConsumerSlowOnTheTopicsThatItListensTo() {
        assertThat(slowOn(DestinationPolicy.of(ANY).advisories(Advisories.ALL))).containsExactlyInAnyOrder(NEWS, OTHER);
        assertThat(slowOn(DestinationPolicy.of(ANY).abortSlowConsumerMs(1_000))).isEmpty();
    }

    private List<DestinationName> slowOn(DestinationPolicy.Builder policy) {
        bench = new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE), policy.build());
        producer = bench.client();
        List<DestinationName> told = new ArrayList<>();
        bench.events.listen(event -> {
            if (event instanceof BrokerEvent.SlowConsumer slow) {
                told.add(slow.destination());
            }
        });
        reader().durable(ANY, "s", 2, "");
        producer.send(NEWS, 1);
        producer.send(OTHER, 5);
        return told;
    }

    @ParameterizedTest
    @CsvSource({"a:client, DLQ.T.NEWS.all.a:client:s", "'a,b', DLQ.T.NEWS.all", "'*', DLQ.T.NEWS.all.*:s"})
    void shouldHaveADeadLetterQueueForEachSubscription(String clientId, String queue) {
        bench = new Bench(
                1,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(ANY).deadLetters(EACH_ITS_OWN).build());
        TestClient reader = bench.client(clientId);
        ConsumerId consumer = reader.durable(NEWS, "s", 10, "");
        bench.client().send(NEWS, 1);
        reader.ack(AckType.POISON, consumer, reader.last());
        assertThat(bench.queueNames()).containsExactly(DestinationName.queue(queue));
    }

    @Test
    void shouldKeepTheDeadLetterOfEachSubscription() {
        bench = new Bench(
                1,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(ANY).deadLetters(EACH_ITS_OWN).build());
        TestClient reader = reader();
        ConsumerId one = reader.durable(NEWS, "one", 10, "");
        ConsumerId two = reader.durable(NEWS, "two", 10, "");
        bench.client().send(NEWS, 1);
        reader.ack(AckType.POISON, one, firstOf(reader, one));
        reader.ack(AckType.POISON, two, firstOf(reader, two));

        for (String name : List.of("one", "two")) {
            DestinationName letters = DestinationName.queue("DLQ.T.NEWS.all.ID:reader:" + name);
            assertThat(reader.received(reader.consume(letters, 10))).hasSize(1);
        }
    }

    @Test
    void shouldKeepTheTopicWhileItsConsumerIsThere() {
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(NEWS, "s", 10, "");

        Answer removal = new Answer();
        producer.port().removeDestination(NEWS, removal);
        bench.run();

        assertThat(removal.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_IN_USE);
        assertThat(removal.refusal().message()).contains(consumer.toString());
        producer.send(NEWS, 1);
        assertThat(reader.received(consumer)).containsExactly(1L);
    }

    @Test
    void shouldRefuseToRemoveATopicAsLongAsASubscriptionWantsIt() {
        TestClient reader = reader();
        reader.durable(NEWS, "s", 10, "");
        producer.send(NEWS, 1);
        reader.close();

        Answer removal = new Answer();
        producer.port().removeDestination(NEWS, removal);
        bench.run();
        assertThat(removal.refusal().code()).isEqualTo(Refusal.Code.DESTINATION_IN_USE);
        assertThat(removal.refusal().message()).endsWith(":s, active=false, consumers=0");
        producer.send(NEWS, 1);

        TestClient back = reader();
        assertThat(back.received(back.durable(NEWS, "s", 10, ""))).containsExactly(1L, 2L);
        back.close();
        reader().port().removeSubscription("s", Receipt.NONE);
        bench.run();
        Answer again = new Answer();
        producer.port().removeDestination(NEWS, again);
        bench.run();
        assertThat(again.isDone()).isTrue();
    }

    @Test
    void shouldKeepItOverACrashAndFlagItThen() {
        TestClient reader = reader();
        reader.durable(NEWS, "s", 10, "");
        reader.close();
        producer.send(NEWS, 3);
        crash();

        TestClient back = reader();
        assertThat(back.received(back.durable(NEWS, "s", 10, ""))).containsExactly(1L, 2L, 3L);
        assertThat(back.deliveries).allMatch(delivery -> delivery.redeliveries() == 1);
    }

    @Test
    void shouldForgetWhatEachSubscriptionHasAcknowledgedOverACrash() {
        TestClient reader = reader();
        ConsumerId one = reader.durable(NEWS, "one", 10, "");
        ConsumerId two = reader.durable(NEWS, "two", 10, "");
        producer.send(NEWS, 3);
        Delivery first = firstOf(reader, one);
        reader.ack(AckType.STANDARD, one, first);
        crash();

        TestClient back = reader();
        assertThat(back.received(back.durable(NEWS, "one", 10, ""))).containsExactly(2L, 3L);
        assertThat(back.received(back.durable(NEWS, "two", 10, ""))).containsExactly(1L, 2L, 3L);
        assertThat(two).isNotNull();
    }

    private static Delivery firstOf(TestClient reader, ConsumerId consumer) {
        return reader.deliveries.stream()
                .filter(delivery -> delivery.consumer().equals(consumer))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldReleaseARecordWhenTheLastSubscriptionHasAcknowledgedIt() {
        Bench small = new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE));
        TestClient reader = small.client("ID:reader");
        ConsumerId one = reader.durable(NEWS, "one", 10, "");
        ConsumerId two = reader.durable(NEWS, "two", 10, "");
        long before = small.liveRecords();
        small.client().send(NEWS, 1);
        assertThat(small.liveRecords()).isEqualTo(before + 1);
        reader.ack(AckType.STANDARD, one, firstOf(reader, one));
        small.run();
        assertThat(small.liveRecords()).isEqualTo(before + 1);
        reader.ack(AckType.STANDARD, two, firstOf(reader, two));
        small.run();
        assertThat(small.liveRecords()).isEqualTo(before);
        assertThat(small.usedBytes()).isZero();
    }

    @Test
    void shouldHoldNothingForATopicWithoutDurableSubscriptions() {
        producer.send(NEWS, 2);
        assertThat(bench.liveRecords()).isZero();
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldRefuseASecondConsumerAndAnUnsubscribeMeanwhile() {
        TestClient reader = reader();
        reader.durable(NEWS, "s", 10, "");
        for (String selector : new String[] {"", "a = 1"}) {
            Answer second = reader.subscribe(reader.durableSpec(NEWS, "s", 10, selector));
            assertThat(second.refusal().code()).isEqualTo(Refusal.Code.SUBSCRIPTION_IN_USE);
            assertThat(second.refusal().message())
                    .isEqualTo("Durable consumer is in use for client: ID:reader and subscriptionName: s");
        }
        assertThat(reader.removeSubscription("s").refusal().message()).isEqualTo("Durable consumer is in use");
    }

    @Test
    void shouldForgetAnUnsubscribedOneOverACrash() {
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(NEWS, "s", 10, "");
        producer.send(NEWS, 2);
        reader.unsubscribe(consumer, -1);
        assertThat(reader.removeSubscription("s").isDone()).isTrue();
        assertThat(reader.removeSubscription("s").refusal().message())
                .isEqualTo("No durable subscription exists for clientID: ID:reader and subscriptionName: s");
        crash();

        TestClient back = reader();
        assertThat(back.removeSubscription("s").refusal().code()).isEqualTo(Refusal.Code.INVALID_DESTINATION);
        assertThat(bench.liveRecords()).isZero();
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldStartAnewWithAnotherSelectorOrTopic() {
        TestClient reader = reader();
        reader.unsubscribe(reader.durable(NEWS, "s", 10, ""), -1);
        producer.send(NEWS, "colour=blue");
        ConsumerId selecting = reader.durable(NEWS, "s", 10, "colour = 'blue'");
        assertThat(reader.received(selecting)).isEmpty();
        producer.send(NEWS, "colour=red");
        producer.send(NEWS, "colour=blue");
        assertThat(reader.received(selecting)).containsExactly(3L);
        reader.unsubscribe(selecting, -1);
        ConsumerId elsewhere = reader.durable(OTHER, "s", 10, "");
        producer.send(NEWS, 1);
        producer.send(OTHER, 1);
        assertThat(reader.received(elsewhere)).containsExactly(5L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldKeepTheTopicsOfAPatternTheNewOnesTooOverACrash(int shards) {
        bench = Bench.bench(shards);
        producer = bench.client();
        TestClient reader = reader();
        reader.durable(ANY, "s", 100, "");
        reader.close();
        producer.send(NEWS, 2);
        crash();
        producer.send(OTHER, 3);
        crash();

        TestClient back = reader();
        assertThat(back.received(back.durable(ANY, "s", 100, ""))).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldCommitARangeOverTheTopicsOfAPattern(int shards) {
        bench = Bench.bench(shards);
        producer = bench.client();
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(ANY, "s", 100, "");
        for (int i = 0; i < 8; i++) {
            producer.send(DestinationName.topic("NEWS." + i % 4), 1);
        }
        TransactionId transaction = reader.begin(1);
        Answer ack = reader.ack(
                AckType.STANDARD, consumer, reader.deliveries.get(1), reader.deliveries.get(6), 6, transaction);
        assertThat(ack.isDone()).isTrue();
        assertThat(reader.commit(transaction).isDone()).isTrue();
        reader.close();
        crash();

        TestClient back = reader();
        assertThat(back.received(back.durable(ANY, "s", 100, ""))).hasSize(2);
    }

    @Test
    void shouldCountDeliveriesUpToASequence() {
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(NEWS, "s", 10, "");
        producer.send(NEWS, 3);
        reader.unsubscribe(consumer, reader.deliveries.get(1).sequence());
        reader.deliveries.clear();
        reader.durable(NEWS, "s", 10, "");
        assertThat(reader.deliveries).extracting(Delivery::redeliveries).containsExactly(1, 1, 0);
    }

    @Test
    void shouldNotKeepForItsOwnConnectionWhenItIsDeafToIt() {
        TestClient reader = reader();
        ConsumerSpec deaf = new ConsumerSpec(reader.nextConsumer(), NEWS, 10, 0, false, true, false, "", "s", false, 0);
        assertThat(reader.subscribe(deaf).isDone()).isTrue();
        reader.send(NEWS, 1);
        producer.send(NEWS, 1);
        assertThat(reader.deliveries).singleElement().satisfies(delivery -> assertThat(
                        delivery.message().id().producer().connection())
                .isNotEqualTo("ID:reader"));
    }

    @Test
    void shouldSendATransactionToASubscriptionOnlyWhenItIsCommitted() {
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(NEWS, "s", 10, "");
        TransactionId transaction = producer.begin(1);
        producer.send(producer.message(NEWS, true, 0), transaction);
        assertThat(reader.received(consumer)).isEmpty();
        producer.commit(transaction);
        assertThat(reader.received(consumer)).hasSize(1);
        reader.close();
        crash();
        TestClient back = reader();
        assertThat(back.received(back.durable(NEWS, "s", 10, ""))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldMoveToAnyOtherTopicAfterARestart(int shards) {
        bench = Bench.bench(shards);
        TestClient reader = reader();
        reader.unsubscribe(reader.durable(DestinationName.topic("T.0"), "s", 10, ""), -1);
        crash();

        TestClient back = reader();
        for (int i = 1; i < 8; i++) {
            DestinationName topic = DestinationName.topic("T." + i);
            ConsumerId consumer = back.durable(topic, "s", 10, "");
            producer.send(topic, 1);
            assertThat(back.received(consumer)).as("of %s", topic).containsExactly((long) i);
            back.unsubscribe(consumer, -1);
        }
    }

    @Test
    void shouldKeepMessagesOfATopicThatCameWhileAnotherSubscriptionWent() {
        TestClient reader = reader();
        reader.unsubscribe(reader.durable(ANY, "any", 10, ""), -1);
        reader.port().removeSubscription("any", Receipt.NONE);
        producer.send(NEWS, 1);
        reader.durable(NEWS, "s", 10, "");
        reader.close();
        producer.send(NEWS, 1);
        crash();

        TestClient back = reader();
        assertThat(back.received(back.durable(NEWS, "s", 10, ""))).containsExactly(2L);
    }

    @Test
    void shouldGoToTheSameConsumerThatComesBackBeforeItsLossIsNoticed() {
        TestClient reader = reader();
        ConsumerId lost = reader.durable(NEWS, "s", 10, "");
        producer.send(NEWS, 2);

        TestClient back = bench.connect("ID:reader", true);
        ConsumerId consumer = back.durable(NEWS, "s", 10, "");
        assertThat(consumer).isEqualTo(lost);
        assertThat(back.received(consumer)).containsExactly(1L, 2L);
        assertThat(back.deliveries).allMatch(delivery -> delivery.redeliveries() == 1);
        reader.close();
        producer.send(NEWS, 1);
        assertThat(back.received(consumer)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldKnowASubscriptionThatCameBeforeItsPredecessorWasGone() {
        TestClient reader = reader();
        reader.unsubscribe(reader.durable(NEWS, "s", 10, ""), -1);
        reader.port().removeSubscription("s", Receipt.NONE);
        ConsumerId again = reader.durable(NEWS, "s", 10, "");
        reader.unsubscribe(again, -1);
        ConsumerId elsewhere = reader.durable(OTHER, "s", 10, "");
        producer.send(OTHER, 1);
        assertThat(reader.received(elsewhere)).containsExactly(1L);
    }

    @Test
    void shouldStillKnowASubscriptionThatCouldNotGo() {
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(NEWS, "s", 10, "");
        assertThat(reader.removeSubscription("s").refusal().code()).isEqualTo(Refusal.Code.SUBSCRIPTION_IN_USE);
        reader.unsubscribe(consumer, -1);
        assertThat(reader.removeSubscription("s").isDone()).isTrue();
    }

    @Test
    void shouldAnswerAnyNumberOfRemovalsThatHaveWaitedForOneAnother() {
        TestClient reader = reader();
        reader.unsubscribe(reader.durable(NEWS, "s", 10, ""), -1);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            answers.add(new Answer());
            reader.port().removeSubscription("s", answers.get(i));
        }
        bench.run();
        assertThat(answers.get(0).isDone()).isTrue();
        assertThat(answers).noneMatch(Answer::isOpen);
    }

    /** They may be about it: the next subscription of its name must come behind them. */
    @Test
    void shouldAnswerARemovalBehindWhatItsShardHasOnItsWay() {
        TestClient reader = reader();
        reader.unsubscribe(reader.durable(NEWS, "s", 10, ""), -1);
        bench.client("ID:other").durable(NEWS, "other", 10, "");
        bench.journal().stall(10);
        Answer removal = reader.removeSubscription("s");
        Answer sent = producer.send(producer.message(NEWS, true, 0), TransactionId.NONE);
        bench.journal().letThrough(1);
        bench.run();
        assertThat(subscriptions()).containsExactly("other");
        assertThat(removal.isOpen()).isTrue();

        bench.journal().letThrough();
        bench.run();
        assertThat(removal.isDone()).isTrue();
        assertThat(sent.isDone()).isTrue();
    }

    private List<String> subscriptions() {
        return bench.snapshot().stream()
                .filter(Record.SubscriptionAdded.class::isInstance)
                .map(record ->
                        ((Record.SubscriptionAdded) record).subscription().subscriptionName())
                .toList();
    }

    @Test
    void shouldKeepWhatASegmentBeginsWith() {
        bench = new Bench(1, Limits.defaults(), new MemoryLog(1_000));
        producer = bench.client();
        TestClient reader = reader();
        reader.unsubscribe(reader.durable(NEWS, "s", 10, ""), -1);
        int sent = 0;
        while (bench.journalStatus().segments() < 3) {
            producer.port().send(producer.message(NEWS, true, 0), TransactionId.NONE, Receipt.NONE);
            producer.send(NEWS, 1);
            sent += 2;
        }
        ConsumerId consumer = reader.durable(NEWS, "s", 1, "");
        for (int i = 0; i < sent - 1; i++) {
            int left = sent - i;
            crash();
            TestClient back = reader();
            consumer = back.durable(NEWS, "s", 100, "");
            assertThat(back.received(consumer)).hasSize(left);
            back.ack(AckType.STANDARD, consumer, back.deliveries.get(0));
        }
    }

    @Test
    void shouldNotKeepOldSegmentsForASubscription() {
        bench = new Bench(1, Limits.defaults(), new MemoryLog(1_000));
        producer = bench.client();
        TestClient reader = reader();
        ConsumerId consumer = reader.durable(NEWS, "s", 10, "");
        for (int i = 0; i < 200; i++) {
            producer.send(NEWS, 1);
            reader.ack(AckType.STANDARD, consumer, reader.last());
        }
        assertThat(bench.journalStatus().segments()).isLessThan(5);
    }
}
