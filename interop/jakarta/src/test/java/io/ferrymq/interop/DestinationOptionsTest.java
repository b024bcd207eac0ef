package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client says after the {@code ?} of a destination's name. */
final class DestinationOptionsTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    @Test
    void shouldPullWhenTheOptionsSayNoPrefetch() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer idle = jms.session().createConsumer(with(queue, "consumer.prefetchSize=0"));
        jms.send(queue, "a", "b", "c");

        assertThat(Jms.text(jms.session().createConsumer(with(queue, "consumer.prefetchSize=0"))))
                .isEqualTo("a");
        assertThat(Jms.texts(jms.session().createConsumer(queue), 2)).containsExactly("b", "c");
        assertThat(((ActiveMQMessageConsumer) idle).getMessageSize()).isZero();
    }

    @Test
    void shouldGiveAllToAnExclusiveConsumer() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer exclusive = jms.session().createConsumer(with(queue, "consumer.exclusive=true"));
        MessageConsumer other = jms.session().createConsumer(queue);
        jms.send(queue, Jms.numbered("m", 20));

        assertThat(Jms.texts(exclusive, 20)).containsExactly(Jms.numbered("m", 20));
        assertThat(other.receiveNoWait()).isNull();
    }

    @Test
    void shouldPassOnToTheNextExclusiveConsumerWhenTheFirstLeaves() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer first = jms.session().createConsumer(with(queue, "consumer.exclusive=true"));
        MessageConsumer second = jms.session().createConsumer(with(queue, "consumer.exclusive=true"));
        jms.send(queue, "a");
        assertThat(Jms.text(first)).isEqualTo("a");
        first.close();
        jms.send(queue, "b");

        assertThat(Jms.text(second)).isEqualTo("b");
    }

    @Test
    void shouldPreferTheExclusiveConsumerOfHigherPriority() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer low = jms.session().createConsumer(with(queue, "consumer.exclusive=true"));
        MessageConsumer high =
                jms.session().createConsumer(with(queue, "consumer.exclusive=true&consumer.priority=10"));
        jms.send(queue, "a", "b");

        assertThat(Jms.texts(high, 2)).containsExactly("a", "b");
        assertThat(low.receiveNoWait()).isNull();
    }

    @Test
    void shouldTakeOptionsForTopicsToo() throws JMSException {
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        MessageConsumer few =
                jms.session().createConsumer(new ActiveMQTopic(topic.getPhysicalName() + "?consumer.prefetchSize=2"));
        jms.send(topic, Jms.numbered("m", 5));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) few).getMessageSize() == 2);

        assertThat(Jms.texts(few, 5)).containsExactly(Jms.numbered("m", 5));
    }

    @Test
    void shouldNotDeliverToASubscriberWhatItsConnectionPublished() throws JMSException {
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        Session session = jms.session();
        MessageConsumer subscriber =
                session.createConsumer(new ActiveMQTopic(topic.getPhysicalName() + "?consumer.noLocal=true"));
        Jms.send(session, topic, "own");
        jms.send(topic, "foreign");

        assertThat(Jms.text(subscriber)).isEqualTo("foreign");
    }

    @Test
    void shouldIgnoreTheOptionsWhenSending() throws JMSException {
        Queue queue = jms.queue();
        jms.send(with(queue, "consumer.prefetchSize=7&consumer.exclusive=true"), "a");

        assertThat(jms.browse(queue)).containsExactly("a");
    }

    @Test
    void shouldRefuseOptionsThatDoNotExist() throws JMSException {
        Session session = jms.session();
        ActiveMQQueue queue = with(jms.queue(), "consumer.colour=blue");

        assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class);
    }

    private static ActiveMQQueue with(Queue queue, String options) {
        return new ActiveMQQueue(((ActiveMQDestination) queue).getPhysicalName() + "?" + options);
    }
}
