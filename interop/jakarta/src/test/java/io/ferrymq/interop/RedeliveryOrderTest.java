package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.ActiveMQSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order and counters of redeliveries, with several consumers, small windows and each mode. */
final class RedeliveryOrderTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;

    @BeforeEach
    void name() {
        queue = jms.queue();
    }

    @Test
    void shouldKeepOrderWhenConsumersLeaveOneAfterAnother() throws JMSException {
        jms.send(queue, Jms.numbered("m", 8));
        ActiveMQConnection one = jms.connect("jms.prefetchPolicy.all=2");
        prefetched(one, 2);
        ActiveMQConnection two = jms.connect("jms.prefetchPolicy.all=3");
        prefetched(two, 3);
        one.close();
        two.close();

        assertThat(Jms.texts(jms.session().createConsumer(queue), 8)).containsExactly(Jms.numbered("m", 8));
    }

    @Test
    void shouldGiveEverybodysRestToTheOneWhoStays() throws JMSException {
        ActiveMQConnection one = jms.connect("jms.prefetchPolicy.all=5");
        ActiveMQConnection two = jms.connect("jms.prefetchPolicy.all=5");
        jms.send(queue, Jms.numbered("m", 10));
        prefetched(one, 5);
        prefetched(two, 5);
        MessageConsumer staying = jms.session().createConsumer(queue);
        one.close();
        assertThat(Jms.texts(staying, 5)).containsExactly("m0", "m1", "m2", "m3", "m4");
        two.close();
        assertThat(Jms.texts(staying, 5)).containsExactly("m5", "m6", "m7", "m8", "m9");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void shouldKeepOrderOverRollbacksWithASmallPrefetch(int prefetch) throws JMSException {
        jms.send(queue, Jms.numbered("m", 6));
        Session session = jms.transacted(Jms.QUICK_REDELIVERY, "jms.prefetchPolicy.all=" + prefetch);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int count = 1; count <= 4; count++) {
            for (int i = 0; i < 4; i++) {
                Jms.assertDelivery(consumer, "m" + i, count);
            }
            session.rollback();
        }

        assertThat(Jms.texts(consumer, 4)).containsExactly(Jms.numbered("m", 4));
        session.commit();
        assertThat(Jms.texts(consumer, 2)).containsExactly("m4", "m5");
        session.commit();
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldRollBackForEveryConsumerOfTheSession() throws JMSException {
        Queue other = jms.queue();
        jms.send(queue, "a", "b");
        jms.send(other, "c", "d");
        Session session = jms.transacted(Jms.QUICK_REDELIVERY);
        MessageConsumer one = session.createConsumer(queue);
        MessageConsumer two = session.createConsumer(other);
        Jms.assertDelivery(one, "a", 1);
        Jms.assertDelivery(two, "c", 1);
        session.rollback();

        Jms.assertDelivery(one, "a", 2);
        Jms.assertDelivery(two, "c", 2);
        Jms.assertDelivery(one, "b", 1);
        session.commit();
        assertThat(jms.browse(queue)).isEmpty();
    }

    /** The broker is not told how often the client tried. */
    @Test
    void shouldCountTheRollbacksOfAClosedSessionOnce() throws JMSException {
        jms.send(queue, "a");
        ActiveMQConnection connection = jms.connect(Jms.QUICK_REDELIVERY);
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int count = 1; count <= 3; count++) {
            Jms.assertDelivery(consumer, "a", count);
            session.rollback();
        }
        connection.close();

        Message next = Jms.receive(jms.session().createConsumer(queue));
        assertThat(next.getJMSRedelivered()).isTrue();
        assertThat(Jms.deliveryCount(next)).isEqualTo(2);
    }

    @Test
    void shouldRecoverOnlyWhatIsNotAcknowledgedOneByOne() throws JMSException {
        jms.send(queue, "a", "b", "c", "d");
        ActiveMQConnection connection = jms.connect(Jms.QUICK_REDELIVERY);
        Session session = connection.createSession(false, ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);
        Jms.receive(consumer);
        Jms.receive(consumer).acknowledge();
        Jms.receive(consumer);
        session.recover();

        Jms.assertDelivery(consumer, "a", 2).acknowledge();
        Jms.assertDelivery(consumer, "c", 2);
        Jms.assertDelivery(consumer, "d", 1);
        connection.close();
        assertThat(jms.browse(queue)).containsExactly("c", "d");
    }

    @Test
    void shouldRecoverInsideAListener() throws JMSException {
        List<String> heard = new CopyOnWriteArrayList<>();
        jms.send(queue, "a", "b", "c");
        ActiveMQConnection connection = jms.connect(Jms.QUICK_REDELIVERY);
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        session.createConsumer(queue).setMessageListener(message -> listen(session, message, heard));

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThat(heard).containsExactly("a1", "b1", "b2", "c1"));
        connection.close();
        assertThat(jms.browse(queue)).isEmpty();
    }

    private static void listen(Session session, Message message, List<String> heard) {
        try {
            heard.add(Jms.text(message) + Jms.deliveryCount(message));
            if (heard.size() == 2) {
                session.recover();
            } else {
                message.acknowledge();
            }
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldRollBackInsideAListener() throws JMSException {
        List<String> heard = new CopyOnWriteArrayList<>();
        jms.send(queue, "a", "b", "c");
        ActiveMQConnection connection = jms.connect(Jms.QUICK_REDELIVERY);
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        session.createConsumer(queue).setMessageListener(message -> {
            try {
                heard.add(Jms.text(message) + Jms.deliveryCount(message));
                if (heard.size() == 2) {
                    session.rollback();
                } else {
                    session.commit();
                }
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThat(heard).containsExactly("a1", "b1", "b2", "c1"));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).isEmpty());
    }

    @Test
    void shouldDeliverOthersWhileARedeliveryWaits() throws JMSException {
        jms.send(queue, "a", "b", "c");
        Session session =
                jms.transacted("jms.nonBlockingRedelivery=true", "jms.redeliveryPolicy.initialRedeliveryDelay=300");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo("a");
        session.rollback();

        assertThat(Jms.texts(consumer, 3)).containsExactlyInAnyOrder("a", "b", "c");
        session.commit();
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldRedeliverWhatWasAcknowledgedTooLateToBeSent() throws JMSException {
        jms.send(queue, Jms.numbered("m", 20));
        ActiveMQConnection connection = jms.connect("jms.optimizeAcknowledge=true", "jms.prefetchPolicy.all=20");
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.texts(consumer, 3)).containsExactly("m0", "m1", "m2");
        Wire.cut(connection);

        MessageConsumer next = jms.session().createConsumer(queue);
        Jms.assertDelivery(next, "m0", 2);
        assertThat(Jms.texts(next, 19)).hasSize(19);
    }

    @Test
    void shouldAcknowledgeInTimeWhenTheWindowDoesNotFill() throws JMSException {
        jms.send(queue, Jms.numbered("m", 20));
        ActiveMQConnection connection = jms.connect(
                "jms.optimizeAcknowledge=true",
                "jms.optimizedAckScheduledAckInterval=100",
                "jms.prefetchPolicy.all=20");
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.texts(consumer, 3)).containsExactly("m0", "m1", "m2");

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).size() == 17);
    }

    @Test
    void shouldGiveBackWhatAPullerDidNotAcknowledge() throws JMSException {
        jms.send(queue, "a", "b", "c");
        ActiveMQConnection connection = jms.connect("jms.prefetchPolicy.all=0");
        MessageConsumer puller =
                connection.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        Jms.receive(puller).acknowledge();
        Jms.assertDelivery(puller, "b", 1);
        jms.lose(connection);

        MessageConsumer next = jms.session("jms.prefetchPolicy.all=0").createConsumer(queue);
        Jms.assertDelivery(next, "b", 2);
        Jms.assertDelivery(next, "c", 1);
        assertThat(next.receiveNoWait()).isNull();
    }

    private void prefetched(ActiveMQConnection connection, int count) throws JMSException {
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == count);
    }
}
