package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.ActiveMQSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Acknowledgement, redelivery and counters of durable subscriptions. */
final class DurableDeliveryTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Topic topic;
    private Subscriptions client;

    @BeforeEach
    void open() throws JMSException {
        topic = jms.topic();
        client = new Subscriptions(jms, Jms.QUICK_REDELIVERY);
        client.create(topic, "name");
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void shouldConsumeWhatTheSessionAcknowledges(int mode) throws JMSException {
        jms.send(topic, "a", "b", "c");
        assertThat(Jms.texts(client.session(mode).createDurableSubscriber(topic, "name"), 2))
                .containsExactly("a", "b");
        client.leave();

        assertThat(client.take(topic, "name", 1)).containsExactly("c");
    }

    @Test
    void shouldConsumeUpToTheAcknowledgedMessage() throws JMSException {
        jms.send(topic, "a", "b", "c", "d");
        MessageConsumer subscriber = client.session(Session.CLIENT_ACKNOWLEDGE).createDurableSubscriber(topic, "name");
        Jms.receive(subscriber);
        Jms.receive(subscriber).acknowledge();
        Jms.receive(subscriber);
        client.leave();

        assertThat(client.take(topic, "name", 2)).containsExactly("c", "d");
    }

    @Test
    void shouldConsumeMessagesOneByOne() throws JMSException {
        jms.send(topic, "a", "b", "c", "d");
        MessageConsumer subscriber =
                client.session(ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE).createDurableSubscriber(topic, "name");
        Jms.receive(subscriber);
        Message second = Jms.receive(subscriber);
        Jms.receive(subscriber);
        Message fourth = Jms.receive(subscriber);
        fourth.acknowledge();
        second.acknowledge();
        client.leave();

        assertThat(client.take(topic, "name", 2)).containsExactly("a", "c");
    }

    @Test
    void shouldConsumeOnCommit() throws JMSException {
        jms.send(topic, "a", "b", "c");
        Session session = client.session(Session.SESSION_TRANSACTED);
        MessageConsumer subscriber = session.createDurableSubscriber(topic, "name");
        Jms.receive(subscriber);
        session.commit();
        Jms.receive(subscriber);
        client.leave();

        assertThat(client.take(topic, "name", 2)).containsExactly("b", "c");
    }

    @Test
    void shouldRedeliverInOrderAfterRollback() throws JMSException {
        jms.send(topic, "a", "b", "c");
        Session session = client.session(Session.SESSION_TRANSACTED);
        MessageConsumer subscriber = session.createDurableSubscriber(topic, "name");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        session.rollback();

        Jms.assertDelivery(subscriber, "a", 2);
        Jms.assertDelivery(subscriber, "b", 2);
        Jms.assertDelivery(subscriber, "c", 1);
        session.commit();
        client.leave();
        jms.send(topic, "d");
        assertThat(client.take(topic, "name", 1)).containsExactly("d");
    }

    @Test
    void shouldRedeliverInOrderAfterRecover() throws JMSException {
        jms.send(topic, "a", "b", "c");
        Session session = client.session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer subscriber = session.createDurableSubscriber(topic, "name");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        session.recover();

        Jms.assertDelivery(subscriber, "a", 2);
        Jms.assertDelivery(subscriber, "b", 2).acknowledge();
        Jms.assertDelivery(subscriber, "c", 1);
    }

    @Test
    void shouldCountWhatWasDeliveredWhenTheSubscriberLeaves() throws JMSException {
        jms.send(topic, "a", "b", "c");
        MessageConsumer subscriber = client.session(Session.CLIENT_ACKNOWLEDGE).createDurableSubscriber(topic, "name");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        subscriber.close();

        MessageConsumer next = client.open(topic, "name");
        Jms.assertDelivery(next, "a", 2);
        Jms.assertDelivery(next, "b", 2);
        Jms.assertDelivery(next, "c", 1);
    }

    @Test
    void shouldCountEverythingDispatchedWhenTheSocketBreaks() throws JMSException {
        jms.send(topic, "a", "b", "c");
        MessageConsumer subscriber = client.session(Session.CLIENT_ACKNOWLEDGE).createDurableSubscriber(topic, "name");
        assertThat(Jms.text(subscriber)).isEqualTo("a");
        awaitPrefetched(subscriber, 2);
        client.cut();

        MessageConsumer next = client.open(topic, "name");
        Jms.assertDelivery(next, "a", 2);
        Jms.assertDelivery(next, "b", 2);
        Jms.assertDelivery(next, "c", 2);
    }

    @Test
    void shouldNotCountWhatWasOnlyPrefetched() throws JMSException {
        jms.send(topic, "a", "b");
        awaitPrefetched(client.open(topic, "name"), 2);
        client.leave();

        Jms.assertDelivery(client.open(topic, "name"), "a", 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void shouldDeliverTheBacklogInOrderWithASmallPrefetch(int prefetch) throws JMSException {
        Subscriptions narrow = new Subscriptions(jms, "jms.prefetchPolicy.all=" + prefetch);
        narrow.create(topic, "name");
        jms.send(topic, Jms.numbered("m", 40));
        MessageConsumer subscriber = narrow.open(topic, "name");
        assertThat(Jms.texts(subscriber, 40)).containsExactly(Jms.numbered("m", 40));
        jms.send(topic, "next");

        assertThat(Jms.text(subscriber)).isEqualTo("next");
    }

    @Test
    void shouldKeepDeliveringBeyondThePrefetchToWhoHasNotAcknowledged() throws JMSException {
        Subscriptions narrow = new Subscriptions(jms, "jms.prefetchPolicy.all=2");
        narrow.create(topic, "name");
        jms.send(topic, Jms.numbered("m", 20));
        assertThat(Jms.texts(narrow.session(Session.CLIENT_ACKNOWLEDGE).createDurableSubscriber(topic, "name"), 20))
                .containsExactly(Jms.numbered("m", 20));
        narrow.leave();

        assertThat(narrow.take(topic, "name", 20)).containsExactly(Jms.numbered("m", 20));
    }

    @Test
    void shouldKeepTransientMessagesWhileTheSubscriberIsAway() throws JMSException {
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(session.createTextMessage("transient"));
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        producer.send(session.createTextMessage("persistent"));

        assertThat(client.take(topic, "name", 2)).containsExactlyInAnyOrder("transient", "persistent");
    }

    @Test
    void shouldNotDeliverWhatExpiredWhileTheSubscriberWasAway() throws JMSException {
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        producer.setTimeToLive(50);
        Message mortal = session.createTextMessage("mortal");
        producer.send(mortal);
        producer.setTimeToLive(0);
        producer.send(session.createTextMessage("immortal"));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> System.currentTimeMillis() > mortal.getJMSExpiration());

        assertThat(client.take(topic, "name", 1)).containsExactly("immortal");
    }

    @Test
    void shouldMoveAsideForOneSubscriptionOnly() throws JMSException {
        Subscriptions poisoned =
                new Subscriptions(jms, Jms.QUICK_REDELIVERY, "jms.redeliveryPolicy.maximumRedeliveries=1");
        poisoned.create(topic, "name");
        jms.send(topic, "poison", "good");
        Session session = poisoned.session(Session.SESSION_TRANSACTED);
        MessageConsumer subscriber = session.createDurableSubscriber(topic, "name");
        for (int i = 0; i < 2; i++) {
            assertThat(Jms.text(subscriber)).isEqualTo("poison");
            session.rollback();
        }
        assertThat(Jms.text(subscriber)).isEqualTo("good");
        session.commit();
        poisoned.leave();

        Message letter = new DeadLetters(jms.session()).next(topic);
        assertThat(Jms.text(letter)).isEqualTo("poison");
        assertThat(letter.getStringProperty(DeadLetters.CAUSE)).contains("redelivery policy limit");
        jms.send(topic, "next");
        assertThat(poisoned.take(topic, "name", 1)).containsExactly("next");
        assertThat(client.take(topic, "name", 3)).containsExactly("poison", "good", "next");
    }

    private static void awaitPrefetched(MessageConsumer consumer, int count) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == count);
    }
}
