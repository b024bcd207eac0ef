package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.Advisories;
import io.ferrymq.policy.DestinationPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consumers whose window is full while messages wait behind it, also where these were there before them. */
class SlowConsumerBehaviourTest {
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final DestinationName NEWS = DestinationName.topic("NEWS");

    private final Bench bench =
            new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE), policy(ORDERS), policy(NEWS));
    private final TestClient client = bench.client();
    private final TestClient producer = bench.client();
    private final List<ConsumerId> slow = new ArrayList<>();

    private static DestinationPolicy policy(DestinationName name) {
        return DestinationPolicy.of(name)
                .advisories(Advisories.ALL)
                .abortSlowConsumerMs(10_000)
                .build();
    }

    @BeforeEach
    void listen() {
        bench.events.listen(event -> {
            if (event instanceof BrokerEvent.SlowConsumer one) {
                slow.add(one.consumer());
            }
        });
    }

    private void pass(int seconds) {
        pass(bench, seconds);
    }

    private static void pass(Bench bench, int seconds) {
        for (int i = 0; i < seconds; i++) {
            bench.advance(1_000);
        }
    }

    @Test
    void shouldCallAConsumerSlowThatComesToMoreThanItsWindowHolds() {
        producer.send(ORDERS, 3);
        client.consume(ORDERS, 3);
        assertThat(slow).isEmpty();
        producer.send(ORDERS, 2);
        assertThat(slow).hasSize(1);
        client.consume(ORDERS, 0); // it pulls, so it has no window
        ConsumerId late = client.consume(ORDERS, 2);
        assertThat(slow).hasSize(1).doesNotContain(late);
    }

    /** One that empties a backlog has a full window behind each acknowledgement. */
    @Test
    void shouldCallItSlowAgainOnlyAfterItsWindowHadRoom() {
        producer.send(ORDERS, 100);
        ConsumerId consumer = client.consume(ORDERS, 2);
        for (int i = 0; i < 99; i++) {
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
        assertThat(slow).containsExactly(consumer);
        producer.send(ORDERS, 2);
        assertThat(slow).containsExactly(consumer, consumer);
    }

    @Test
    void shouldEndOneThatIsStuckBeforeABacklog() {
        producer.send(ORDERS, 4);
        ConsumerId consumer = client.consume(ORDERS, 2);
        pass(8);
        assertThat(client.aborted).isEmpty();
        pass(4);
        assertThat(client.aborted).containsOnly(consumer);
    }

    @Test
    void shouldNotEndOneThatGoesOn() {
        producer.send(ORDERS, 10);
        ConsumerId consumer = client.consume(ORDERS, 1);
        for (int i = 0; i < 8; i++) {
            pass(6);
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
        assertThat(client.aborted).isEmpty();
    }

    @Test
    void shouldEndADurableSubscriberThatIsStuckBeforeABacklog() {
        TestClient reader = bench.client("reader");
        ConsumerId before = reader.durable(NEWS, "s", 1, "");
        reader.unsubscribe(before, -1);
        producer.send(NEWS, 3);
        ConsumerId consumer = reader.durable(NEWS, "s", 2, "");
        pass(12);
        assertThat(reader.aborted).containsOnly(consumer);
    }

    @Test
    void shouldEndOneThatIsStuckBeforeABacklogWhoseBodiesAreAway() {
        Bench away = Bench.away(1, Long.MAX_VALUE, policy(ORDERS));
        away.client().send(ORDERS, 10);
        TestClient reader = away.client();
        pass(away, 5);
        ConsumerId consumer = reader.consume(ORDERS, 2);
        pass(away, 12);
        assertThat(reader.aborted).containsOnly(consumer);
    }

    @Test
    void shouldEndOneWhoseMessagesHadToBeLookedFor() {
        for (int i = 0; i < 1_000; i++) {
            producer.send(ORDERS, i < 900 ? "colour=red" : "colour=blue");
        }
        ConsumerId consumer = client.select(ORDERS, 2, "colour = 'blue'");
        pass(12);
        assertThat(client.aborted).containsOnly(consumer);
    }

    @Test
    void shouldEndOneOfSeveralQueuesThatIsStuckAfterAnAcknowledgement() {
        DestinationName any = DestinationName.queue("A.>");
        Bench several = new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE), policy(any));
        several.client().send(DestinationName.queue("A.1"), 10);
        TestClient reader = several.client();
        ConsumerId consumer = reader.consume(any, 2);
        pass(several, 8);
        reader.ack(AckType.STANDARD, consumer, reader.deliveries.get(0));
        pass(several, 8);
        assertThat(reader.aborted).isEmpty();
        pass(several, 4);
        assertThat(reader.aborted).containsOnly(consumer);
    }

    @ParameterizedTest
    @CsvSource({"15, 10, 2", "2, 11, 20"})
    void shouldNotEndOneThatGetsOnInManyQueues(int queues, int messages, int prefetch) {
        DestinationName any = DestinationName.queue("A.>");
        Bench several = new Bench(1, Limits.defaults(), new MemoryLog(Long.MAX_VALUE), policy(any));
        for (int queue = 0; queue < queues; queue++) {
            several.client().send(DestinationName.queue("A." + queue), messages);
        }
        TestClient reader = several.client();
        ConsumerId consumer = reader.consume(any, prefetch);
        for (int i = 0; i < queues * messages; i++) {
            pass(several, 1);
            reader.ack(AckType.STANDARD, consumer, reader.deliveries.get(i));
        }
        assertThat(reader.aborted).isEmpty();
    }
}
