package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Selectors over the headers of JMS and of ActiveMQ. */
final class SelectorHeaderTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private Queue queue;
    private MessageProducer producer;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = jms.queue();
        producer = session.createProducer(queue);
        Jms.send(session, queue, "plain");
    }

    @Test
    void shouldSelectByType() throws JMSException {
        Message message = wanted();
        message.setJMSType("order");
        producer.send(message);

        assertSelects("JMSType = 'order'");
    }

    @Test
    void shouldSelectByPriority() throws JMSException {
        producer.send(wanted(), DeliveryMode.PERSISTENT, 7, 0);

        assertSelects("JMSPriority > 4");
    }

    @Test
    void shouldSelectByCorrelationId() throws JMSException {
        Message message = wanted();
        message.setJMSCorrelationID("c-1");
        producer.send(message);

        assertSelects("JMSCorrelationID LIKE 'c-%'");
    }

    @Test
    void shouldSelectByMessageId() throws JMSException {
        Message message = wanted();
        producer.send(message);

        assertSelects("JMSMessageID = '" + message.getJMSMessageID() + "'");
    }

    @Test
    void shouldSelectByDeliveryMode() throws JMSException {
        producer.send(wanted(), DeliveryMode.NON_PERSISTENT, 4, 0);

        assertSelects("JMSDeliveryMode = 'NON_PERSISTENT'");
    }

    @Test
    void shouldSelectByTimestamp() throws JMSException {
        Message message = wanted();
        producer.setDisableMessageTimestamp(true);
        producer.send(message);

        assertSelects("JMSTimestamp = 0");
    }

    @Test
    void shouldSelectByGroup() throws JMSException {
        Message message = wanted();
        message.setStringProperty("JMSXGroupID", "g");
        message.setIntProperty("JMSXGroupSeq", 3);
        producer.send(message);

        assertSelects("JMSXGroupID = 'g' AND JMSXGroupSeq = 3");
    }

    @Test
    void shouldSelectByExpiration() throws JMSException {
        producer.send(wanted(), DeliveryMode.PERSISTENT, 4, 600_000);

        assertSelects("JMSExpiration > 0");
    }

    @Test
    void shouldSelectByReplyTo() throws JMSException {
        Message message = wanted();
        message.setJMSReplyTo(session.createQueue("replies"));
        producer.send(message);

        assertSelects("JMSReplyTo = 'queue://replies'");
    }

    @Test
    void shouldSelectByDestination() throws JMSException {
        Queue other = jms.queue();
        session.createProducer(other).send(wanted());

        String selector = "JMSDestination = 'queue://" + other.getQueueName() + "'";

        assertThat(Jms.text(session.createConsumer(other, selector))).isEqualTo("wanted");
    }

    @Test
    void shouldSelectByHowOftenItWasDelivered() throws JMSException {
        producer.send(wanted());
        Session first = jms.session(Session.CLIENT_ACKNOWLEDGE);
        try (MessageConsumer consumer = first.createConsumer(queue, "JMSXDeliveryCount = 1 AND NOT JMSRedelivered")) {
            assertThat(Jms.texts(consumer, 2)).containsExactly("plain", "wanted");
        }
        Jms.send(session, queue, "new");

        assertThat(Jms.text(session.createConsumer(queue, "JMSXDeliveryCount < 2")))
                .isEqualTo("new");
        assertThat(Jms.text(session.createConsumer(queue, "JMSRedelivered AND JMSXDeliveryCount = 2")))
                .isEqualTo("plain");
    }

    @Test
    void shouldNotMindQuotesAndOtherScriptsInValues() throws JMSException {
        Message message = wanted();
        message.setStringProperty("city", "Łódź 'old' 漢");
        producer.send(message);

        assertSelects("city = 'Łódź ''old'' 漢'");
    }

    private Message wanted() throws JMSException {
        return session.createTextMessage("wanted");
    }

    private void assertSelects(String selector) throws JMSException {
        Jms.send(session, queue, "plain too");
        assertThat(Jms.text(session.createConsumer(queue, selector))).isEqualTo("wanted");
        assertThat(Jms.browse(session, queue)).containsExactly("plain", "plain too");
    }
}
