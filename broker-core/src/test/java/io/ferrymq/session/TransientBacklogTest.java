package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Transient messages that wait: they have nowhere to go but the heap. */
class TransientBacklogTest {
    private static final DestinationName PILE = DestinationName.queue("PILE");
    private static final DestinationName ORDERS = DestinationName.queue("ORDERS");
    private static final long LIMIT_BYTES = 100_000;
    private static final int COUNT = 500;

    private final Bench bench = new Bench(
            1,
            Limits.defaults().withMemoryBytes(LIMIT_BYTES),
            MemoryBudget.Waiting.of(LIMIT_BYTES),
            new MemoryLog(Long.MAX_VALUE));
    private final TestClient producer = bench.client();

    private List<Answer> pile() {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            answers.add(producer.send(producer.message(PILE, false, 0), TransactionId.NONE));
        }
        return answers;
    }

    @Test
    void shouldHoldTheirProducersAtTheLimitAndLoseNone() {
        List<Answer> answers = pile();
        assertThat(bench.usedBytes()).isBetween(LIMIT_BYTES, LIMIT_BYTES + Message.OVERHEAD_BYTES);
        assertThat(answers).anyMatch(Answer::isOpen);
        TestClient client = bench.client();
        ConsumerId consumer = client.consume(PILE, 10);
        for (int i = 0; i < client.deliveries.size(); i++) {
            client.ack(AckType.STANDARD, consumer, client.deliveries.get(i));
        }
        assertThat(client.deliveries).hasSize(COUNT);
        assertThat(answers).allMatch(Answer::isDone);
        assertThat(bench.usedBytes()).isZero();
    }

    @Test
    void shouldNotStopAnotherQueueWhoseConsumersKeepUp() {
        TestClient other = bench.client();
        other.send(ORDERS, 200);
        bench.advance(2_000);
        pile();
        ConsumerId consumer = other.consume(ORDERS, 10);
        for (int i = 0; i < other.deliveries.size(); i++) {
            other.ack(AckType.STANDARD, consumer, other.deliveries.get(i));
        }
        assertThat(other.received(consumer)).hasSize(200);
        Answer answer = other.send(other.message(ORDERS, true, 0), TransactionId.NONE);
        assertThat(answer.isDone()).isTrue();
        assertThat(other.received(consumer)).hasSize(201);
    }
}
