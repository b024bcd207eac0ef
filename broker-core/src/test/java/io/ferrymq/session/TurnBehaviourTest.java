package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many messages a consumer of a queue gets before the next one does. */
class TurnBehaviourTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final int PREFETCH = 1000;
    /** Longer than any turn. */
    private static final long SLOW_MS = 3;

    private Bench bench = Bench.bench();
    private TestClient client = bench.client();
    private int acknowledged;

    @Test
    void shouldGiveQuickConsumersMoreAndMoreInARow() {
        List<ConsumerId> consumers = consumers(4);
        assertThat(rowsOf(4)).containsExactly(1, 1, 1, 1);
        acknowledge(consumers, 0);
        assertThat(rowsOf(8)).containsExactly(2, 2, 2, 2);
        acknowledge(consumers, 0);
        assertThat(rowsOf(12)).containsExactly(3, 3, 3, 3);
    }

    @Test
    void shouldGiveNobodyMoreThanThePolicySays() {
        List<ConsumerId> consumers = consumers(4);
        prove(consumers);
        assertThat(rowsOf(64)).containsExactly(16, 16, 16, 16);
    }

    @Test
    void shouldGiveOneByOneWhereThePolicySaysSo() {
        bench = new Bench(
                1,
                Limits.defaults(),
                new MemoryLog(Long.MAX_VALUE),
                DestinationPolicy.of(ORDERS).messagesPerTurn(1).build());
        client = bench.client();
        List<ConsumerId> consumers = consumers(4);
        prove(consumers);
        assertThat(rowsOf(8)).containsExactly(1, 1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void shouldGiveOneByOneToFewConsumers() {
        List<ConsumerId> consumers = consumers(3);
        prove(consumers);
        assertThat(rowsOf(6)).containsExactly(1, 1, 1, 1, 1, 1);
    }

    @Test
    void shouldGiveOneByOneToConsumersThatTakeTheirTime() {
        List<ConsumerId> consumers = consumers(4);
        for (int i = 0; i < 3; i++) {
            assertThat(rowsOf(4)).containsExactly(1, 1, 1, 1);
            acknowledge(consumers, SLOW_MS);
        }
    }

    @Test
    void shouldGiveOneByOneToAConsumerThatHasBecomeSlow() {
        List<ConsumerId> consumers = consumers(4);
        prove(consumers);
        assertThat(rowsOf(16)).containsExactly(16);
        bench.advance(SLOW_MS);
        acknowledge(consumers.subList(1, 4), 0);
        assertThat(rowsOf(49)).containsExactly(16, 16, 16, 1);
    }

    @Test
    void shouldEndATurnThatLasts() {
        List<ConsumerId> consumers = consumers(4);
        prove(consumers);
        assertThat(rowsOf(1)).containsExactly(1);
        bench.advance(SLOW_MS);
        int before = client.deliveries.size();
        client.send(ORDERS, 1);
        assertThat(consumersFrom(before - 1)).as("one that hangs, the next one").doesNotHaveDuplicates();
    }

    @Test
    void shouldNotTrustWhatConsumersShowedBeforeTheyWereFew() {
        List<ConsumerId> consumers = consumers(4);
        prove(consumers);
        client.unsubscribe(consumers.get(0), 0);
        client.send(ORDERS, 30);
        bench.advance(SLOW_MS);
        client.consume(ORDERS, PREFETCH);
        assertThat(rowsOf(8)).containsExactly(1, 1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void shouldGiveOneByOneToConsumersOfSeveralQueues() {
        List<ConsumerId> consumers = consumers(4, DestinationName.queue("ORDERS,OTHERS"), PREFETCH);
        prove(consumers);
        assertThat(rowsOf(8)).containsExactly(1, 1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void shouldCountConsumersWithOtherSelectors() {
        List<ConsumerId> consumers = consumers(3);
        consumers.add(client.select(ORDERS, PREFETCH, "JMSPriority >= 0"));
        assertThat(rowsOf(4)).containsExactly(1, 1, 1, 1);
        acknowledge(consumers, 0);
        assertThat(rowsOf(8)).containsExactly(2, 2, 2, 2);
    }

    @Test
    void shouldNotGiveMoreThanThePrefetch() {
        List<ConsumerId> consumers = consumers(4, ORDERS, 5);
        prove(consumers, 5);
        assertThat(rowsOf(30)).containsExactly(5, 5, 5, 5);
    }

    @Test
    void shouldKeepTheOrderOfPriorities() {
        List<ConsumerId> consumers = consumers(4);
        prove(consumers);
        ConsumerId preferred = client.consume(ORDERS, PREFETCH, 1, false);
        int before = client.deliveries.size();
        client.send(ORDERS, 8);
        assertThat(consumersFrom(before)).containsOnly(preferred);
    }

    private List<ConsumerId> consumers(int count) {
        return consumers(count, ORDERS, PREFETCH);
    }

    private List<ConsumerId> consumers(int count, DestinationName from, int prefetch) {
        List<ConsumerId> consumers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            consumers.add(client.consume(from, prefetch));
        }
        return consumers;
    }

    /** All get messages until they have shown that they are quick. */
    private void prove(List<ConsumerId> consumers) {
        prove(consumers, 16);
    }

    private void prove(List<ConsumerId> consumers, int most) {
        for (int each = 1; each <= 20; each++) {
            client.send(ORDERS, consumers.size() * Math.min(each, most));
            acknowledge(consumers, 0);
        }
    }

    /** Sends so many messages; how many go to one consumer, to the next, and so on. */
    private List<Integer> rowsOf(int messages) {
        int before = client.deliveries.size();
        client.send(ORDERS, messages);
        List<Integer> rows = new ArrayList<>();
        ConsumerId last = null;
        for (ConsumerId consumer : consumersFrom(before)) {
            if (consumer.equals(last)) {
                rows.set(rows.size() - 1, rows.get(rows.size() - 1) + 1);
            } else {
                rows.add(1);
            }
            last = consumer;
        }
        return rows;
    }

    private List<ConsumerId> consumersFrom(int delivery) {
        return client.deliveries.subList(delivery, client.deliveries.size()).stream()
                .map(Delivery::consumer)
                .toList();
    }

    /** They acknowledge what they have got. */
    private void acknowledge(List<ConsumerId> consumers, long afterMs) {
        bench.advance(afterMs);
        List<Delivery> all = List.copyOf(client.deliveries.subList(acknowledged, client.deliveries.size()));
        for (Delivery delivery : all) {
            if (consumers.contains(delivery.consumer())) {
                client.ack(AckType.INDIVIDUAL, delivery.consumer(), delivery);
            }
        }
        acknowledged = client.deliveries.size();
    }
}
