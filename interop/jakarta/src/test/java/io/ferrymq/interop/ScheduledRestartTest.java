package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.apache.activemq.ScheduledMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Schedules outlive the broker's process. */
final class ScheduledRestartTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Session session;
    private Queue queue;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = jms.queue();
    }

    @Test
    void shouldKeepSchedulesOverARestart() throws JMSException {
        schedule(session, "later", 5_000);
        schedule(session, "sooner", 4_000);
        restart();

        assertThat(Jms.texts(session.createConsumer(queue), 2)).containsExactly("sooner", "later");
    }

    @Test
    void shouldDeliverAfterARestartWhatBecameDueMeanwhile() throws JMSException {
        long due = System.currentTimeMillis() + 700;
        schedule(session, "due", 700);
        jms.broker().stop();
        await().until(() -> System.currentTimeMillis() > due);
        jms.broker().start();
        session = jms.session();

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("due");
    }

    @Test
    void shouldGoOnRepeatingAfterARestart() throws JMSException {
        Message message = session.createTextMessage("again");
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, 200);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_PERIOD, 1_000);
        message.setIntProperty(ScheduledMessage.AMQ_SCHEDULED_REPEAT, 100);
        session.createProducer(queue).send(message);
        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("again");
        restart();

        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("again", "again");
    }

    @Test
    void shouldForgetOpenTransactionsOverARestart() throws JMSException {
        Session transacted = jms.transacted();
        schedule(transacted, "open", 500);
        schedule(session, "kept", 1_500);
        restart();

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("kept");
    }

    private void restart() throws JMSException {
        jms.broker().stop();
        jms.broker().start();
        session = jms.session();
    }

    private void schedule(Session sending, String text, long delayMs) throws JMSException {
        Message message = sending.createTextMessage(text);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, delayMs);
        sending.createProducer(queue).send(message);
    }
}
