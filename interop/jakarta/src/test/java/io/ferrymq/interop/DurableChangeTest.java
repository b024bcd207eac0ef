package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Durable subscriptions that choose: by selector, by wildcard, by sender; and what a change of mind does. */
final class DurableChangeTest {
    private static final String BLUE = "colour = 'blue'";
    private static final String RED = "colour = 'red'";

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Topic topic;
    private Subscriptions client;

    @BeforeEach
    void name() {
        topic = jms.topic();
        client = new Subscriptions(jms);
    }

    @Test
    void shouldKeepOnlyWhatIsSelected() throws JMSException {
        open(BLUE, false);
        client.leave();
        sendColours();
        MessageConsumer subscriber = open(BLUE, false);
        assertThat(Jms.texts(subscriber, 2)).containsExactly("blue0", "blue1");
        sendColours();

        assertThat(Jms.texts(subscriber, 2)).containsExactly("blue0", "blue1");
    }

    @Test
    void shouldSelectForEachSubscriptionAlone() throws JMSException {
        open(BLUE, false);
        Subscriptions other = new Subscriptions(jms);
        other.session(Session.AUTO_ACKNOWLEDGE).createDurableSubscriber(topic, "name", RED, false);
        client.leave();
        other.leave();
        sendColours();

        assertThat(Jms.texts(open(BLUE, false), 2)).containsExactly("blue0", "blue1");
        assertThat(Jms.texts(
                        other.session(Session.AUTO_ACKNOWLEDGE).createDurableSubscriber(topic, "name", RED, false), 2))
                .containsExactly("red0", "red1");
    }

    @Test
    void shouldDropTheOldMessagesWhenTheSelectorChanges() throws JMSException {
        open(BLUE, false);
        client.leave();
        sendColours();
        MessageConsumer changed = open(RED, false);
        sendColours();

        assertThat(Jms.texts(changed, 2)).containsExactly("red0", "red1");
        assertThat(changed.receiveNoWait()).isNull();
    }

    @Test
    void shouldDropTheOldMessagesWhenASelectorIsAddedOrRemoved() throws JMSException {
        client.create(topic, "name");
        sendColours();
        MessageConsumer selecting = open(BLUE, false);
        sendColours();
        assertThat(Jms.text(selecting)).isEqualTo("blue0");
        client.leave();
        MessageConsumer all = client.open(topic, "name");
        jms.send(topic, "plain");

        assertThat(Jms.text(all)).isEqualTo("plain");
    }

    @Test
    void shouldDropTheOldMessagesWhenTheTopicChanges() throws JMSException {
        Topic other = jms.topic();
        client.create(topic, "name");
        jms.send(topic, "dropped");
        MessageConsumer changed = client.open(other, "name");
        jms.send(topic, "not heard");
        jms.send(other, "a");
        assertThat(Jms.text(changed)).isEqualTo("a");
        client.leave();
        MessageConsumer back = client.open(topic, "name");
        jms.send(topic, "b");

        assertThat(Jms.text(back)).isEqualTo("b");
    }

    @Test
    void shouldDropTheOldMessagesWhenItsOwnAreNotWantedAnyMore() throws JMSException {
        client.create(topic, "name");
        jms.send(topic, "dropped");
        MessageConsumer changed = open(null, true);
        jms.send(topic, "a");

        assertThat(Jms.text(changed)).isEqualTo("a");
    }

    @Test
    void shouldNotDeliverWhatItsOwnConnectionSends() throws JMSException {
        MessageConsumer subscriber = open(null, true);
        Jms.send(client.session(Session.AUTO_ACKNOWLEDGE), topic, "own");
        jms.send(topic, "foreign");

        assertThat(Jms.text(subscriber)).isEqualTo("foreign");
    }

    @Test
    void shouldKeepAnUnchangedSubscriptionWithSelector() throws JMSException {
        open(BLUE, false);
        client.leave();
        sendColours();
        assertThat(Jms.text(open(BLUE, false))).isEqualTo("blue0");
        client.leave();

        assertThat(Jms.text(open(BLUE, false))).isEqualTo("blue1");
    }

    @Test
    void shouldSubscribeToAWildcard() throws JMSException {
        Topic below = new ActiveMQTopic(topic.getTopicName() + ".>");
        Topic known = new ActiveMQTopic(topic.getTopicName() + ".known");
        Topic deep = new ActiveMQTopic(topic.getTopicName() + ".known.deep");
        jms.send(known, "early");
        client.create(below, "name");
        jms.send(known, "a");
        jms.send(deep, "b");
        jms.send(topic, "c");

        assertThat(Jms.texts(client.open(below, "name"), 3)).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void shouldKeepTheOrderOfEachTopicOfAWildcard() throws JMSException {
        Topic below = new ActiveMQTopic(topic.getTopicName() + ".>");
        Topic one = new ActiveMQTopic(topic.getTopicName() + ".one");
        Topic two = new ActiveMQTopic(topic.getTopicName() + ".two");
        client.create(below, "name");
        for (int i = 0; i < 20; i++) {
            jms.send(one, "one" + i);
            jms.send(two, "two" + i);
        }

        assertThat(Jms.texts(client.open(below, "name"), 40))
                .containsSubsequence(Jms.numbered("one", 20))
                .containsSubsequence(Jms.numbered("two", 20));
    }

    @Test
    void shouldSubscribeToSeveralTopics() throws JMSException {
        Topic other = jms.topic();
        Topic both = new ActiveMQTopic(topic.getTopicName() + "," + other.getTopicName());
        client.create(both, "name");
        jms.send(topic, "a");
        jms.send(other, "b");

        assertThat(client.take(both, "name", 2)).containsExactlyInAnyOrder("a", "b");
        jms.send(topic, "c");
        assertThat(client.take(both, "name", 1)).containsExactly("c");
    }

    private MessageConsumer open(String selector, boolean noLocal) throws JMSException {
        return client.session(Session.AUTO_ACKNOWLEDGE).createDurableSubscriber(topic, "name", selector, noLocal);
    }

    /** Two blue ones and two red ones, taking turns. */
    private void sendColours() throws JMSException {
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        for (int i = 0; i < 2; i++) {
            for (String colour : new String[] {"blue", "red"}) {
                Message message = session.createTextMessage(colour + i);
                message.setStringProperty("colour", colour);
                producer.send(message);
            }
        }
    }
}
