package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Subscribers, and those who wait for replies, over breaks. */
final class FailoverSubscriberTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Topic topic;
    private String clientId;

    @BeforeEach
    void name() {
        topic = jms.topic();
        clientId = jms.name();
    }

    @Test
    void shouldKeepADurableSubscriptionOverBreaks() throws JMSException {
        ActiveMQConnection connection = connect();
        MessageConsumer subscriber = subscribe(connection, Session.AUTO_ACKNOWLEDGE);
        for (int i = 0; i < 5; i++) {
            jms.send(topic, "m" + i);
            awaitText(subscriber, "m" + i);
            Wire.cut(connection);
        }
        jms.send(topic, "end");

        awaitText(subscriber, "end");
    }

    @Test
    void shouldDeliverWhatWasSentWhileADurableSubscriberWasAway() throws JMSException {
        MessageConsumer subscriber = subscribe(connect(), Session.AUTO_ACKNOWLEDGE);
        jms.send(topic, "a");
        assertThat(Jms.text(subscriber)).isEqualTo("a");
        jms.broker().crash();
        jms.send(topic, "b", "c", "d");

        awaitText(subscriber, "b");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("c", "d");
    }

    @Test
    void shouldRedeliverToADurableSubscriber() throws JMSException {
        ActiveMQConnection connection = connect();
        MessageConsumer subscriber = subscribe(connection, Session.CLIENT_ACKNOWLEDGE);
        jms.send(topic, "a", "b");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        Wire.cut(connection);

        Jms.assertDelivery(subscriber, "a", 2);
        Jms.assertDelivery(subscriber, "b", 2).acknowledge();
        jms.send(topic, "c");
        Jms.assertDelivery(subscriber, "c", 1);
    }

    @Test
    void shouldUnsubscribeAfterABreak() throws JMSException {
        ActiveMQConnection connection = connect();
        MessageConsumer subscriber = subscribe(connection, Session.AUTO_ACKNOWLEDGE);
        subscriber.close();
        jms.send(topic, "forgotten");
        Wire.cut(connection);
        connection.createSession(false, Session.AUTO_ACKNOWLEDGE).unsubscribe("name");
        MessageConsumer again = subscribe(connection, Session.AUTO_ACKNOWLEDGE);
        jms.send(topic, "a");

        assertThat(Jms.text(again)).isEqualTo("a");
    }

    @Test
    void shouldBringAPlainSubscriberBack() throws JMSException {
        ActiveMQConnection connection = connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer subscriber = session.createConsumer(topic);
        Wire.cut(connection);
        Jms.send(session, topic, "a", "b");

        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldAnswerRequestsOverBreaksOfTheOneWhoAsks() throws JMSException {
        ActiveMQConnection asking = connect();
        Session session = asking.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TemporaryQueue replies = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(replies);
        Queue requests = jms.queue();
        Session answering = jms.session("jms.watchTopicAdvisories=false");
        MessageConsumer server = answering.createConsumer(requests);
        MessageProducer answerer = answering.createProducer(null);
        for (int i = 0; i < 5; i++) {
            Wire.cut(asking);
            ask(session, requests, replies, "question " + i);
            Message request = Jms.receive(server);
            answerer.send(request.getJMSReplyTo(), answering.createTextMessage("answer " + i));

            assertThat(Jms.text(consumer)).isEqualTo("answer " + i);
        }
    }

    @Test
    void shouldAnswerRequestsOverACrash() throws JMSException {
        Session session = connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        TemporaryQueue replies = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(replies);
        Queue requests = jms.queue();
        Session answering =
                jms.failover("jms.watchTopicAdvisories=false").createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer server = answering.createConsumer(requests);
        ask(session, requests, replies, "before");
        awaitText(server, "before");
        jms.broker().crash();
        ask(session, requests, replies, "after");
        awaitText(server, "after");
        Jms.send(answering, replies, "answer");

        assertThat(Jms.text(consumer)).isEqualTo("answer");
    }

    /** Drops what was delivered before and says so. */
    private static void awaitText(MessageConsumer consumer, String text) throws JMSException {
        Message message = Jms.receive(consumer);
        while (!text.equals(Jms.text(message))) {
            assertThat(message.getJMSRedelivered()).as(Jms.text(message)).isTrue();
            message = Jms.receive(consumer);
        }
    }

    private static void ask(Session session, Queue requests, TemporaryQueue replies, String text) throws JMSException {
        TextMessage question = session.createTextMessage(text);
        question.setJMSReplyTo(replies);
        MessageProducer producer = session.createProducer(requests);
        producer.send(question);
        producer.close();
    }

    private ActiveMQConnection connect() throws JMSException {
        ActiveMQConnectionFactory factory = jms.failoverFactory();
        factory.setClientID(clientId);
        return jms.connect(factory);
    }

    private MessageConsumer subscribe(ActiveMQConnection connection, int mode) throws JMSException {
        return connection.createSession(false, mode).createDurableSubscriber(topic, "name");
    }
}
