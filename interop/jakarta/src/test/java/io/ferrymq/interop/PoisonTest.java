package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQSession;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way by which a client gives a message up. */
final class PoisonTest {
    private static final String ONCE_MORE = "jms.redeliveryPolicy.maximumRedeliveries=1";

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private DeadLetters dead;
    private ActiveMQConnection connection;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        dead = new DeadLetters(jms.session());
        connection = jms.connect(Jms.QUICK_REDELIVERY, ONCE_MORE);
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.CLIENT_ACKNOWLEDGE, ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE})
    void shouldMoveAsideWhatIsRecoveredTooOften(int mode) throws JMSException {
        jms.send(queue, "poison", "good");
        Session session = connection.createSession(false, mode);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            assertThat(Jms.text(consumer)).isEqualTo("poison");
            session.recover();
        }

        Message good = Jms.receive(consumer);
        assertThat(Jms.text(good)).isEqualTo("good");
        good.acknowledge();
        assertThat(Jms.text(dead.next(queue))).isEqualTo("poison");
        awaitEmpty();
    }

    @Test
    void shouldMoveEverythingRolledBackTogetherAsideInOrder() throws JMSException {
        jms.send(queue, "a", "b", "c", "d");
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            assertThat(Jms.texts(consumer, 3)).containsExactly("a", "b", "c");
            session.rollback();
        }

        assertThat(Jms.text(consumer)).isEqualTo("d");
        session.commit();
        for (String expected : new String[] {"a", "b", "c"}) {
            assertThat(Jms.text(dead.next(queue))).isEqualTo(expected);
        }
        awaitEmpty();
    }

    @Test
    void shouldSayWhyInTheDeadLetter() throws JMSException {
        jms.send(queue, "poison");
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            Jms.receive(consumer);
            session.rollback();
        }

        ActiveMQMessage letter = dead.next(queue);
        assertThat(letter.getStringProperty(DeadLetters.CAUSE))
                .startsWith("java.lang.Throwable: Delivery[2] exceeds redelivery policy limit:RedeliveryPolicy {")
                .contains("maximumRedeliveries = 1");
        assertThat(letter.getJMSDestination().toString()).isEqualTo("queue://ActiveMQ.DLQ");
        assertThat(letter.getOriginalDestination()).isEqualTo(queue);
        assertThat(letter.getJMSExpiration()).isZero();
    }

    @Test
    void shouldCountDeliveriesToEarlierConsumers() throws JMSException {
        jms.send(queue, "poison", "good");
        ActiveMQConnection first = jms.connect();
        MessageConsumer early =
                first.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        Jms.assertDelivery(early, "poison", 1);
        first.close();
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        Jms.assertDelivery(consumer, "poison", 2);
        session.rollback();

        assertThat(Jms.text(consumer)).isEqualTo("good");
        session.commit();
        assertThat(Jms.text(dead.next(queue))).isEqualTo("poison");
    }

    @Test
    void shouldMoveAsideOnlyWhatAListenerFailsOn() throws JMSException {
        jms.send(queue, "good", "poison", "better");
        connection
                .createSession(false, Session.AUTO_ACKNOWLEDGE)
                .createConsumer(queue)
                .setMessageListener(message -> {
                    if ("poison".equals(textOf(message))) {
                        throw new IllegalStateException("on purpose");
                    }
                });

        ActiveMQMessage letter = dead.next(queue);
        assertThat(Jms.text(letter)).isEqualTo("poison");
        connection.close();
        awaitEmpty();
    }

    @Test
    void shouldMoveAsideForAPuller() throws JMSException {
        jms.send(queue, "poison", "good");
        ActiveMQConnection pulling = jms.connect(Jms.QUICK_REDELIVERY, ONCE_MORE, "jms.prefetchPolicy.all=0");
        Session session = pulling.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            assertThat(Jms.text(consumer)).isEqualTo("poison");
            session.rollback();
        }

        assertThat(Jms.text(consumer)).isEqualTo("good");
        session.commit();
        assertThat(Jms.text(dead.next(queue))).isEqualTo("poison");
    }

    @Test
    void shouldMoveAsideWhatAGlobalTransactionRollsBack() throws JMSException, XAException {
        jms.send(queue, "poison", "good");
        Xa xa = Xa.connect(jms, Jms.QUICK_REDELIVERY, ONCE_MORE);
        MessageConsumer consumer = xa.session().createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            Xid xid = xa.begin();
            assertThat(Jms.text(consumer)).isEqualTo("poison");
            xa.endAndPrepare(xid);
            xa.rollback(xid);
        }

        assertThat(Jms.text(dead.next(queue))).isEqualTo("poison");
        Xid xid = xa.begin();
        assertThat(Jms.text(consumer)).isEqualTo("good");
        xa.endAndPrepare(xid);
        xa.commit(xid);
    }

    /** What is dead may be consumed, and given up, like any other message; then it stays. */
    @Test
    void shouldReadADeadLetterLikeAnyOther() throws JMSException {
        jms.send(queue, "poison");
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 2; i++) {
            Jms.receive(consumer);
            session.rollback();
        }

        ActiveMQMessage letter = dead.next(queue);
        assertThat(letter.getJMSRedelivered()).isFalse();
        assertThat(Jms.deliveryCount(letter)).isEqualTo(1);
    }

    /** A message is dead before it is gone. */
    private void awaitEmpty() {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).isEmpty());
    }

    private static String textOf(Message message) {
        try {
            return Jms.text(message);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}
