package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Topic topic;

    @BeforeEach
    void name() {
        topic = jms.topic();
    }

    @Test
    void shouldDeliverToEverySubscriberInOrder() throws JMSException {
        List<MessageConsumer> subscribers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            subscribers.add(jms.session().createConsumer(topic));
        }
        jms.send(topic, Jms.numbered("m", 50));

        for (MessageConsumer subscriber : subscribers) {
            assertThat(Jms.texts(subscriber, 50)).containsExactly(Jms.numbered("m", 50));
            assertThat(subscriber.receiveNoWait()).isNull();
        }
    }

    @Test
    void shouldDeliverToEverySubscriberOfOneSession() throws JMSException {
        Session session = jms.session();
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        Jms.send(session, topic, "a");

        assertThat(Jms.text(one)).isEqualTo("a");
        assertThat(Jms.text(two)).isEqualTo("a");
    }

    @Test
    void shouldNotKeepMessagesForLateSubscribers() throws JMSException {
        jms.send(topic, "early");
        MessageConsumer late = jms.session().createConsumer(topic);
        jms.send(topic, "later");

        assertThat(Jms.text(late)).isEqualTo("later");
    }

    @Test
    void shouldNotKeepMessagesForASubscriberThatWasAway() throws JMSException {
        Session session = jms.session();
        session.createConsumer(topic).close();
        jms.send(topic, "missed");
        MessageConsumer back = session.createConsumer(topic);
        jms.send(topic, "heard");

        assertThat(Jms.text(back)).isEqualTo("heard");
    }

    @Test
    void shouldNotDeliverToItsOwnConnectionWhenNotWanted() throws JMSException {
        ActiveMQConnection connection = jms.connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer deaf = session.createConsumer(topic, null, true);
        MessageConsumer hearing = session.createConsumer(topic);
        Jms.send(session, topic, "own");
        jms.send(topic, "foreign");

        assertThat(Jms.text(deaf)).isEqualTo("foreign");
        assertThat(Jms.texts(hearing, 2)).containsExactly("own", "foreign");
    }

    @Test
    void shouldNotLetASlowSubscriberHinderOthers() throws JMSException {
        MessageConsumer slow = jms.session("jms.prefetchPolicy.all=5").createConsumer(topic);
        MessageConsumer quick = jms.session().createConsumer(topic);
        jms.send(topic, Jms.numbered("m", 300));

        assertThat(Jms.texts(quick, 300)).containsExactly(Jms.numbered("m", 300));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) slow).getMessageSize() == 5);
        assertThat(Jms.texts(slow, 300)).containsExactly(Jms.numbered("m", 300));
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void shouldKeepDeliveringBeyondThePrefetch(int mode) throws JMSException {
        MessageConsumer subscriber =
                jms.session(mode, "jms.prefetchPolicy.all=4").createConsumer(topic);
        jms.send(topic, Jms.numbered("m", 100));

        assertThat(Jms.texts(subscriber, 100)).containsExactly(Jms.numbered("m", 100));
    }

    @Test
    void shouldKeepDeliveringToASubscriberThatHasNotAcknowledged() throws JMSException {
        MessageConsumer subscriber = jms.session(Session.CLIENT_ACKNOWLEDGE, "jms.prefetchPolicy.all=4")
                .createConsumer(topic);
        jms.send(topic, Jms.numbered("m", 50));

        for (int i = 0; i < 49; i++) {
            assertThat(Jms.text(subscriber)).isEqualTo("m" + i);
        }
        Jms.receive(subscriber).acknowledge();
        jms.send(topic, "next");
        assertThat(Jms.text(subscriber)).isEqualTo("next");
    }

    @Test
    void shouldRecoverASubscribersSession() throws JMSException {
        Session session = jms.session(Session.CLIENT_ACKNOWLEDGE, Jms.QUICK_REDELIVERY);
        MessageConsumer subscriber = session.createConsumer(topic);
        jms.send(topic, "a", "b");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        session.recover();

        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldRollBackForASubscriber() throws JMSException {
        Session session = jms.transacted(Jms.QUICK_REDELIVERY);
        MessageConsumer subscriber = session.createConsumer(topic);
        jms.send(topic, "a", "b");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        session.rollback();
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        session.commit();
        jms.send(topic, "c");

        assertThat(Jms.text(subscriber)).isEqualTo("c");
    }

    @Test
    void shouldForgetASubscriberWhoseSocketBroke() throws JMSException {
        ActiveMQConnection connection = jms.connect();
        connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(topic);
        MessageConsumer staying = jms.session().createConsumer(topic);
        Wire.cut(connection);
        jms.send(topic, Jms.numbered("m", 20));

        assertThat(Jms.texts(staying, 20)).containsExactly(Jms.numbered("m", 20));
    }

    @Test
    void shouldKeepATopicAndAQueueOfTheSameNameApart() throws JMSException {
        Session session = jms.session();
        MessageConsumer ofQueue = session.createConsumer(session.createQueue(topic.getTopicName()));
        MessageConsumer ofTopic = session.createConsumer(topic);
        Jms.send(session, topic, "topic");
        Jms.send(session, session.createQueue(topic.getTopicName()), "queue");

        assertThat(Jms.text(ofQueue)).isEqualTo("queue");
        assertThat(Jms.text(ofTopic)).isEqualTo("topic");
    }
}
