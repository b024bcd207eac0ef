package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class PullTest {
    private static final String PULL = "jms.prefetchPolicy.all=0";

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private MessageConsumer consumer;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        consumer = jms.session(PULL).createConsumer(queue);
    }

    @Test
    void shouldPullInOrder() throws JMSException {
        jms.send(queue, Jms.numbered("m", 20));

        assertThat(Jms.texts(consumer, 20)).containsExactly(Jms.numbered("m", 20));
    }

    @Test
    void shouldAnswerAtOnceWhenThereIsNothing() throws JMSException {
        assertThat(consumer.receiveNoWait()).isNull();
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void shouldPullWhatIsThereWithoutWaiting() throws JMSException {
        jms.send(queue, "a", "b");

        assertThat(Jms.text(consumer.receiveNoWait())).isEqualTo("a");
        assertThat(Jms.text(consumer.receiveNoWait())).isEqualTo("b");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void shouldAnswerWhenTheTimeIsOver() throws JMSException {
        long start = System.nanoTime();

        assertThat(consumer.receive(300)).isNull();

        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(250L, 5_000L);
    }

    @Test
    void shouldNotDeliverToAPullThatIsOver() throws JMSException {
        assertThat(consumer.receive(50)).isNull();
        jms.send(queue, "late");
        MessageConsumer other = jms.session(PULL).createConsumer(queue);

        assertThat(Jms.text(other)).isEqualTo("late");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void shouldDeliverToAPullThatWaits() throws Exception {
        CompletableFuture<Message> waiting = CompletableFuture.supplyAsync(() -> receive(consumer, 0));
        jms.send(queue, "awaited");

        assertThat(Jms.text(waiting.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)))
                .isEqualTo("awaited");
    }

    @Test
    void shouldDeliverToATimedPullThatWaits() throws Exception {
        CompletableFuture<Message> waiting = CompletableFuture.supplyAsync(() -> receive(consumer, Jms.PATIENCE_MS));
        jms.send(queue, "awaited");

        assertThat(Jms.text(waiting.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)))
                .isEqualTo("awaited");
    }

    @Test
    void shouldTakeOnlyWhatIsPulled() throws JMSException {
        jms.send(queue, "a", "b", "c");
        assertThat(Jms.text(consumer)).isEqualTo("a");

        assertThat(Jms.texts(jms.session().createConsumer(queue), 2)).containsExactly("b", "c");
    }

    @Test
    void shouldPullInATransaction() throws JMSException {
        jms.send(queue, "a", "b", "c");
        Session transacted = jms.transacted(PULL, Jms.QUICK_REDELIVERY);
        MessageConsumer puller = transacted.createConsumer(queue);
        assertThat(Jms.texts(puller, 2)).containsExactly("a", "b");
        transacted.rollback();
        assertThat(Jms.texts(puller, 3)).containsExactly("a", "b", "c");
        transacted.commit();

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldPullBeyondWhatIsNotAcknowledged() throws JMSException {
        jms.send(queue, "a", "b", "c");
        MessageConsumer puller = jms.session(Session.CLIENT_ACKNOWLEDGE, PULL).createConsumer(queue);

        assertThat(Jms.texts(puller, 3)).containsExactly("a", "b", "c");
        assertThat(jms.browse(queue)).containsExactly("a", "b", "c");
    }

    private static Message receive(MessageConsumer consumer, long timeoutMs) {
        try {
            return timeoutMs == 0 ? consumer.receive() : consumer.receive(timeoutMs);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}
