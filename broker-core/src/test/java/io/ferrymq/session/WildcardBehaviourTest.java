package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that stand for several destinations: wildcards, composites, virtual topics. Each on one shard and on several. */
class WildcardBehaviourTest {
    private static final DestinationName ANY = DestinationName.queue("A.>");

    private Bench bench = Bench.bench();
    private TestClient producer = bench.client();
    private TestClient client = bench.client();

    private void on(int shards) {
        bench = Bench.bench(shards);
        producer = bench.client();
        client = bench.client();
    }

    private static DestinationName queue(int number) {
        return DestinationName.queue("A." + number);
    }

    private void sendToEach(int queues) {
        for (int i = 0; i < queues; i++) {
            producer.send(queue(i), 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldConsumeFromQueuesThatExistAndThatCome(int shards) {
        on(shards);
        sendToEach(4);
        ConsumerId consumer = client.consume(ANY, 100);
        producer.send(DestinationName.queue("A.new"), 1);
        producer.send(DestinationName.queue("B"), 1);
        assertThat(client.received(consumer)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldHaveOneWindowForAllQueues(int shards) {
        on(shards);
        sendToEach(8);
        ConsumerId consumer = client.consume(ANY, 3);
        assertThat(client.received(consumer)).hasSize(3);
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(0));
        assertThat(client.received(consumer)).hasSize(4);
        for (int i = 1; i < 8; i++) {
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
        assertThat(client.received(consumer)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldGiveEachQueueItsTurn(int shards) {
        on(shards);
        for (int i = 0; i < 40; i++) {
            producer.send(queue(0), 1);
        }
        ConsumerId consumer = client.consume(ANY, 2);
        sendToEach(4);
        for (int i = 0; i < 14; i++) {
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
        assertThat(client.deliveries.stream().map(delivery -> delivery.message().destination()))
                .contains(queue(0), queue(1), queue(2), queue(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldAcknowledgeARangeOverSeveralQueues(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 100);
        sendToEach(4);
        sendToEach(4);
        List<Delivery> all = List.copyOf(client.deliveries);
        Answer ack = client.ack(AckType.STANDARD, consumer, all.get(0), all.get(5), 6, TransactionId.NONE);
        assertThat(ack.isDone()).isTrue();
        client.unsubscribe(consumer, -1);
        assertThat(client.received(client.consume(ANY, 100))).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldCommitAndRollBackARangeOverSeveralQueues(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 100);
        sendToEach(4);
        List<Delivery> all = List.copyOf(client.deliveries);
        TransactionId undone = client.begin(1);
        client.ack(AckType.STANDARD, consumer, all.get(0), all.get(3), 4, undone);
        assertThat(client.rollback(undone).isDone()).isTrue();
        TransactionId done = client.begin(2);
        client.ack(AckType.STANDARD, consumer, all.get(0), all.get(2), 3, done);
        assertThat(client.commit(done).isDone()).isTrue();
        client.unsubscribe(consumer, -1);
        assertThat(client.received(client.consume(ANY, 100))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldPullOneMessageFromSeveralQueues(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 0);
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.nothings).hasSize(1);
        sendToEach(4);
        assertThat(client.received(consumer)).isEmpty();
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.received(consumer)).hasSize(1);
        client.port().pull(consumer, 0);
        bench.run();
        assertThat(client.received(consumer)).hasSize(2);
        assertThat(client.nothings).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldPullAtOnceBehindAChangeOfThePrefetch(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 5);
        client.port().changePrefetch(consumer, 0);
        client.port().pull(consumer, 0);
        bench.run();
        sendToEach(4);
        assertThat(client.received(consumer)).hasSize(1);
        client.port().changePrefetch(consumer, 3);
        bench.run();
        assertThat(client.received(consumer)).hasSize(3);
    }

    /** Each queue would end with a "nothing more" of its own, and the client stops at the first. */
    @ParameterizedTest
    @ValueSource(strings = {"A.>", "A.0,A.1"})
    void shouldRefuseABrowserOfSeveralQueues(String name) {
        sendToEach(2);
        DestinationName several = DestinationName.queue(name);
        for (int prefetch : new int[] {500, 0}) {
            ConsumerSpec browser =
                    new ConsumerSpec(client.nextConsumer(), several, prefetch, 0, true, false, false, "");
            assertThat(client.subscribe(browser).refusal().code()).isEqualTo(Refusal.Code.NOT_SUPPORTED);
        }
        assertThat(client.nothings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"A.0", "A.0,A.0"})
    void shouldBrowseOneQueueHoweverOftenItIsNamed(String name) {
        sendToEach(2);
        ConsumerId browser = client.consume(DestinationName.queue(name), 500, 0, true);
        assertThat(client.received(browser)).containsExactly(1L);
        assertThat(client.nothings).containsExactly(browser);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldAnswerAPullOfSeveralQueuesThatTakesTooLong(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 0);
        sendToEach(1);
        client.port().pull(consumer, 100);
        bench.run();
        client.port().pull(consumer, 1000);
        bench.run();
        bench.advance(500);
        assertThat(client.nothings).isEmpty();
        bench.advance(600);
        assertThat(client.nothings).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldSendToAllThatExistAndMatch(int shards) {
        on(shards);
        sendToEach(2);
        producer.send(ANY, 1);
        assertThat(client.received(client.consume(queue(0), 10))).containsExactly(1L, 3L);
        assertThat(client.received(client.consume(queue(1), 10))).containsExactly(2L, 3L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldGiveEachConsumerQueueOfAVirtualTopicItsCopy(int shards) {
        on(shards);
        DestinationName topic = DestinationName.topic("VirtualTopic.orders");
        DestinationName a = DestinationName.queue("Consumer.A.VirtualTopic.orders");
        DestinationName b = DestinationName.queue("Consumer.B.VirtualTopic.orders");
        producer.send(topic, 1);
        ConsumerId first = client.consume(a, 10);
        ConsumerId second = client.consume(a, 10);
        ConsumerId other = client.consume(b, 10);
        ConsumerId plain = client.consume(topic, 10);
        producer.send(topic, 2);
        assertThat(client.received(first)).containsExactly(2L);
        assertThat(client.received(second)).containsExactly(3L);
        assertThat(client.received(other)).containsExactly(2L, 3L);
        assertThat(client.received(plain)).containsExactly(2L, 3L);
        assertThat(client.deliveries)
                .filteredOn(delivery -> delivery.consumer().equals(other))
                .allSatisfy(delivery -> {
                    assertThat(delivery.message().destination()).isEqualTo(b);
                    assertThat(delivery.message().originalDestination()).contains(topic);
                });
        bench = bench.crashAndRestart();
        assertThat(bench.client().consume(b, 10)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldListenToAllTopicsThatMatch(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(DestinationName.topic("T.*"), 10);
        producer.send(DestinationName.topic("T.1"), 1);
        producer.send(DestinationName.topic("T.2"), 1);
        producer.send(DestinationName.topic("T.2.x"), 1);
        assertThat(client.received(consumer)).containsExactlyInAnyOrder(1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"T.>", "T.>.>", "T.*.>.>", "T.1.>"})
    void shouldTakeWildcardsAtTheEndForAnyNumberOfElements(String pattern) {
        ConsumerId consumer = client.consume(DestinationName.topic(pattern), 10);
        producer.send(DestinationName.topic("T.1"), 1);
        producer.send(DestinationName.topic("T.1.x"), 1);
        producer.send(DestinationName.topic("S.1"), 1);
        assertThat(client.received(consumer)).containsExactlyInAnyOrder(1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldAcknowledgeAfterACommitThatWasRefused(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 100);
        sendToEach(4);
        List<Delivery> all = List.copyOf(client.deliveries);
        TransactionId refused = client.begin(1);
        client.ack(AckType.STANDARD, consumer, all.get(0), all.get(3), 4, refused);
        DestinationName gone = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:gone:1");
        client.send(client.message(gone, false, 0), refused);
        assertThat(client.commit(refused).refusal().message()).contains("rollback only");
        TransactionId done = client.begin(2);
        assertThat(client.ack(AckType.STANDARD, consumer, all.get(0), all.get(3), 4, done)
                        .isDone())
                .isTrue();
        assertThat(client.commit(done).isDone()).isTrue();
        client.unsubscribe(consumer, -1);
        assertThat(client.received(client.consume(ANY, 100))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldTakeWhatIsDeliveredInATransactionForUnacknowledged(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 100);
        sendToEach(4);
        List<Delivery> all = List.copyOf(client.deliveries);
        TransactionId transaction = client.begin(1);
        client.ack(AckType.DELIVERED, consumer, all.get(0), all.get(3), 4, transaction);
        client.ack(AckType.STANDARD, consumer, all.get(0), all.get(1), 2, transaction);
        assertThat(client.commit(transaction).isDone()).isTrue();
        Answer rest = client.ack(AckType.STANDARD, consumer, all.get(2), all.get(3), 2, TransactionId.NONE);
        assertThat(rest.isDone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldAcknowledgeCopiesOfOneMessage(int shards) {
        on(shards);
        ConsumerId consumer = client.consume(ANY, 100);
        producer.send(DestinationName.queue("A.1,A.2,A.3,A.4"), 1);
        List<Delivery> all = List.copyOf(client.deliveries);
        assertThat(all).hasSize(4);
        Answer last = client.ack(AckType.STANDARD, consumer, all.get(3));
        assertThat(last.isDone()).isTrue();
        TransactionId transaction = client.begin(1);
        client.ack(AckType.STANDARD, consumer, all.get(0), all.get(2), 3, transaction);
        assertThat(client.commit(transaction).isDone()).isTrue();
        client.unsubscribe(consumer, -1);
        assertThat(client.received(client.consume(ANY, 100))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldGetTheCreditBackThatARemovedQueueHad(int shards) {
        on(shards);
        DestinationName leaving = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:client-2:1");
        DestinationName staying = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:client-2:2");
        client.port().addDestination(leaving, Receipt.NONE);
        client.port().addDestination(staying, Receipt.NONE);
        bench.run();
        ConsumerId consumer =
                client.consume(new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:client-2:1,ID:client-2:2"), 2);
        producer.send(leaving, 2);
        producer.send(staying, 2);
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
        client.port().removeDestination(leaving, Receipt.NONE);
        bench.run();
        assertThat(client.received(consumer)).containsExactly(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @CsvSource({"1,A.>", "4,A.>", "1,'A.0,A.1'", "4,'A.0,A.1'"})
    void shouldCountDeliveriesOfAllQueuesUpToTheLastThatWasSeen(int shards, String names) {
        on(shards);
        DestinationName both = DestinationName.queue(names);
        ConsumerId first = client.consume(both, 10);
        for (int i = 0; i < 4; i++) {
            producer.send(queue(i % 2), 1);
        }
        assertThat(client.received(first)).containsExactly(1L, 2L, 3L, 4L);
        client.unsubscribe(first, client.deliveries.get(2).sequence());
        client.deliveries.clear();
        client.consume(both, 10);
        assertThat(client.deliveries.stream()
                        .collect(Collectors.toMap(
                                delivery -> delivery.message().id().sequence(), Delivery::redeliveries)))
                .isEqualTo(Map.of(1L, 1, 2L, 1, 3L, 1, 4L, 0));
    }

    /** As deep as there are queues, the stack would not do. */
    @Test
    void shouldLookOnceAtVeryManyQueues() {
        for (int i = 0; i < 30_000; i++) {
            client.port().addDestination(queue(i), Receipt.NONE);
        }
        bench.run();
        ConsumerId consumer = client.consume(ANY, 0);
        client.port().pull(consumer, -1);
        bench.run();
        assertThat(client.nothings).containsExactly(consumer);
    }

    /** Its credit is there, for all of its queues, before each of them has been told. */
    @Test
    void shouldGiveAnExclusiveConsumerOfSeveralQueuesTheOlderMessageFirst() {
        ConsumerId consumer = client.nextConsumer();
        DestinationName both = DestinationName.queue("A.0,A.1");
        TestClient other = bench.client();
        other.select(queue(0), 1, "colour = 'red'");
        client.subscribe(new ConsumerSpec(consumer, both, 1, 0, false, false, true, ""));
        producer.send(queue(1), 1);
        producer.send(queue(0), 1);
        assertThat(client.received(consumer)).containsExactly(1L);
        client.port()
                .acknowledge(
                        new Acknowledgement(
                                AckType.STANDARD,
                                consumer,
                                queue(1),
                                Optional.empty(),
                                client.last().message().id(),
                                1,
                                TransactionId.NONE,
                                ""),
                        Receipt.NONE);
        producer.send(producer.message(queue(0), false, 0), TransactionId.NONE); // no sync in between
        assertThat(client.received(consumer)).containsExactly(1L, 2L);
    }
}
