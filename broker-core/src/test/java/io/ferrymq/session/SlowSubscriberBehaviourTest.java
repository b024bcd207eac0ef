package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a subscriber of a topic does to its producers when it is slower than they are. */
class SlowSubscriberBehaviourTest {
    private static final DestinationName NEWS = DestinationName.topic("NEWS");
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
