package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Topics with a dead letter queue for each durable subscription; see ClassicBroker. */
final class SubscriberDeadLetterTest {
    private static final long BRIEF_MS = 300;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Topic topic;

    @BeforeEach
    void name() {
        topic = new ActiveMQTopic("lettered." + jms.name());
    }

    private Subscriptions client() {
        return new Subscriptions(jms, Jms.QUICK_REDELIVERY, "jms.redeliveryPolicy.maximumRedeliveries=0");
    }

    private void refuse(Subscriptions client, String name) throws JMSException {
        Session session = client.session(Session.SESSION_TRANSACTED);
        Jms.receive(session.createDurableSubscriber(topic, name));
        session.rollback();
        client.leave();
    }

    private Queue letters(Subscriptions client, String name) throws JMSException {
        return new ActiveMQQueue("Letters.Topic." + topic.getTopicName() + "." + client.clientId() + ":" + name);
    }

    private Message letter(Queue queue) throws JMSException {
        return Jms.receive(jms.session().createConsumer(queue));
    }

    /** Of one message Classic keeps the first dead letter only, whichever subscription it is from; FerryMQ keeps that of each. */
    @Test
    void shouldHaveAQueueForEachSubscription() throws JMSException {
        Subscriptions one = client();
        Subscriptions other = client();
        one.create(topic, "name");
        one.create(topic, "second");
        jms.send(topic, "a");
        refuse(one, "name");
        other.create(topic, "name");
        jms.send(topic, "b");
        refuse(other, "name");

        assertThat(Jms.text(letter(letters(one, "name")))).isEqualTo("a");
        assertThat(Jms.text(letter(letters(other, "name")))).isEqualTo("b");
        assertThat(one.take(topic, "second", 2)).containsExactly("a", "b");
    }

    @Test
    void shouldPutThereWhatExpiresInASubscription() throws JMSException {
        Subscriptions client = client();
        client.create(topic, "name");
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        Message brief = session.createTextMessage("brief");
        producer.send(brief, DeliveryMode.PERSISTENT, 4, BRIEF_MS);
        producer.send(session.createTextMessage("lasting"));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> System.currentTimeMillis() > brief.getJMSExpiration());

        assertThat(client.take(topic, "name", 1)).containsExactly("lasting");
        assertThat(Jms.text(letter(letters(client, "name")))).isEqualTo("brief");
    }
}
