package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQDestination;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DestinationTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    @Test
    void shouldDestroyAQueueWithItsMessages() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, "a", "b");
        jms.connect().destroyDestination((ActiveMQDestination) queue);

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldMakeADestroyedQueueAgainWhenItIsUsed() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, "old");
        jms.connect().destroyDestination((ActiveMQDestination) queue);
        jms.send(queue, "new");

        assertThat(Jms.text(jms.session().createConsumer(queue))).isEqualTo("new");
    }

    @Test
    void shouldNotDestroyAQueueThatIsConsumed() throws JMSException {
        Queue queue = jms.queue();
        ActiveMQConnection connection = jms.connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);

        assertThatThrownBy(() -> connection.destroyDestination((ActiveMQDestination) queue))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining(
                        "Destination: " + queue + " still has an active subscription: QueueSubscription: consumer=ID:");
        Jms.send(session, queue, "still works");
        assertThat(Jms.text(consumer)).isEqualTo("still works");
    }

    @Test
    void shouldNotDestroyATopicThatADurableSubscriptionWants() throws JMSException {
        Topic topic = jms.topic();
        ActiveMQConnection connection = jms.connectAs(jms.name());
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createDurableSubscriber(topic, "s").close();
        jms.send(topic, "a");

        assertThatThrownBy(() -> connection.destroyDestination((ActiveMQDestination) topic))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("Destination: " + topic + " still has an active subscription: ")
                .hasMessageContaining("active=false");
        assertThat(Jms.text(session.createDurableSubscriber(topic, "s"))).isEqualTo("a");
    }

    @Test
    void shouldDestroyATopic() throws JMSException {
        Topic topic = jms.topic();
        jms.send(topic, "a");
        jms.connect().destroyDestination((ActiveMQDestination) topic);
        MessageConsumer subscriber = jms.session().createConsumer(topic);
        jms.send(topic, "b");

        assertThat(Jms.text(subscriber)).isEqualTo("b");
    }

    @Test
    void shouldDestroyADestinationThatNeverWas() throws JMSException {
        jms.connect().destroyDestination((ActiveMQDestination) jms.queue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"with blank", "ünïcode.漢字", "a/b:c-d_e", "UPPER.lower", "x$y(z)"})
    void shouldServeUnusualNames(String name) throws JMSException {
        Session session = jms.session();
        Queue queue = session.createQueue(name + jms.name());
        Jms.send(session, queue, name);

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo(name);
    }

    @Test
    void shouldTellUpperFromLowerCase() throws JMSException {
        Session session = jms.session();
        String name = jms.name();
        Jms.send(session, session.createQueue(name + ".a"), "lower");
        Jms.send(session, session.createQueue(name + ".A"), "upper");

        assertThat(Jms.text(session.createConsumer(session.createQueue(name + ".A"))))
                .isEqualTo("upper");
        assertThat(Jms.text(session.createConsumer(session.createQueue(name + ".a"))))
                .isEqualTo("lower");
    }
}
