package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A global transaction belongs to the broker: sessions and connections come to it and leave it. */
final class XaAssociationTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private Xa xa;
    private Xa other;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        xa = Xa.connect(jms, Jms.QUICK_REDELIVERY);
        other = Xa.connect(jms, Jms.QUICK_REDELIVERY);
    }

    @Test
    void shouldResumeASuspendedTransaction() throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "a");
        xa.resource().end(xid, XAResource.TMSUSPEND);
        assertThat(jms.browse(queue)).isEmpty();
        xa.start(xid, XAResource.TMRESUME);
        Jms.send(xa.session(), queue, "b");
        xa.endAndPrepare(xid);
        xa.commit(xid);

        assertThat(jms.browse(queue)).containsExactly("a", "b");
    }

    @Test
    void shouldWorkForAnotherTransactionWhileOneIsSuspended() throws JMSException, XAException {
        Xid suspended = xa.begin();
        Jms.send(xa.session(), queue, "a");
        xa.resource().end(suspended, XAResource.TMSUSPEND);
        Xid between = xa.begin();
        Jms.send(xa.session(), queue, "b");
        xa.endAndPrepare(between);
        xa.commit(between);
        assertThat(jms.browse(queue)).containsExactly("b");
        xa.start(suspended, XAResource.TMRESUME);
        Jms.send(xa.session(), queue, "c");
        xa.endAndPrepare(suspended);
        xa.rollback(suspended);

        assertThat(jms.browse(queue)).containsExactly("b");
    }

    @Test
    void shouldLetAnotherSessionJoin() throws JMSException, XAException {
        Xa second = Xa.on(xa.connection());
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "a");
        xa.end(xid);
        second.start(xid, XAResource.TMJOIN);
        Jms.send(second.session(), queue, "b");
        second.endAndPrepare(xid);
        assertThat(jms.browse(queue)).isEmpty();
        second.commit(xid);

        assertThat(jms.browse(queue)).containsExactly("a", "b");
    }

    @Test
    void shouldLetAnotherConnectionJoin() throws JMSException, XAException {
        jms.send(queue, "request");
        Queue out = jms.queue();
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(queue))).isEqualTo("request");
        Jms.send(xa.session(), out, "a");
        xa.end(xid);
        other.start(xid, XAResource.TMJOIN);
        Jms.send(other.session(), out, "b");
        other.endAndPrepare(xid);
        assertThat(jms.browse(out)).isEmpty();
        other.commit(xid);
        xa.connection().close();

        assertThat(jms.browse(out)).containsExactly("a", "b");
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldKnowConnectionsToTheSameBroker() throws XAException {
        assertThat(xa.resource().isSameRM(other.resource())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCommitFromAnotherConnection(boolean onePhase) throws JMSException, XAException {
        jms.send(queue, "request", "next");
        Queue out = jms.queue();
        Xid xid = work(out);
        if (!onePhase) {
            xa.prepare(xid);
        }
        other.resource().commit(xid, onePhase);
        xa.connection().close();

        assertThat(jms.browse(out)).containsExactly("reply");
        assertThat(jms.browse(queue)).containsExactly("next");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRollBackFromAnotherConnection(boolean prepared) throws JMSException, XAException {
        jms.send(queue, "request", "next");
        Queue out = jms.queue();
        Xid xid = work(out);
        if (prepared) {
            xa.prepare(xid);
        }
        other.rollback(xid);
        xa.connection().close();

        assertThat(jms.browse(out)).isEmpty();
        assertThat(jms.browse(queue)).containsExactly("request", "next");
    }

    @Test
    void shouldNotPrepareFromAConnectionThatDidNotWorkForIt() throws JMSException, XAException {
        jms.send(queue, "request");
        Xid xid = work(jms.queue());

        Xa.assertRefused(XAException.XAER_RMFAIL, () -> other.resource().prepare(xid));
        xa.prepare(xid);
        xa.rollback(xid);
    }

    @Test
    void shouldWorkOnWhenAnotherConnectionRolledBack() throws JMSException, XAException {
        jms.send(queue, "a", "b");
        MessageConsumer consumer = xa.session().createConsumer(queue);
        Xid xid = xa.begin();
        Jms.assertDelivery(consumer, "a", 1);
        xa.endAndPrepare(xid);
        other.rollback(xid);

        Xid next = xa.begin();
        Jms.assertDelivery(consumer, "a", 2);
        Jms.assertDelivery(consumer, "b", 1);
        xa.endAndPrepare(next);
        xa.commit(next);
        xa.connection().close();
        assertThat(jms.browse(queue)).isEmpty();
    }

    /** Takes a message and answers it, up to the end of the work. */
    private Xid work(Queue out) throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.receive(xa.session().createConsumer(queue));
        Jms.send(xa.session(), out, "reply");
        xa.end(xid);
        return xid;
    }
}
