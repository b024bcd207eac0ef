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
import io.ferrymq.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Messages that consumers have, or could have, where there is little memory for their bodies. */
class DispatchedBodiesTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final DestinationName DEAD = DestinationName.queue("ActiveMQ.DLQ");
    private static final DestinationName NEWS = DestinationName.topic("NEWS");
    private static final int BODY_BYTES = 10_000;
    private static final byte FORMAT = 24;

    private Bench bench = Bench.away(1, Long.MAX_VALUE);
    private TestClient producer = bench.client();

    private void send(DestinationName to, int count) {
        for (int i = 0; i < count; i++) {
            send(to, 4, "");
        }
    }

    private void send(DestinationName to, int priority, String properties) {
        Message message = producer.message(to, true, 0).toBuilder()
                .priority((byte) priority)
                .properties(properties.getBytes(StandardCharsets.UTF_8))
                .body(FORMAT, false, new byte[BODY_BYTES])
                .build();
        producer.send(message, TransactionId.NONE);
    }

    private static void assertWhole(TestClient client) {
        assertThat(client.deliveries).allMatch(delivery -> delivery.message().body().length == BODY_BYTES);
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void shouldKeepNoBodyOfWhatAConsumerHas() {
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 1_000);
        send(ORDERS, 100);
        assertThat(client.received(consumer)).hasSize(100);
        assertThat(bench.usedBytes()).isEqualTo(100L * Message.OVERHEAD_BYTES);
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(0), client.last(), 100, TransactionId.NONE);
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldReadThemAgainInOrderForTheNextConsumer() {
        TestClient first = bench.client();
        first.consume(ORDERS, 50);
        send(ORDERS, 50);
        TestClient second = bench.client();
        ConsumerId consumer = second.consume(ORDERS, 100);
        send(ORDERS, 10);
        first.port().close(-2, () -> {});
        send(ORDERS, 10);
        assertThat(second.received(consumer).subList(10, 70)).isEqualTo(concat(upTo(50), 61, 70));
        assertWhole(second);
        assertThat(second.deliveries.get(10).redeliveries()).isEqualTo(1);
    }

    private static List<Long> concat(List<Long> before, long first, long last) {
        List<Long> all = new ArrayList<>(before);
        LongStream.rangeClosed(first, last).forEach(all::add);
        return all;
    }

    @Test
    void shouldGiveThemBackToWhoeverSelectsThem() {
        TestClient first = bench.client();
        first.consume(ORDERS, 10);
        send(ORDERS, 4, "kind=rare");
        send(ORDERS, 4, "kind=other");
        send(ORDERS, 4, "kind=rare");
        TestClient second = bench.client();
        ConsumerId selecting = second.select(ORDERS, 10, "kind='rare'");
        first.close();
        assertThat(second.received(selecting)).containsExactly(1L, 3L);
        assertWhole(second);
    }

    @Test
    void shouldMoveWholeMessagesToTheDeadLetterQueue() {
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 10);
        send(ORDERS, 3);
        client.ack(AckType.POISON, consumer, client.deliveries.get(0), client.last(), 3, TransactionId.NONE);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DEAD, 10))).containsExactly(1L, 2L, 3L);
        assertWhole(reader);
        assertThat(bench.crashAndRestart().liveRecords()).isEqualTo(5); // three messages, two queues
    }

    /** Else a crash would leave a message of nobody: what says that it has become a dead letter is not written yet. */
    @Test
    void shouldKeepTheRecordOfASubscriptionWhileADeadLetterOfItIsRead() {
        TestClient client = bench.client("ID:reader");
        ConsumerId consumer = client.durable(NEWS, "news", 10, "");
        send(NEWS, 1);
        bench.readerIsStuck(true);
        client.ack(AckType.POISON, consumer, client.last());
        beginSegments(3);
        assertThat(bench.liveRecords()).isEqualTo(5); // the message, and the subscription in each segment
        bench.readerIsStuck(false);
        beginSegments(3);
        TestClient reader = bench.client();
        assertThat(reader.received(reader.consume(DEAD, 10))).containsExactly(1L);
        assertThat(bench.liveRecords()).isLessThan(5);
    }

    private void beginSegments(int count) {
        for (int i = 0; i < count; i++) {
            bench.journal().beginSegment();
            bench.run();
        }
    }

    @Test
    void shouldShowThemToABrowser() {
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(ORDERS, 10);
        send(ORDERS, 10);
        TestClient looking = bench.client();
        ConsumerId browser = looking.consume(ORDERS, 100, 0, true);
        assertThat(looking.received(browser)).isEqualTo(upTo(10));
        assertWhole(looking);
        assertThat(bench.usedBytes()).isEqualTo(10L * Message.OVERHEAD_BYTES);
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(0), client.last(), 10, TransactionId.NONE);
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldRememberOnlyWhereMatchingMessagesAre() {
        TestClient client = bench.client();
        ConsumerId consumer = client.select(ORDERS, 1, "kind='rare'");
        for (int i = 0; i < 50; i++) {
            send(ORDERS, 4, "kind=rare");
        }
        int sizeOfLight = Message.OVERHEAD_BYTES + "kind=rare".length();
        bench.advance(2_000);
        assertThat(bench.usedBytes()).isLessThan(2L * 50 * sizeOfLight);
        acknowledgeAll(client, consumer);
        assertThat(client.received(consumer)).isEqualTo(upTo(50));
        assertWhole(client);
        assertThat(bench.usedBytes()).isZero();
    }

    private static void acknowledgeAll(TestClient client, ConsumerId consumer) {
        for (int i = 0; i < client.deliveries.size(); i++) {
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
    }

    @Test
    void shouldLoseOnlyOneWhoseRecordIsDamagedMeanwhile() {
        TestClient client = bench.client();
        client.consume(ORDERS, 10);
        send(ORDERS, 5);
        bench.journal().damage(3);
        client.close();
        TestClient next = bench.client();
        ConsumerId consumer = next.consume(ORDERS, 10);
        assertThat(next.received(consumer)).hasSize(4);
        acknowledgeAll(next, consumer);
        assertThat(bench.usedBytes()).isZero();
        assertThat(bench.stopAndRestart().liveRecords()).isEqualTo(1); // that of the queue
    }

    @Test
    void shouldGiveUpADeadLetterWhoseRecordWasFoundDamagedWhileAConsumerHadIt() {
        TestClient first = bench.client();
        first.consume(ORDERS, 1);
        TestClient second = bench.client();
        ConsumerId consumer = second.consume(ORDERS, 1);
        send(ORDERS, 2);
        Delivery held = second.last();
        bench.journal().damage(3);
        first.close();
        bench.client().consume(ORDERS, 1); // the body of the first comes back, and of those behind it
        assertThat(second.ack(AckType.POISON, consumer, held).isDone()).isTrue();
        assertThat(bench.client().received(bench.client().consume(DEAD, 1))).isEmpty();
        assertThat(bench.usedBytes()).isEqualTo(Message.OVERHEAD_BYTES);
    }

    @Test
    void shouldCountTheBodyOnceForSeveralDurableSubscriptions() {
        TestClient first = bench.client("first");
        TestClient second = bench.client("second");
        ConsumerId one = first.durable(NEWS, "news", 10, "");
        ConsumerId two = second.durable(NEWS, "news", 10, "");
        send(NEWS, 3);
        assertThat(bench.usedBytes()).isEqualTo(6L * Message.OVERHEAD_BYTES);
        first.port().close(-1, () -> {});
        bench.run();
        first = bench.client("first");
        one = first.durable(NEWS, "news", 10, "");
        acknowledgeAll(first, one);
        acknowledgeAll(second, two);
        assertWhole(first);
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldBoundTheHeapForManyQueuesAndStillServeEach() {
        int queues = 200;
        int depth = 30;
        long limitBytes = 1 << 20;
        bench = new Bench(
                1,
                Limits.defaults().withMemoryBytes(limitBytes),
                MemoryBudget.Waiting.of(limitBytes),
                new MemoryLog(Long.MAX_VALUE));
        producer = bench.client();
        for (int i = 0; i < queues; i++) {
            send(DestinationName.queue("Q" + i), depth);
        }
        bench.advance(2_000);
        TestClient client = bench.client();
        Map<DestinationName, ConsumerId> consumers = new HashMap<>();
        for (int i = 0; i < queues; i++) {
            DestinationName queue = DestinationName.queue("Q" + i);
            ConsumerId id = client.nextConsumer();
            consumers.put(queue, id);
            client.port().subscribe(new ConsumerSpec(id, queue, 1_000, 0, false, false, false, ""), new Bench.Answer());
        }
        long most = 0;
        while (bench.turn() > 0) {
            most = Math.max(most, bench.usedBytes());
        }
        assertThat(most).isLessThan(limitBytes + limitBytes / 4 + queues * 2L * Message.OVERHEAD_BYTES);
        assertThat(consumers.values()).allMatch(id -> !client.received(id).isEmpty());
        for (int i = 0; i < client.deliveries.size(); i++) {
            Delivery next = client.deliveries.get(i);
            client.ack(AckType.STANDARD, next.consumer(), next);
        }
        assertThat(client.deliveries).hasSize(queues * depth);
        assertWhole(client);
        assertThat(bench.usedBytes()).isZero();
    }
}
