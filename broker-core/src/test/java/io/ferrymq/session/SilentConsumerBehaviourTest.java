package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.transaction.TransactionId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumers that hold messages and acknowledge none, where a policy ends them. */
class SilentConsumerBehaviourTest {
    private static final int LONGEST_S = 30;
    /** It is looked once a second, and what it then sees for the first time may be new. */
    private static final int SOME_S = 3;

    private final Bench bench = new Bench(
            3,
            Limits.defaults(),
            new MemoryLog(Long.MAX_VALUE),
            policy(DestinationName.queue("a.>")),
            policy(DestinationName.topic("a.>")));
    private final TestClient client = bench.client();

    private static DestinationPolicy policy(DestinationName names) {
        return DestinationPolicy.of(names)
                .abortSlowAckConsumerMs(LONGEST_S * 1_000)
                .build();
    }

    private static DestinationName destination(String text) {
        return text.startsWith("queue") ? DestinationName.queue("a.b") : DestinationName.topic("a.b");
    }

    /** So that the clock of the broker is not at a whole second of its looks. */
    @BeforeEach
    void stagger() {
        bench.advance(300);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            bench.advance(1_000);
        }
    }

    private ConsumerId consume(String what) {
        return switch (what) {
            case "queue", "topic" -> client.consume(destination(what), 10);
            case "queues" -> client.consume(DestinationName.queue("a.>"), 10);
            case "topics" -> client.consume(DestinationName.topic("a.>"), 10);
            case "topic, durable" -> client.durable(destination(what), "s", 10, "");
            default -> client.durable(DestinationName.topic("a.>"), "s", 10, "");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "queues", "topic", "topics", "topic, durable", "topics, durable"})
    void shouldEndWhoHoldsMessagesAndIsSilent(String what) {
        ConsumerId consumer = consume(what);
        bench.client().send(destination(what), 3);
        pass(LONGEST_S - 1);
        assertThat(client.aborted).isEmpty();
        pass(SOME_S);
        assertThat(client.aborted).isNotEmpty().containsOnly(consumer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "queues", "topic", "topics", "topic, durable", "topics, durable"})
    void shouldLeaveWhoHoldsNothing(String what) {
        ConsumerId consumer = consume(what);
        bench.client().send(destination(what), 1);
        client.ack(AckType.STANDARD, consumer, client.last());
        pass(2 * LONGEST_S);
        bench.client().send(destination(what), 1);
        pass(LONGEST_S - 1);
        assertThat(client.aborted).isEmpty();
        pass(SOME_S);
        assertThat(client.aborted).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "queues", "topic", "topics", "topic, durable", "topics, durable"})
    void shouldLeaveWhoAcknowledgesNowAndThen(String what) {
        ConsumerId consumer = consume(what);
        bench.client().send(destination(what), 5);
        for (int i = 0; i < 4; i++) {
            pass(LONGEST_S - 1);
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
        assertThat(client.aborted).isEmpty();
        pass(LONGEST_S + SOME_S);
        assertThat(client.aborted).isNotEmpty();
    }

    @Test
    void shouldNotTakeForAnAcknowledgementThatAMessageWasSeen() {
        ConsumerId consumer = consume("queue");
        bench.client().send(destination("queue"), 2);
        pass(LONGEST_S - SOME_S);
        client.ack(AckType.DELIVERED, consumer, client.last());
        pass(2 * SOME_S);
        assertThat(client.aborted).containsExactly(consumer);
    }

    @Test
    void shouldTakeForOneWhatIsInATransaction() {
        ConsumerId consumer = consume("queue");
        bench.client().send(destination("queue"), 2);
        pass(LONGEST_S - SOME_S);
        TransactionId transaction = client.begin(1);
        client.ack(AckType.STANDARD, consumer, client.deliveries.get(0), client.deliveries.get(0), 1, transaction);
        pass(2 * SOME_S);
        assertThat(client.aborted).isEmpty();
    }

    @Test
    void shouldHearAConsumerOfSeveralQueuesWhereverItAcknowledges() {
        ConsumerId consumer = consume("queues");
        for (int i = 0; i < 8; i++) {
            bench.client().send(DestinationName.queue("a." + i), 1);
        }
        for (int i = 0; i < 7; i++) {
            pass(LONGEST_S - 1);
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
        assertThat(client.aborted).isEmpty();
    }

    @Test
    void shouldLeaveAllWhereNoPolicySaysSo() {
        client.consume(DestinationName.queue("b"), 10);
        bench.client().send(DestinationName.queue("b"), 1);
        pass(2 * LONGEST_S);
        assertThat(client.aborted).isEmpty();
    }
}
