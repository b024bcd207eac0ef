package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQXAConnection;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Global transactions, as a transaction manager drives them. */
final class XaTest {
    private static final AtomicInteger BRANCHES = new AtomicInteger();

    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private final List<ActiveMQXAConnection> connections = new ArrayList<>();

    @AfterEach
    void closeConnections() throws JMSException {
        for (ActiveMQXAConnection connection : connections) {
            connection.close();
        }
    }

    @Test
    void shouldConsumeAndSendInTwoPhases() throws JMSException, XAException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        jms.send(in, "a", "b");
        XASession session = session();
        Xid xid = work(session, in, out);

        assertThat(session.getXAResource().prepare(xid)).isEqualTo(XAResource.XA_OK);
        assertThat(jms.browse(out)).isEmpty();
        session.getXAResource().commit(xid, false);

        assertThat(jms.browse(out)).containsExactly("answer to a");
        assertThat(jms.browse(in)).containsExactly("b");
    }

    @Test
    void shouldCommitInOnePhaseFromAnotherConnection() throws JMSException, XAException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        jms.send(in, "a");
        Xid xid = work(session(), in, out);

        session().getXAResource().commit(xid, true);

        assertThat(jms.browse(out)).containsExactly("answer to a");
        assertThat(jms.browse(in)).isEmpty();
    }

    @Test
    void shouldGiveBackWhatIsRolledBack() throws JMSException, XAException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        jms.send(in, "a");
        XASession session = session();
        Xid xid = work(session, in, out);
        session.getXAResource().prepare(xid);
        close();

        session().getXAResource().rollback(xid);

        assertThat(jms.browse(out)).isEmpty();
        Message again = Jms.receive(jms.session().createConsumer(in));
        assertThat(Jms.text(again)).isEqualTo("a");
        assertThat(again.getJMSRedelivered()).isTrue();
    }

    @Test
    void shouldRecoverPreparedTransactionsAfterARestart() throws JMSException, XAException {
        Queue in = jms.queue();
        Queue other = new ActiveMQQueue("remember." + jms.name()); // Classic forgets else that it was delivered
        Queue out = jms.queue();
        jms.send(in, "a");
        jms.send(other, "b");
        XASession first = session();
        Xid committed = work(first, in, out);
        first.getXAResource().prepare(committed);
        XASession second = session();
        Xid rolledBack = work(second, other, out);
        second.getXAResource().prepare(rolledBack);
        XASession third = session();
        start(third);
        Jms.send(third, out, "never prepared");
        close();
        jms.broker().stop();
        jms.broker().start();

        XAResource manager = session().getXAResource();
        Xid[] found = manager.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN);
        assertThat(found).extracting(XaTest::text).containsExactlyInAnyOrder(text(committed), text(rolledBack));
        assertThat(jms.browse(out)).isEmpty();
        manager.commit(committed, false);
        manager.rollback(rolledBack);

        assertThat(manager.recover(XAResource.TMSTARTRSCAN)).isEmpty();
        assertThat(jms.browse(out)).containsExactly("answer to a");
        assertThat(jms.browse(in)).isEmpty();
        Message again = Jms.receive(jms.session().createConsumer(other));
        assertThat(Jms.text(again)).isEqualTo("b");
        assertThat(again.getJMSRedelivered()).isTrue();
    }

    @Test
    void shouldRollBackWhatALostConnectionDidNotPrepare() throws JMSException, XAException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        jms.send(in, "a");
        Xid xid = work(session(), in, out);
        close();

        assertThat(Jms.text(jms.session().createConsumer(in))).isEqualTo("a");
        assertThat(jms.browse(out)).isEmpty();
        assertThat(failure(() -> session().getXAResource().commit(xid, false))).isEqualTo(XAException.XAER_NOTA);
    }

    @Test
    void shouldSayThatThereWasNothingToDo() throws JMSException, XAException {
        XASession session = session();
        Xid xid = start(session);
        session.getXAResource().end(xid, XAResource.TMSUCCESS);

        assertThat(session.getXAResource().prepare(xid)).isEqualTo(XAResource.XA_RDONLY);
        assertThat(session.getXAResource().recover(XAResource.TMSTARTRSCAN)).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrong() throws JMSException, XAException {
        XASession session = session();
        XAResource resource = session.getXAResource();
        Xid unknown = xid();
        assertThat(failure(() -> resource.commit(unknown, false))).isEqualTo(XAException.XAER_NOTA);
        assertThat(failure(() -> resource.rollback(unknown))).isEqualTo(XAException.XAER_NOTA);
        assertThat(failure(() -> resource.forget(unknown))).isEqualTo(XAException.XAER_NOTA);
        assertThatThrownBy(() -> resource.prepare(unknown))
                .isInstanceOf(XAException.class)
                .hasMessageContaining("had not been started");

        Xid xid = start(session);
        Jms.send(session, jms.queue(), "a");
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(failure(() -> resource.commit(xid, false))).isEqualTo(XAException.XAER_PROTO);
        resource.rollback(xid);
    }

    /** A transaction that takes a message and sends one. */
    private Xid work(XASession session, Queue in, Queue out) throws JMSException, XAException {
        Xid xid = start(session);
        MessageConsumer consumer = session.createConsumer(in);
        Jms.send(session, out, "answer to " + Jms.text(consumer));
        session.getXAResource().end(xid, XAResource.TMSUCCESS);
        return xid;
    }

    private static Xid start(XASession session) throws XAException {
        Xid xid = xid();
        session.getXAResource().start(xid, XAResource.TMNOFLAGS);
        return xid;
    }

    /** On a connection of its own. */
    private XASession session() throws JMSException {
        ActiveMQXAConnectionFactory factory =
                new ActiveMQXAConnectionFactory(jms.broker().uri());
        ActiveMQXAConnection connection = (ActiveMQXAConnection) factory.createXAConnection();
        connections.add(connection);
        connection.start();
        return connection.createXASession();
    }

    private void close() throws JMSException {
        closeConnections();
        connections.clear();
    }

    private interface Step {
        void run() throws XAException, JMSException;
    }

    private static int failure(Step step) {
        return catchThrowableOfType(XAException.class, step::run).errorCode;
    }

    private static String text(Xid xid) {
        return xid.getFormatId() + ":" + new String(xid.getGlobalTransactionId(), StandardCharsets.US_ASCII) + ":"
                + new String(xid.getBranchQualifier(), StandardCharsets.US_ASCII);
    }

    private static Xid xid() {
        byte[] global = ("global-" + System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
        byte[] branch = ("branch-" + BRANCHES.incrementAndGet()).getBytes(StandardCharsets.US_ASCII);
        return new Xid() {
            @Override
            public int getFormatId() {
                return 7;
            }

            @Override
            public byte[] getGlobalTransactionId() {
                return global;
            }

            @Override
            public byte[] getBranchQualifier() {
                return branch;
            }
        };
    }
}
