package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the broker says about single messages; most of it only where a policy asks for it. */
final class AdvisoryMessageTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private ActiveMQQueue queue;
    private ActiveMQTopic topic;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = new ActiveMQQueue("advised." + jms.name());
        topic = new ActiveMQTopic("advised." + jms.name());
    }

    @Test
    void shouldSayThatAMessageExpired() throws JMSException {
        ActiveMQQueue ordinary = (ActiveMQQueue) jms.queue();
        Advisories expired = Advisories.on(session, "Expired", ordinary);
        String id = expire(ordinary);

        ActiveMQMessage advisory = expired.next();

        Advisories.assertAdvisory(advisory);
        assertThat(advisory.getStringProperty("orignalMessageId")).isEqualTo(id);
        assertThat(data(advisory).getMessageId().toString()).isEqualTo(id);
    }

    @Test
    void shouldSayThatAMessageWentToTheDeadLetterQueue() throws JMSException {
        ActiveMQQueue ordinary = (ActiveMQQueue) jms.queue();
        Advisories dead = Advisories.on(session, "MessageDLQd", ordinary);
        String id = expire(ordinary);

        ActiveMQMessage advisory = dead.next();

        Advisories.assertAdvisory(advisory);
        assertThat(data(advisory).getMessageId().toString()).isEqualTo(id);
    }

    @Test
    void shouldSayThatAMessageWasDeliveredInVain() throws JMSException {
        ActiveMQQueue ordinary = (ActiveMQQueue) jms.queue();
        Advisories dead = Advisories.on(session, "MessageDLQd", ordinary);
        jms.send(ordinary, "poison");
        Session transacted = jms.transacted(Jms.QUICK_REDELIVERY, "jms.redeliveryPolicy.maximumRedeliveries=0");
        Jms.receive(transacted.createConsumer(ordinary));
        transacted.rollback();

        ActiveMQMessage told = data(dead.next());
        assertThat(told.getDestination()).isEqualTo(ordinary);
        assertThat(told.getOriginalDestination()).isNull();
        assertThat(told.propertyExists("dlqDeliveryFailureCause")).isFalse();
    }

    @Test
    void shouldSayWhatWasConsumedFromAQueue() throws JMSException {
        Advisories consumed = Advisories.on(session, "MessageConsumed", queue);
        jms.send(queue, "a");
        Message got = Jms.receive(session.createConsumer(queue));

        assertAbout(got, consumed.next());
    }

    @Test
    void shouldSayWhatWasConsumedInATransaction() throws JMSException {
        Advisories consumed = Advisories.on(session, "MessageConsumed", queue);
        jms.send(queue, "a");
        Session transacted = jms.transacted();
        Message got = Jms.receive(transacted.createConsumer(queue));
        transacted.commit();

        assertAbout(got, consumed.next());
    }

    @Test
    void shouldSayWhatWasDeliveredToAQueue() throws JMSException {
        Advisories delivered = Advisories.on(session, "MessageDelivered", queue);
        jms.send(queue, "a");
        ActiveMQMessage advisory = delivered.next();

        assertAbout(Jms.receive(session.createConsumer(queue)), advisory);
    }

    @Test
    void shouldSayWhatWasDeliveredToATemporaryQueue() throws JMSException {
        ActiveMQDestination temporary = (ActiveMQDestination) session.createTemporaryQueue();
        Advisories delivered = Advisories.on(session, "MessageDelivered.TempQueue." + temporary.getPhysicalName());
        jms.send(temporary, "a");
        ActiveMQMessage advisory = delivered.next();

        assertAbout(Jms.receive(session.createConsumer(temporary)), advisory);
    }

    @Test
    void shouldSayWhatWasDeliveredToATopic() throws JMSException {
        Advisories delivered = Advisories.on(session, "MessageDelivered", topic);
        MessageConsumer subscriber = session.createConsumer(topic);
        jms.send(topic, "a");

        assertAbout(Jms.receive(subscriber), delivered.next());
    }

    @Test
    void shouldSayWhatWasDispatchedFromAQueueAndToWhom() throws JMSException {
        Advisories dispatched = Advisories.on(session, "MessageDispatched", queue);
        jms.send(queue, "a");
        Message got = Jms.receive(session.createConsumer(queue));

        ActiveMQMessage advisory = dispatched.next();

        assertAbout(got, advisory);
        assertThat(advisory.getStringProperty("consumerId")).startsWith("ID:");
    }

    @Test
    void shouldSayWhatWasDispatchedToASubscriberAndToWhom() throws JMSException {
        Advisories dispatched = Advisories.on(session, "MessageDispatched", topic);
        MessageConsumer subscriber = session.createConsumer(topic);
        jms.send(topic, "a");
        Message got = Jms.receive(subscriber);

        ActiveMQMessage advisory = dispatched.next();

        assertAbout(got, advisory);
        assertThat(advisory.getStringProperty("consumerId")).startsWith("ID:");
    }

    @Test
    void shouldSayNothingOfThisWithoutAPolicy() throws JMSException {
        ActiveMQQueue ordinary = (ActiveMQQueue) jms.queue();
        Advisories delivered = Advisories.on(session, "MessageDelivered", ordinary);
        Advisories consumed = Advisories.on(session, "MessageConsumed", ordinary);
        jms.send(ordinary, "a");
        assertThat(Jms.text(session.createConsumer(ordinary))).isEqualTo("a");

        delivered.assertNoMore();
        consumed.assertNoMore();
    }

    @Test
    void shouldHandOverTransientMessagesThatNobodyConsumes() throws JMSException {
        Advisories unheard = Advisories.on(session, "NoConsumer", topic);
        MessageProducer producer = session.createProducer(topic);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("unheard"));

        ActiveMQMessage advisory = unheard.next();

        assertThat(Jms.text(advisory)).isEqualTo("unheard");
        assertThat(advisory.getJMSDestination())
                .isEqualTo(new ActiveMQTopic("ActiveMQ.Advisory.NoConsumer.Topic." + topic.getPhysicalName()));
    }

    @Test
    void shouldHandOverTransientMessagesOfAQueueThatNobodyConsumes() throws JMSException {
        Advisories unheard = Advisories.on(session, "NoConsumer", queue);
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("unheard"));

        assertThat(Jms.text(unheard.next())).isEqualTo("unheard");
        assertThat(jms.browse(queue)).containsExactly("unheard");
    }

    private void assertAbout(Message message, ActiveMQMessage advisory) throws JMSException {
        Advisories.assertAdvisory(advisory);
        ActiveMQDestination destination = (ActiveMQDestination) message.getJMSDestination();
        assertThat(advisory.getStringProperty("orignalMessageId")).isEqualTo(message.getJMSMessageID());
        assertThat(advisory.getStringProperty("orignalDestination")).isEqualTo(destination.getQualifiedName());
        assertThat(data(advisory).getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        assertThat(((ActiveMQTextMessage) data(advisory)).getText()).isNull();
    }

    private String expire(ActiveMQQueue where) throws JMSException {
        MessageProducer producer = session.createProducer(where);
        Message message = session.createTextMessage("expired");
        producer.send(message, DeliveryMode.PERSISTENT, 4, 100);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> System.currentTimeMillis() > message.getJMSExpiration());
        Jms.send(session, where, "good");
        assertThat(Jms.text(session.createConsumer(where))).isEqualTo("good");
        return message.getJMSMessageID();
    }

    private static ActiveMQMessage data(ActiveMQMessage advisory) {
        return (ActiveMQMessage) advisory.getDataStructure();
    }
}
