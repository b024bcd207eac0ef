package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.advisory.DestinationSource;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client learns about the destinations of the broker, and how it removes them. */
final class DestinationSourceTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private ActiveMQConnection connection;
    private DestinationSource source;

    @BeforeEach
    void open() throws JMSException {
        connection = jms.connect();
        source = connection.getDestinationSource();
    }

    @Test
    void shouldKnowTheQueuesAndTopicsThatAreThere() throws JMSException {
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        jms.send(queue, "a");
        jms.send(topic, "a");
        DestinationSource late = jms.connect().getDestinationSource();

        eventually(() -> late.getQueues().contains(queue) && late.getTopics().contains(topic));
    }

    @Test
    void shouldHearOfQueuesAndTopicsThatAreMadeLater() throws JMSException {
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        Session session = jms.session();
        session.createProducer(queue);
        session.createConsumer(topic);

        eventually(
                () -> source.getQueues().contains(queue) && source.getTopics().contains(topic));
    }

    @Test
    void shouldHearOfTheirRemoval() throws JMSException {
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        jms.send(queue, "a");
        jms.send(topic, "a");
        eventually(
                () -> source.getQueues().contains(queue) && source.getTopics().contains(topic));
        ActiveMQConnection other = jms.connect();
        other.destroyDestination(queue);
        other.destroyDestination(topic);

        eventually(
                () -> !source.getQueues().contains(queue) && !source.getTopics().contains(topic));
    }

    @Test
    void shouldHearOfTemporaryDestinations() throws JMSException {
        ActiveMQConnection owner = jms.connect();
        Session session = owner.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        eventually(() -> source.getTemporaryQueues().contains(queue)
                && source.getTemporaryTopics().contains(topic));
        owner.close();

        eventually(() -> !source.getTemporaryQueues().contains(queue)
                && !source.getTemporaryTopics().contains(topic));
    }

    @Test
    void shouldNotRemoveATopicThatIsSubscribed() throws JMSException {
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        Session session = jms.session();
        MessageConsumer subscriber = session.createConsumer(topic);

        assertThatThrownBy(() -> connection.destroyDestination(topic))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("active subscription")
                .hasMessageContaining("topic://" + topic.getPhysicalName());
        Jms.send(session, topic, "still works");
        assertThat(Jms.text(subscriber)).isEqualTo("still works");
    }

    @Test
    void shouldRemoveAQueueOnceItsConsumerLeft() throws JMSException {
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        MessageConsumer consumer = jms.session().createConsumer(queue);
        jms.send(queue, "a");
        assertThatThrownBy(() -> connection.destroyDestination(queue)).isInstanceOf(JMSException.class);
        consumer.close(); // the client does not wait for the broker here
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThatCode(() -> connection.destroyDestination(queue))
                        .doesNotThrowAnyException());

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldRemoveAQueueThatHasProducers() throws JMSException {
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        Session session = jms.session();
        session.createProducer(queue).send(session.createTextMessage("a"));
        connection.destroyDestination(queue);

        assertThat(jms.browse(queue)).isEmpty();
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(condition);
    }
}
