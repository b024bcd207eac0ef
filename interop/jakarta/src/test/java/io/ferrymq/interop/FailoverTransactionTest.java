package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.time.Duration;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that are open when the connection breaks. */
final class FailoverTransactionTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Queue in;
    private Queue out;

    @BeforeEach
    void name() {
        in = jms.queue();
        out = jms.queue();
    }

    @Test
    void shouldRollBackSendsOfBothSidesOfABreak() throws JMSException {
        ActiveMQConnection connection = jms.failover();
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Jms.send(session, out, "before");
        Wire.cut(connection);
        Jms.send(session, out, "after");
        session.rollback();
        Jms.send(session, out, "committed");
        session.commit();

        assertThat(jms.browse(out)).containsExactly("committed");
    }

    @Test
    void shouldCommitSendsThatSpanACrash() throws JMSException {
        Session session = jms.failover().createSession(true, Session.SESSION_TRANSACTED);
        MessageProducer producer = session.createProducer(out);
        producer.send(session.createTextMessage("a"));
        jms.broker().crash();
        producer.send(session.createTextMessage("b"));
        session.commit();

        assertThat(jms.browse(out)).containsExactly("a", "b");
    }

    @Test
    void shouldCommitSendsOfSeveralSessionsThatSpanABreak() throws JMSException {
        ActiveMQConnection connection = jms.failover();
        Session one = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session two = connection.createSession(true, Session.SESSION_TRANSACTED);
        Jms.send(one, in, "a");
        Jms.send(two, out, "b");
        Wire.cut(connection);
        Jms.send(one, in, "c");
        Jms.send(two, out, "d");
        one.commit();
        two.rollback();

        assertThat(jms.browse(in)).containsExactly("a", "c");
        assertThat(jms.browse(out)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void shouldCopyEveryMessageOnceWhenTheSocketKeepsBreaking(int prefetch) throws JMSException {
        jms.send(in, Jms.numbered("m", 20));
        ActiveMQConnection connection = jms.failover(Jms.QUICK_REDELIVERY, "jms.prefetchPolicy.all=" + prefetch);
        copyAll(connection, turn -> Wire.cutAndReconnect(connection));

        assertThat(jms.browse(out)).containsExactlyInAnyOrder(Jms.numbered("m", 20));
        assertThat(jms.browse(in)).isEmpty();
    }

    @Test
    void shouldCopyEveryMessageOnceOverACrash() throws JMSException {
        jms.send(in, Jms.numbered("m", 20));
        copyAll(jms.failover(Jms.QUICK_REDELIVERY), turn -> {
            if (turn < 5) {
                jms.broker().crash();
            }
        });

        assertThat(jms.browse(out)).containsExactlyInAnyOrder(Jms.numbered("m", 20));
        assertThat(jms.browse(in)).isEmpty();
    }

    /** Moves everything from one queue to the other, with a disturbance in every fifth transaction. */
    private void copyAll(ActiveMQConnection connection, Disturbance disturbance) throws JMSException {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(in);
        MessageProducer producer = session.createProducer(out);
        int turn = 0;
        for (int committed = 0; committed < 20; turn++) {
            Message message = Jms.receive(consumer);
            producer.send(session.createTextMessage(Jms.text(message)));
            if (turn % 5 == 2) {
                disturbance.in(turn);
            }
            committed += commit(session) ? 1 : 0;
        }
        connection.close();
    }

    private static boolean commit(Session session) throws JMSException {
        try {
            session.commit();
            return true;
        } catch (TransactionRolledBackException e) {
            return false;
        }
    }

    @Test
    void shouldRedeliverWhatWasReceivedInARolledBackTransaction() throws JMSException {
        jms.send(in, "a", "b");
        ActiveMQConnection connection = jms.failover(Jms.QUICK_REDELIVERY);
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(in);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        Wire.cutAndReconnect(connection);
        session.rollback();

        Message first = Jms.receive(consumer);
        assertThat(Jms.text(first)).isEqualTo("a");
        assertThat(first.getJMSRedelivered()).isTrue();
        assertThat(Jms.text(consumer)).isEqualTo("b");
        session.commit();
        assertThat(jms.browse(in)).isEmpty();
    }

    @Test
    void shouldCommitAGlobalTransactionPreparedBeforeABreak() throws JMSException, XAException {
        Xa xa = failoverXa();
        Xid xid = xa.begin();
        Jms.send(xa.session(), out, "a");
        xa.endAndPrepare(xid);
        Wire.cut(xa.connection());
        xa.commit(xid);

        assertThat(jms.browse(out)).containsExactly("a");
    }

    @Test
    void shouldCommitAGlobalTransactionPreparedBeforeACrash() throws JMSException, XAException {
        jms.send(in, "request");
        Xa xa = failoverXa();
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(in))).isEqualTo("request");
        Jms.send(xa.session(), out, "reply");
        xa.endAndPrepare(xid);
        jms.broker().crash();
        assertThat(xa.recover()).containsExactly(Xa.name(xid));
        xa.commit(xid);

        assertThat(jms.browse(out)).containsExactly("reply");
        assertThat(jms.browse(in)).isEmpty();
    }

    @Test
    void shouldCommitAGlobalTransactionThatSpansABreak() throws JMSException, XAException {
        Xa xa = failoverXa();
        Xid xid = xa.begin();
        Jms.send(xa.session(), out, "a");
        Wire.cut(xa.connection());
        Jms.send(xa.session(), out, "b");
        xa.endAndPrepare(xid);
        xa.commit(xid);

        assertThat(jms.browse(out)).containsExactly("a", "b");
    }

    @Test
    void shouldRollBackAGlobalTransactionThatSpansABreak() throws JMSException, XAException {
        Xa xa = failoverXa();
        Xid xid = xa.begin();
        Jms.send(xa.session(), out, "a");
        Wire.cut(xa.connection());
        Jms.send(xa.session(), out, "b");
        xa.end(xid);
        xa.rollback(xid);

        assertThat(jms.browse(out)).isEmpty();
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThat(xa.recover()).isEmpty());
    }

    private Xa failoverXa() throws JMSException {
        return Xa.on(jms.connect(new ActiveMQXAConnectionFactory(jms.failoverUri())));
    }

    /** What happens in the middle of a transaction. */
    private interface Disturbance {
        void in(int turn);
    }
}
