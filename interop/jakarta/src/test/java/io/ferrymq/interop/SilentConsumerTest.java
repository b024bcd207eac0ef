package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Destinations whose consumers are ended when they hold messages and acknowledge none for three seconds; see ClassicBroker. */
final class SilentConsumerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private Topic topic;

    @BeforeEach
    void name() {
        queue = new ActiveMQQueue("heard." + jms.name());
        topic = new ActiveMQTopic("heard." + jms.name());
    }

    private static boolean isEnded(MessageConsumer consumer) throws JMSException {
        try {
            consumer.getMessageSelector();
            return false;
        } catch (IllegalStateException closed) {
            return true;
        }
    }

    private static void awaitEnd(MessageConsumer consumer) {
        await().atMost(PATIENCE).until(() -> isEnded(consumer));
    }

    private MessageConsumer silent(Destination destination) throws JMSException {
        return jms.session(Session.CLIENT_ACKNOWLEDGE).createConsumer(destination);
    }

    @Test
    void shouldGiveToOthersWhatAConsumerDoesNotAcknowledge() throws JMSException {
        MessageConsumer silent = silent(queue);
        jms.send(queue, "a", "b");
        assertThat(Jms.text(silent)).isEqualTo("a");
        awaitEnd(silent);

        assertThat(Jms.texts(jms.session().createConsumer(queue), 2)).containsExactly("a", "b");
    }

    @Test
    void shouldEndWhoHasNotEvenLooked() throws JMSException {
        MessageConsumer silent = jms.session().createConsumer(queue);
        jms.send(queue, "a");
        awaitEnd(silent);

        assertThat(Jms.text(jms.session().createConsumer(queue))).isEqualTo("a");
    }

    @Test
    void shouldLeaveWhoHoldsNothing() throws JMSException {
        MessageConsumer idle = jms.session().createConsumer(new ActiveMQQueue("heard." + jms.name()));
        MessageConsumer silent = silent(queue);
        jms.send(queue, "a");
        awaitEnd(silent);

        assertThat(isEnded(idle)).isFalse();
    }

    @Test
    void shouldLeaveWhoAcknowledgesNowAndThen() throws JMSException {
        MessageConsumer busy = jms.session().createConsumer(queue);
        jms.send(queue, Jms.numbered("m", 500));
        Queue other = new ActiveMQQueue("heard." + jms.name());
        MessageConsumer silent = silent(other);
        jms.send(other, "a");
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            Jms.receive(busy);
            return isEnded(silent);
        });

        assertThat(isEnded(busy)).isFalse();
    }

    @Test
    void shouldEndASubscriberOfATopic() throws JMSException {
        MessageConsumer silent = silent(topic);
        MessageConsumer listening = jms.session().createConsumer(topic);
        jms.send(topic, "a");
        assertThat(Jms.text(listening)).isEqualTo("a");
        awaitEnd(silent);
        jms.send(topic, "b");

        assertThat(Jms.text(listening)).isEqualTo("b");
    }

    @Test
    void shouldKeepTheSubscriptionOfADurableConsumerThatIsEnded() throws JMSException {
        Subscriptions client = new Subscriptions(jms);
        MessageConsumer silent = client.session(Session.CLIENT_ACKNOWLEDGE).createDurableSubscriber(topic, "name");
        jms.send(topic, "a");
        assertThat(Jms.text(silent)).isEqualTo("a");
        awaitEnd(silent);
        jms.send(topic, "b");

        assertThat(Jms.texts(client.open(topic, "name"), 2)).containsExactly("a", "b");
    }
}
