package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.ActiveMQSession;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class DurableRestartTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Topic topic;
    private Subscriptions client;
    private Subscriptions other;

    @BeforeEach
    void open() throws JMSException {
        topic = jms.topic();
        client = new Subscriptions(jms);
        other = new Subscriptions(jms);
        client.create(topic, "one");
        client.create(topic, "two");
        other.create(topic, "one");
    }

    @Test
    void shouldKeepTheBacklogInOrder() throws JMSException {
        jms.send(topic, Jms.numbered("m", 150));
        jms.broker().crash();
        jms.send(topic, "after");

        MessageConsumer subscriber = client.open(topic, "one");
        assertThat(Jms.texts(subscriber, 150)).containsExactly(Jms.numbered("m", 150));
        assertThat(Jms.text(subscriber)).isEqualTo("after");
    }

    @Test
    void shouldKeepWhatEachSubscriptionAcknowledged() throws JMSException {
        jms.send(topic, "a", "b", "c");
        client.take(topic, "one", 2);
        other.take(topic, "one", 1);
        jms.broker().crash();

        assertThat(client.take(topic, "one", 1)).containsExactly("c");
        assertThat(other.take(topic, "one", 2)).containsExactly("b", "c");
        assertThat(client.take(topic, "two", 3)).containsExactly("a", "b", "c");
    }

    @Test
    void shouldKeepGapsInWhatWasAcknowledged() throws JMSException {
        jms.send(topic, "a", "b", "c", "d");
        MessageConsumer subscriber =
                client.session(ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE).createDurableSubscriber(topic, "one");
        Jms.receive(subscriber);
        Jms.receive(subscriber).acknowledge();
        Jms.receive(subscriber);
        client.leave();
        jms.broker().crash();

        assertThat(client.take(topic, "one", 3)).containsExactly("a", "c", "d");
    }

    @Test
    void shouldForgetTransientMessages() throws JMSException {
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("transient"));
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        producer.send(session.createTextMessage("persistent"));
        jms.broker().restart();

        assertThat(client.take(topic, "one", 1)).containsExactly("persistent");
    }

    @Test
    void shouldRememberSelectorAndWildcard() throws JMSException {
        Topic below = new ActiveMQTopic(topic.getTopicName() + ".>");
        Topic known = new ActiveMQTopic(topic.getTopicName() + ".known");
        client.session(Session.AUTO_ACKNOWLEDGE).createDurableSubscriber(below, "choosy", "number > 1", false);
        client.leave();
        sendNumbered(known);
        jms.broker().crash();
        sendNumbered(known);

        MessageConsumer subscriber =
                client.session(Session.AUTO_ACKNOWLEDGE).createDurableSubscriber(below, "choosy", "number > 1", false);
        assertThat(Jms.texts(subscriber, 4)).containsExactly("m2", "m3", "m2", "m3");
    }

    @Test
    void shouldRememberAnUnsubscription() throws JMSException {
        jms.send(topic, "forgotten");
        client.session(Session.AUTO_ACKNOWLEDGE).unsubscribe("one");
        client.leave();
        jms.broker().crash();

        Session session = client.session(Session.AUTO_ACKNOWLEDGE);
        assertThatThrownBy(() -> session.unsubscribe("one")).isInstanceOf(JMSException.class);
        MessageConsumer subscriber = client.open(topic, "one");
        jms.send(topic, "a");
        assertThat(Jms.text(subscriber)).isEqualTo("a");
    }

    @Test
    void shouldUnsubscribeAfterARestart() throws JMSException {
        jms.send(topic, "forgotten");
        jms.broker().restart();
        client.session(Session.AUTO_ACKNOWLEDGE).unsubscribe("one");
        MessageConsumer subscriber = client.open(topic, "one");
        jms.send(topic, "a");

        assertThat(Jms.text(subscriber)).isEqualTo("a");
        assertThat(other.take(topic, "one", 2)).containsExactly("forgotten", "a");
    }

    @Test
    void shouldKeepCommittedTransactionsAndForgetOpenOnes() throws JMSException {
        Session session = jms.transacted();
        Jms.send(session, topic, "committed");
        session.commit();
        Jms.send(session, topic, "open");
        Session subscribing = client.session(Session.SESSION_TRANSACTED);
        assertThat(Jms.text(subscribing.createDurableSubscriber(topic, "one"))).isEqualTo("committed");
        jms.broker().crash();
        client.forget();

        assertThat(client.take(topic, "one", 1)).containsExactly("committed");
        assertThat(client.take(topic, "two", 1)).containsExactly("committed");
    }

    private void sendNumbered(Topic destination) throws JMSException {
        Session session = jms.session();
        MessageProducer producer = session.createProducer(destination);
        for (int i = 0; i < 4; i++) {
            Message message = session.createTextMessage("m" + i);
            message.setIntProperty("number", i);
            producer.send(message);
        }
    }
}
