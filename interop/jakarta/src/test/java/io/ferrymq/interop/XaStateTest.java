package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.TransactionInProgressException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a transaction manager is told when it asks for the wrong thing. */
final class XaStateTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private Xa xa;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        xa = Xa.connect(jms);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotCommitAnUnknownTransaction(boolean onePhase) {
        Xa.assertRefused(XAException.XAER_NOTA, () -> xa.resource().commit(Xa.xid(), onePhase));
    }

    @Test
    void shouldNotRollBackAnUnknownTransaction() {
        Xa.assertRefused(XAException.XAER_NOTA, () -> xa.rollback(Xa.xid()));
    }

    @Test
    void shouldNotForgetAnUnknownTransaction() {
        Xa.assertRefused(XAException.XAER_NOTA, () -> xa.resource().forget(Xa.xid()));
    }

    @Test
    void shouldNotPrepareAnUnknownTransaction() {
        Xid xid = Xa.xid();

        assertThatThrownBy(() -> xa.resource().prepare(xid))
                .isInstanceOf(XAException.class)
                .hasMessageStartingWith(
                        "Cannot prepare a transaction that had not been started or previously returned XA_RDONLY: XID:[7,");
        Xa.assertRefused(XAException.XAER_RMFAIL, () -> xa.resource().prepare(xid));
    }

    @Test
    void shouldSayWhichTransactionIsUnknown() {
        assertThatThrownBy(() -> xa.rollback(new Xa.Branch("unknown", "branch")))
                .hasMessage("Transaction 'XID:[7,globalId=756e6b6e6f776e,branchId=6272616e6368]' has not been started."
                        + " xaErrorCode:-4");
    }

    @Test
    void shouldNotCommitInTwoPhasesWhatIsNotPrepared() throws JMSException, XAException {
        Xid xid = ended();

        assertThatThrownBy(() -> xa.commit(xid))
                .hasMessage("Cannot do 2 phase commit if the transaction has not been prepared xaErrorCode:-6");
        assertThat(jms.browse(queue)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotFinishATransactionAgain(boolean commit) throws JMSException, XAException {
        Xid xid = ended();
        xa.prepare(xid);
        if (commit) {
            xa.commit(xid);
        } else {
            xa.rollback(xid);
        }

        Xa.assertRefused(XAException.XAER_NOTA, () -> xa.commit(xid));
        Xa.assertRefused(XAException.XAER_NOTA, () -> xa.rollback(xid));
        assertThat(jms.browse(queue)).hasSize(commit ? 1 : 0);
    }

    @Test
    void shouldPrepareAgain() throws JMSException, XAException {
        Xid xid = ended();
        xa.prepare(xid);
        xa.prepare(xid);
        xa.commit(xid);

        assertThat(jms.browse(queue)).containsExactly("a");
    }

    @Test
    void shouldCommitInOnePhaseWhatIsPrepared() throws JMSException, XAException {
        Xid xid = ended();
        xa.prepare(xid);
        xa.resource().commit(xid, true);

        assertThat(jms.browse(queue)).containsExactly("a");
        assertThat(xa.recover()).doesNotContain(Xa.name(xid));
    }

    /** There are no heuristic decisions to forget: a transaction is forgotten with what it prepared. */
    @Test
    void shouldForgetAPreparedTransaction() throws JMSException, XAException {
        Xid xid = ended();
        xa.prepare(xid);
        xa.resource().forget(xid);

        assertThat(xa.recover()).doesNotContain(Xa.name(xid));
        Xa.assertRefused(XAException.XAER_NOTA, () -> xa.commit(xid));
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldRollBackWhatEndedInFailure() throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "a");
        xa.resource().end(xid, XAResource.TMFAIL);
        xa.rollback(xid);

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldUseANameAgain() throws JMSException, XAException {
        Xid xid = ended();
        xa.prepare(xid);
        xa.commit(xid);
        xa.start(xid, XAResource.TMNOFLAGS);
        Jms.send(xa.session(), queue, "b");
        xa.endAndPrepare(xid);
        xa.commit(xid);

        assertThat(jms.browse(queue)).containsExactly("a", "b");
    }

    @Test
    void shouldTakeNamesOfFullLength() throws JMSException, XAException {
        Xid xid = new Xa.Branch("x".repeat(64), "y".repeat(64));
        xa.start(xid, XAResource.TMNOFLAGS);
        Jms.send(xa.session(), queue, "a");
        xa.endAndPrepare(xid);
        assertThat(xa.recover()).contains(Xa.name(xid));
        xa.commit(xid);

        assertThat(jms.browse(queue)).containsExactly("a");
    }

    @Test
    void shouldNotFinishAGlobalTransactionThroughItsSession() throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "a");

        assertThatThrownBy(xa.session()::commit).isInstanceOf(TransactionInProgressException.class);
        assertThatThrownBy(xa.session()::rollback).isInstanceOf(TransactionInProgressException.class);
        xa.endAndPrepare(xid);
        xa.commit(xid);
        assertThat(jms.browse(queue)).containsExactly("a");
    }

    /** A send, and the end of the work. */
    private Xid ended() throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "a");
        xa.end(xid);
        return xid;
    }
}
