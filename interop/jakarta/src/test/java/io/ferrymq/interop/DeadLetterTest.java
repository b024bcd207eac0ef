package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class DeadLetterTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private DeadLetters dead;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        dead = new DeadLetters(jms.session());
    }

    @Test
    void shouldMoveAMessageAsideWhenItsRedeliveriesAreUsedUp() throws JMSException {
        jms.send(queue, "poison", "good");
        Session session = transactedWithRedeliveries(2);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int delivery = 1; delivery <= 3; delivery++) {
            assertThat(Jms.text(consumer)).isEqualTo("poison");
            session.rollback();
        }

        assertThat(Jms.text(consumer)).isEqualTo("good");
        session.commit();
        ActiveMQMessage letter = dead.next(queue);
        assertThat(Jms.text(letter)).isEqualTo("poison");
        assertThat(letter.getStringProperty(DeadLetters.CAUSE)).contains("redelivery policy limit");
        assertThat(letter.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldMoveAMessageAsideAfterTheFirstRollbackWhenNoRedeliveryIsAllowed() throws JMSException {
        jms.send(queue, "poison");
        Session session = transactedWithRedeliveries(0);
        MessageConsumer consumer = session.createConsumer(queue);
        Jms.receive(consumer);
        session.rollback();

        assertThat(Jms.text(dead.next(queue))).isEqualTo("poison");
    }

    @Test
    void shouldMoveAsideWhatAListenerNeverAccepts() throws JMSException {
        Session session = jms.session(Jms.QUICK_REDELIVERY, "jms.redeliveryPolicy.maximumRedeliveries=1");
        session.createConsumer(queue).setMessageListener(message -> {
            throw new IllegalStateException("on purpose");
        });
        jms.send(queue, "poison");

        ActiveMQMessage letter = dead.next(queue);

        assertThat(Jms.text(letter)).isEqualTo("poison");
        assertThat(letter.getStringProperty(DeadLetters.CAUSE)).contains("on purpose");
    }

    @Test
    void shouldKeepTheContentOfADeadLetter() throws JMSException {
        Session sending = jms.session();
        TextMessage message = sending.createTextMessage("poison");
        message.setJMSCorrelationID("correlation");
        message.setIntProperty("number", 42);
        sending.createProducer(queue).send(message);
        Session session = transactedWithRedeliveries(0);
        Jms.receive(session.createConsumer(queue));
        session.rollback();

        ActiveMQMessage letter = dead.next(queue);

        assertThat(Jms.text(letter)).isEqualTo("poison");
        assertThat(letter.getIntProperty("number")).isEqualTo(42);
        assertThat(letter.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(letter.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        assertThat(letter.getOriginalDestination()).isEqualTo(queue);
    }

    @Test
    void shouldDropATransientMessageThatCannotBeDelivered() throws JMSException {
        Session sending = jms.session();
        MessageProducer producer = sending.createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(sending.createTextMessage("transient"));
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        Session session = transactedWithRedeliveries(0);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo("transient");
        session.rollback();
        producer.send(sending.createTextMessage("persistent"));
        assertThat(Jms.text(consumer)).isEqualTo("persistent");
        session.rollback();

        assertThat(Jms.text(dead.next(queue))).isEqualTo("persistent");
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).isEmpty());
    }

    private Session transactedWithRedeliveries(int maximum) throws JMSException {
        return jms.transacted(Jms.QUICK_REDELIVERY, "jms.redeliveryPolicy.maximumRedeliveries=" + maximum);
    }
}
