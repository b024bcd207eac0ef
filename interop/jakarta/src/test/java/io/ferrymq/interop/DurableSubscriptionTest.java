package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class DurableSubscriptionTest {
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
    void shouldDeliverWhileTheSubscriberIsThere() throws JMSException {
        MessageConsumer subscriber = client.open(topic, "name");
        jms.send(topic, Jms.numbered("m", 200));

        assertThat(Jms.texts(subscriber, 200)).containsExactly(Jms.numbered("m", 200));
    }

    @Test
    void shouldKeepMessagesInOrderWhileTheSubscriberIsAway() throws JMSException {
        client.create(topic, "name");
        jms.send(topic, Jms.numbered("m", 300));

        MessageConsumer subscriber = client.open(topic, "name");
        assertThat(Jms.texts(subscriber, 300)).containsExactly(Jms.numbered("m", 300));
        jms.send(topic, "after");
        assertThat(Jms.text(subscriber)).isEqualTo("after");
    }

    @Test
    void shouldLeaveOutWhatIsNoTopicOfAComposite() throws JMSException {
        Queue queue = jms.queue();
        Topic mixed = new ActiveMQTopic(topic.getTopicName() + ",queue://" + queue.getQueueName());
        client.create(mixed, "name");
        jms.send(topic, "a");
        jms.send(queue, "b");

        assertThat(Jms.text(client.open(mixed, "name"))).isEqualTo("a");
        assertThat(jms.browse(queue)).containsExactly("b");
    }

    @Test
    void shouldNotDeliverWhatWasSentBeforeTheSubscriptionWas() throws JMSException {
        jms.send(topic, "early");
        client.create(topic, "name");
        jms.send(topic, "later");

        assertThat(Jms.text(client.open(topic, "name"))).isEqualTo("later");
    }

    @Test
    void shouldDeliverTheBacklogBeforeWhatComesNow() throws JMSException {
        client.create(topic, "name");
        jms.send(topic, Jms.numbered("m", 150));
        MessageConsumer subscriber = client.open(topic, "name");
        jms.send(topic, "m150", "m151");

        assertThat(Jms.texts(subscriber, 152)).containsExactly(Jms.numbered("m", 152));
    }

    @Test
    void shouldCarryOnWhereTheSubscriberLeft() throws JMSException {
        client.create(topic, "name");
        jms.send(topic, "a", "b", "c", "d");

        assertThat(client.take(topic, "name", 1)).containsExactly("a");
        assertThat(client.take(topic, "name", 2)).containsExactly("b", "c");
        jms.send(topic, "e");
        assertThat(client.take(topic, "name", 2)).containsExactly("d", "e");
    }

    @Test
    void shouldComeBackOnTheSameConnection() throws JMSException {
        client.open(topic, "name").close();
        jms.send(topic, "a");

        assertThat(Jms.text(client.open(topic, "name"))).isEqualTo("a");
    }

    @Test
    void shouldKeepSubscriptionsOfOneClientApart() throws JMSException {
        MessageConsumer one = client.open(topic, "one");
        client.open(topic, "two");
        jms.send(topic, "a", "b");
        assertThat(Jms.texts(one, 2)).containsExactly("a", "b");
        client.leave();
        jms.send(topic, "c");

        assertThat(client.take(topic, "one", 1)).containsExactly("c");
        assertThat(client.take(topic, "two", 3)).containsExactly("a", "b", "c");
    }

    @Test
    void shouldKeepTheSameNameOfTwoClientsApart() throws JMSException {
        Subscriptions other = new Subscriptions(jms);
        client.create(topic, "name");
        jms.send(topic, "a");
        other.create(topic, "name");
        jms.send(topic, "b");

        assertThat(client.take(topic, "name", 2)).containsExactly("a", "b");
        assertThat(other.take(topic, "name", 1)).containsExactly("b");
    }

    @Test
    void shouldRefuseASubscriptionThatIsInUse() throws JMSException {
        MessageConsumer subscriber = client.open(topic, "name");

        assertThatThrownBy(() -> client.open(topic, "name"))
                .isInstanceOf(JMSException.class)
                .hasMessage(
                        "Durable consumer is in use for client: " + client.clientId() + " and subscriptionName: name");
        jms.send(topic, "a");
        assertThat(Jms.text(subscriber)).isEqualTo("a");
    }

    @Test
    void shouldTakeASubscriptionOverWhenTheSocketBroke() throws JMSException {
        client.open(topic, "name");
        client.cut();
        jms.send(topic, "a");

        assertThat(Jms.text(client.open(topic, "name"))).isEqualTo("a");
    }

    @Test
    void shouldForgetEverythingOnUnsubscribe() throws JMSException {
        client.create(topic, "name");
        jms.send(topic, "forgotten");
        client.session(Session.AUTO_ACKNOWLEDGE).unsubscribe("name");
        jms.send(topic, "nobody listens");
        MessageConsumer subscriber = client.open(topic, "name");
        jms.send(topic, "a");

        assertThat(Jms.text(subscriber)).isEqualTo("a");
    }

    @Test
    void shouldNotUnsubscribeWhileTheSubscriberIsThere() throws JMSException {
        MessageConsumer subscriber = client.open(topic, "name");
        Session session = client.session(Session.AUTO_ACKNOWLEDGE);

        assertThatThrownBy(() -> session.unsubscribe("name"))
                .isInstanceOf(JMSException.class)
                .hasMessage("Durable consumer is in use");
        jms.send(topic, "a");
        assertThat(Jms.text(subscriber)).isEqualTo("a");
        subscriber.close();
        session.unsubscribe("name");
    }

    @Test
    void shouldNotUnsubscribeWhatIsUnknown() throws JMSException {
        Session session = client.session(Session.AUTO_ACKNOWLEDGE);

        assertThatThrownBy(() -> session.unsubscribe("unknown"))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessage("No durable subscription exists for clientID: " + client.clientId()
                        + " and subscriptionName: unknown");
    }

    @Test
    void shouldNotUnsubscribeForAnotherClient() throws JMSException {
        client.create(topic, "name");
        Subscriptions other = new Subscriptions(jms);
        assertThatThrownBy(() -> other.session(Session.AUTO_ACKNOWLEDGE).unsubscribe("name"))
                .isInstanceOf(JMSException.class);
        jms.send(topic, "a");

        assertThat(client.take(topic, "name", 1)).containsExactly("a");
    }

    @Test
    void shouldServeManySubscriptions() throws JMSException {
        for (int i = 0; i < 50; i++) {
            client.open(topic, "name" + i);
        }
        client.leave();
        jms.send(topic, "a", "b");

        for (int i = 0; i < 50; i++) {
            assertThat(Jms.texts(client.open(topic, "name" + i), 2)).containsExactly("a", "b");
        }
    }

    @Test
    void shouldRefuseTemporaryTopics() throws JMSException {
        Session session = client.session(Session.AUTO_ACKNOWLEDGE);
        Topic temporary = session.createTemporaryTopic();

        assertThatThrownBy(() -> session.createDurableSubscriber(temporary, "name"))
                .isInstanceOf(JMSException.class);
    }
}
