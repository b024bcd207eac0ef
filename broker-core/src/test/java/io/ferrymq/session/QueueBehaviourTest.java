package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueueBehaviourTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final DestinationName DLQ = DestinationName.queue("ActiveMQ.DLQ");

    private final Bench bench = Bench.bench();
    private final TestClient producer = bench.client();
    private final TestClient client = bench.client();

    @Test
    void shouldGiveConsumersTheirTurnOneByOne() {
        ConsumerId first = client.consume(ORDERS, 10);
        ConsumerId second = client.consume(ORDERS, 10);
        producer.send(ORDERS, 4);
        assertThat(client.received(first)).containsExactly(1L, 3L);
        assertThat(client.received(second)).containsExactly(2L, 4L);
    }

    @Test
    void shouldGiveNobodyWhatComesBackWhileTheBrokerStops() {
        TestClient other = bench.client();
        ConsumerId holding = client.consume(ORDERS, 1);
        producer.send(ORDERS, 3);
        ConsumerId waiting = other.consume(ORDERS, 1);
        ConsumerId exclusive = other.select(ORDERS, 10, "JMSPriority >= 0");
        int given = other.deliveries.size();
        bench.deliverNoMore();
        client.close();
        producer.send(ORDERS, 1);
        other.ack(AckType.STANDARD, waiting, other.deliveries.get(0));
        assertThat(client.received(holding)).containsExactly(1L);
        assertThat(other.deliveries).hasSize(given);
        assertThat(other.received(exclusive)).doesNotContain(1L);
    }

    @Test
    void shouldExpireMoreThanOneTurnMayTakeOut() {
        long before = bench.usedBytes();
        for (int i = 0; i < 5_000; i++) {
            producer.send(producer.message(ORDERS, i % 2 == 0, bench.epochMs() + 100), TransactionId.NONE);
        }
        bench.advance(1_000);
        ConsumerId dead = client.consume(DLQ, 5_000);
        assertThat(client.received(dead)).hasSize(2_500);
        client.ack(AckType.STANDARD, dead, client.deliveries.get(0), client.last(), 2_500, TransactionId.NONE);
        assertThat(bench.usedBytes()).isEqualTo(before);
    }

    @Test
    void shouldNeverDispatchMoreThanThePrefetch() {
        ConsumerId consumer = client.consume(ORDERS, 2);
        producer.send(ORDERS, 5);
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(0));
        assertThat(client.received(consumer)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldWidenTheWindowByWhatIsDeliveredAndNarrowItByWhatIsConsumed() {
        ConsumerId consumer = client.consume(ORDERS, 2);
        producer.send(ORDERS, 9);
        client.ack(AckType.DELIVERED, consumer, client.deliveries.get(0));
        client.ack(AckType.DELIVERED, consumer, client.deliveries.get(1));
        client.ack(AckType.DELIVERED, consumer, client.deliveries.get(2));
        assertThat(client.received(consumer)).containsExactly(1L, 2L, 3L, 4L, 5L);
        client.ack(
                AckType.STANDARD, consumer, client.deliveries.get(0), client.deliveries.get(2), 3, TransactionId.NONE);
        assertThat(client.received(consumer)).containsExactly(1L, 2L, 3L, 4L, 5L);
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(3));
        assertThat(client.received(consumer)).hasSize(6);
    }

    @Test
    void shouldWidenTheWindowThoughTheFirstOfTheDeliveredIsAcknowledgedAlready() {
        ConsumerId consumer = client.consume(ORDERS, 2);
        producer.send(ORDERS, 5);
        client.ack(AckType.INDIVIDUAL, consumer, client.deliveries.get(0));
        assertThat(client.received(consumer)).containsExactly(1L, 2L, 3L);
        client.ack(
                AckType.DELIVERED, consumer, client.deliveries.get(0), client.deliveries.get(1), 2, TransactionId.NONE);
        assertThat(client.received(consumer)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    /** An application of a stock client may do so, and Classic says nothing. */
    @Test
    void shouldPassOverASingleMessageThatIsAcknowledgedAgain() {
        ConsumerId consumer = client.consume(ORDERS, 2);
        producer.send(ORDERS, 4);
        Delivery first = client.deliveries.get(0);
        assertThat(client.ack(AckType.INDIVIDUAL, consumer, first).isDone()).isTrue();
        assertThat(client.ack(AckType.INDIVIDUAL, consumer, first).isDone()).isTrue();
        assertThat(client.received(consumer)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldStoreAMessageOnceThatItsProducerRepeatsAtOnce() {
        Message message = producer.message(ORDERS, true, 0);
        assertThat(producer.send(message, TransactionId.NONE).isDone()).isTrue();
        assertThat(producer.send(message, TransactionId.NONE).isDone()).isTrue();
        producer.send(ORDERS, 1);
        assertThat(client.received(client.consume(ORDERS, 10))).containsExactly(1L, 2L);
    }

    /** A client with a connection id of its own choice, which sends one message per connection. */
    @Test
    void shouldStoreWhatANewConnectionSendsWithAnIdThatWasThereBefore() {
        ConsumerId consumer = client.consume(ORDERS, 10);
        for (int i = 0; i < 3; i++) {
            TestClient again = bench.client("ID:fixed");
            again.send(ORDERS, 1);
            again.close();
        }
        assertThat(client.received(consumer)).hasSize(3);
    }

    @Test
    void shouldPreferConsumersWithHigherPriority() {
        ConsumerId low = client.consume(ORDERS, 10, 0, false);
        ConsumerId high = client.consume(ORDERS, 2, 5, false);
        producer.send(ORDERS, 3);
        assertThat(client.received(high)).containsExactly(1L, 2L);
        assertThat(client.received(low)).containsExactly(3L);
    }

    @Test
    void shouldRedeliverInOrderWhenAConsumerIsLost() {
        ConsumerId lost = client.consume(ORDERS, 3);
        producer.send(ORDERS, 5);
        client.unsubscribe(lost, -2);
        ConsumerId next = client.consume(ORDERS, 10);
        assertThat(client.received(next)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(client.deliveries.stream()
                        .filter(delivery -> delivery.consumer().equals(next))
                        .map(Delivery::redeliveries))
                .containsExactly(1, 1, 1, 0, 0);
    }

    @Test
    void shouldCountOnlyWhatTheApplicationSaw() {
        ConsumerId closed = client.consume(ORDERS, 3);
        producer.send(ORDERS, 3);
        client.unsubscribe(closed, client.deliveries.get(1).sequence());
        client.deliveries.clear();
        client.consume(ORDERS, 10);
        assertThat(client.deliveries.stream().map(Delivery::redeliveries)).containsExactly(1, 1, 0);
    }

    @Test
    void shouldCountNothingWhenTheApplicationSawNothing() {
        ConsumerId closed = client.consume(ORDERS, 3);
        producer.send(ORDERS, 2);
        client.unsubscribe(closed, -1);
        client.deliveries.clear();
        client.consume(ORDERS, 10);
        assertThat(client.deliveries.stream().map(Delivery::redeliveries)).containsExactly(0, 0);
    }

    @Test
    void shouldRefuseARangeThatDoesNotMatchItsCount() {
        ConsumerId consumer = client.consume(ORDERS, 3);
        producer.send(ORDERS, 3);
        Answer answer = client.ack(
                AckType.STANDARD, consumer, client.deliveries.get(0), client.deliveries.get(2), 2, TransactionId.NONE);
        assertThat(answer.refusal().code()).isEqualTo(Refusal.Code.INVALID_ACKNOWLEDGE);
        assertThat(answer.refusal().message())
                .startsWith("Unmatched acknowledge: ")
                .contains("ORDERS", "matching=3")
                .endsWith("; Expected message count (2) differs from count in dispatched-list (3)");
    }

    @Test
    void shouldSayWhichEndOfARangeIsUnknown() {
        ConsumerId consumer = client.consume(ORDERS, 3);
        producer.send(ORDERS, 3);
        Delivery first = client.deliveries.get(0);
        Delivery last = client.deliveries.get(2);
        client.ack(AckType.STANDARD, consumer, first, first, 1, TransactionId.NONE);

        assertThat(client.ack(AckType.STANDARD, consumer, first, last, 3, TransactionId.NONE)
                        .refusal()
                        .message())
                .endsWith("; Could not find Message-ID " + first.message().id() + " in dispatched-list (start of ack)");
        assertThat(client.ack(AckType.STANDARD, consumer, last, first, 3, TransactionId.NONE)
                        .refusal()
                        .message())
                .endsWith("; Could not find Message-ID " + first.message().id() + " in dispatched-list (end of ack)");
        assertThat(client.ack(AckType.POISON, consumer, first, first, 1, TransactionId.NONE)
                        .refusal()
                        .message())
                .startsWith("Could not correlate acknowledgment with dispatched message: ");
        assertThat(client.ack(AckType.EXPIRED, consumer, first, first, 1, TransactionId.NONE)
                        .refusal()
                        .message())
                .startsWith("Could not correlate expiration acknowledgment with dispatched message: ");
    }

    @Test
    void shouldIgnoreAnAcknowledgementBeforeTheFirstDispatch() {
        ConsumerId consumer = client.consume(ORDERS, 3);
        ConsumerId other = client.consume(DestinationName.queue("OTHER"), 3);
        producer.send(DestinationName.queue("OTHER"), 1);
        assertThat(other).isNotEqualTo(consumer);
        assertThat(client.ack(AckType.STANDARD, consumer, client.last()).isDone())
                .isTrue();
    }

    @Test
    void shouldMovePoisonToTheDeadLetterQueueWithItsCause() {
        ConsumerId consumer = client.consume(ORDERS, 3);
        producer.send(ORDERS, 1);
        client.ack(AckType.POISON, consumer, client.last());
        client.consume(DLQ, 1);
        Delivery letter = client.last();
        assertThat(letter.message().destination()).isEqualTo(DLQ);
        assertThat(letter.message().originalDestination()).contains(ORDERS);
        assertThat(letter.message().annotations()).containsEntry("dlqDeliveryFailureCause", "a cause");
        assertThat(letter.redeliveries()).isZero();
    }

    @Test
    void shouldDropTransientPoison() {
        ConsumerId consumer = client.consume(ORDERS, 3);
        producer.send(producer.message(ORDERS, false, 0), TransactionId.NONE);
        client.ack(AckType.POISON, consumer, client.last());
        ConsumerId letters = client.consume(DLQ, 1);
        assertThat(client.received(letters)).isEmpty();
    }

    @Test
    void shouldMoveExpiredMessagesToTheDeadLetterQueueByItself() {
        producer.send(producer.message(ORDERS, true, bench.epochMs() + 10), TransactionId.NONE);
        bench.advance(2_000);
        client.consume(DLQ, 1);
        assertThat(client.last().message().annotations()).containsKey("originalExpiration");
        assertThat(client.last().message().expirationMs()).isZero();
    }

    @Test
    void shouldMoveABacklogThatExpiresAtOnceInSmallPieces() {
        for (int i = 0; i < 1_000; i++) {
            producer.send(producer.message(ORDERS, true, bench.epochMs() + 1), TransactionId.NONE);
        }
        bench.advance(2_000);
        ConsumerId consumer = client.consume(DestinationName.queue("ActiveMQ.DLQ"), 2_000);
        assertThat(client.received(consumer)).hasSize(1_000).isSorted();
        assertThat(bench.journal().largestEntry()).isLessThan(300);
    }

    @Test
    void shouldShortenTheCauseOfADeadLetterSoThatItFitsIntoAFrame() {
        ConsumerId consumer = client.consume(ORDERS, 1);
        producer.send(ORDERS, 1);
        MessageId poison = client.last().message().id();
        Acknowledgement acknowledgement = new Acknowledgement(
                AckType.POISON, consumer, ORDERS, Optional.empty(), poison, 1, TransactionId.NONE, "x".repeat(1 << 20));
        client.port().acknowledge(acknowledgement, new Answer());
        client.consume(DestinationName.queue("ActiveMQ.DLQ"), 1);
        Object cause = client.last().message().annotations().get("dlqDeliveryFailureCause");
        assertThat((String) cause).startsWith("xx").hasSizeLessThan(2_000);
    }

    @Test
    void shouldNotDispatchWhatHasExpired() {
        producer.send(producer.message(ORDERS, false, bench.epochMs() + 10), TransactionId.NONE);
        producer.send(producer.message(ORDERS, false, 0), TransactionId.NONE);
        bench.advance(10);
        ConsumerId consumer = client.consume(ORDERS, 10);
        assertThat(client.received(consumer)).containsExactly(2L);
    }

    @Test
    void shouldGivePullersOneMessagePerPull() {
        ConsumerId consumer = client.consume(ORDERS, 0);
        producer.send(ORDERS, 2);
        assertThat(client.received(consumer)).isEmpty();
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.received(consumer)).containsExactly(1L);
    }

    @Test
    void shouldAnswerAPullWithoutMessageAtOnceOrInTime() {
        ConsumerId consumer = client.consume(ORDERS, 0);
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.nothings).containsExactly(consumer);
        client.port().pull(consumer, 100);
        bench.run();
        bench.advance(99);
        assertThat(client.nothings).hasSize(1);
        bench.advance(2);
        assertThat(client.nothings).hasSize(2);
        producer.send(ORDERS, 1);
        assertThat(client.received(consumer)).isEmpty();
    }

    @Test
    void shouldNotEndAPullThatWasServed() {
        ConsumerId consumer = client.consume(ORDERS, 0);
        client.port().pull(consumer, 100);
        producer.send(ORDERS, 1);
        client.port().pull(consumer, 0);
        bench.advance(1_000);
        assertThat(client.nothings).isEmpty();
        producer.send(ORDERS, 1);
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
    }

    @Test
    void shouldShowBrowsersEverythingAndKeepIt() {
        ConsumerId holder = client.consume(ORDERS, 1);
        producer.send(ORDERS, 3);
        ConsumerId browser = client.consume(ORDERS, 10, 0, true);
        assertThat(client.received(browser)).containsExactly(1L, 2L, 3L);
        assertThat(client.nothings).containsExactly(browser);
        client.unsubscribe(browser, -2);
        client.ack(AckType.STANDARD, holder, client.deliveries.get(0));
        assertThat(client.received(holder)).containsExactly(1L, 2L);
        assertThat(client.last().redeliveries()).isZero();
    }

    @Test
    void shouldLeaveTheQueueToAnExclusiveConsumer() {
        ConsumerId exclusive = new ConsumerId("x", 1, 99);
        ConsumerId other = client.consume(ORDERS, 10);
        client.port().subscribe(new ConsumerSpec(exclusive, ORDERS, 10, 0, false, false, true, ""), new Answer());
        bench.run();
        producer.send(ORDERS, 2);
        assertThat(client.received(exclusive)).containsExactly(1L, 2L);
        client.unsubscribe(exclusive, -1);
        assertThat(client.received(other)).containsExactly(1L, 2L);
    }

    /** As ActiveMQ has it: also another one of that priority. */
    @Test
    void shouldGiveTheQueueToTheExclusiveConsumerThatCameLastWithTheHighestPriority() {
        ConsumerId first = new ConsumerId("x", 1, 98);
        ConsumerId second = new ConsumerId("x", 1, 99);
        client.port().subscribe(new ConsumerSpec(first, ORDERS, 10, 127, false, false, true, ""), new Answer());
        producer.send(ORDERS, 1);
        client.port().subscribe(new ConsumerSpec(second, ORDERS, 10, 127, false, false, true, ""), new Answer());
        producer.send(ORDERS, 1);
        assertThat(client.received(first)).containsExactly(1L);
        assertThat(client.received(second)).containsExactly(2L);
    }

    @Test
    void shouldHoldProducersWhileMemoryIsExhaustedAndLetThemGoOnByItself() {
        Bench small = new Bench(1, Limits.defaults().withMemoryBytes(2_000), new MemoryLog(Long.MAX_VALUE));
        TestClient sender = small.client();
        sender.send(ORDERS, 2);
        Answer held = sender.send(sender.message(ORDERS, true, 0), TransactionId.NONE);
        assertThat(held.isOpen()).isTrue();
        TestClient receiver = small.client();
        ConsumerId consumer = receiver.consume(ORDERS, 10);
        receiver.ack(AckType.STANDARD, consumer, receiver.last());
        assertThat(held.isDone()).isTrue();
    }

    @Test
    void shouldNotHoldProducersOfAQueueThatKeepsUpBecauseOfOneThatDoesNot() {
        Bench small = new Bench(1, Limits.defaults().withMemoryBytes(10_240), new MemoryLog(Long.MAX_VALUE));
        TestClient sender = small.client();
        sender.send(DestinationName.queue("NOBODY.READS"), 10);
        Answer held = sender.send(sender.message(DestinationName.queue("NOBODY.READS"), true, 0), TransactionId.NONE);
        TestClient receiver = small.client();
        ConsumerId consumer = receiver.consume(ORDERS, 10);
        for (int i = 0; i < 20; i++) {
            assertThat(sender.send(sender.message(ORDERS, true, 0), TransactionId.NONE)
                            .isDone())
                    .isTrue();
            receiver.ack(AckType.STANDARD, consumer, receiver.last());
        }
        assertThat(held.isOpen()).isTrue();
    }

    @Test
    void shouldKeepTransientMessagesBehindEarlierPersistentOnes() {
        ConsumerId consumer = client.consume(ORDERS, 10);
        producer.port().send(producer.message(ORDERS, true, 0), TransactionId.NONE, new Answer());
        producer.port().send(producer.message(ORDERS, false, 0), TransactionId.NONE, new Answer());
        bench.run();
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
    }

    @Test
    void shouldSendACompositeToAllItsMembers() {
        DestinationName both = DestinationName.queue("A, topic://B ,queue://C");
        ConsumerId a = client.consume(DestinationName.queue("A"), 10);
        ConsumerId b = client.consume(DestinationName.topic("B"), 10);
        ConsumerId c = client.consume(DestinationName.queue("C"), 10);
        assertThat(producer.send(producer.message(both, true, 0), TransactionId.NONE)
                        .isDone())
                .isTrue();
        for (ConsumerId consumer : List.of(a, b, c)) {
            assertThat(client.received(consumer)).containsExactly(1L);
        }
        assertThat(client.last().message().originalDestination()).contains(both);
    }

    @Test
    void shouldRefuseToRemoveAQueueInUse() {
        ConsumerId consumer = client.consume(ORDERS, 1);
        Answer refused = new Answer();
        client.port().removeDestination(ORDERS, refused);
        bench.run();
        assertThat(refused.refusal().message())
                .startsWith(
                        "Destination: queue://ORDERS still has an active subscription: QueueSubscription: consumer=");
        client.unsubscribe(consumer, -1);
        Answer done = new Answer();
        client.port().removeDestination(ORDERS, done);
        bench.run();
        assertThat(done.isDone()).isTrue();
    }
}
