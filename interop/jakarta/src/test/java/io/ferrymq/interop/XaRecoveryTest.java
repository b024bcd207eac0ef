package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import java.util.List;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prepared is a promise that outlives the broker. Brokers in a process of their own are killed here. */
final class XaRecoveryTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Queue in;
    private Queue out;
    private Xa xa;

    @BeforeEach
    void open() throws JMSException {
        in = jms.queue();
        out = jms.queue();
        xa = Xa.connect(jms);
    }

    @Test
    void shouldHaveNothingToRecover() throws XAException {
        assertThat(xa.recover()).isEmpty();
        assertThat(xa.resource().recover(XAResource.TMNOFLAGS)).isEmpty();
        assertThat(xa.resource().recover(XAResource.TMENDRSCAN)).isEmpty();
    }

    @Test
    void shouldRecoverWhatIsPreparedAndNotFinished() throws JMSException, XAException {
        Xid one = prepared("one");
        Xid two = prepared("two");
        Xid open = xa.begin();
        Jms.send(xa.session(), out, "open");
        xa.end(open);
        Xa other = Xa.connect(jms);
        assertThat(other.recover()).containsExactlyElementsOf(sortedNames(one, two));

        xa.commit(one);
        assertThat(other.recover()).containsExactly(Xa.name(two));
        xa.rollback(two);
        assertThat(other.recover()).isEmpty();
        assertThat(jms.browse(out)).containsExactly("one");
    }

    @Test
    void shouldRecoverTheWholeName() throws JMSException, XAException {
        Xid xid = prepared("a");
        jms.broker().crash();

        Xid[] recovered = Xa.connect(jms).resource().recover(XAResource.TMSTARTRSCAN);

        assertThat(recovered).hasSize(1);
        assertThat(recovered[0].getFormatId()).isEqualTo(xid.getFormatId());
        assertThat(recovered[0].getGlobalTransactionId()).isEqualTo(xid.getGlobalTransactionId());
        assertThat(recovered[0].getBranchQualifier()).isEqualTo(xid.getBranchQualifier());
    }

    @Test
    void shouldCommitAfterACrash() throws JMSException, XAException {
        jms.send(in, "request", "next");
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(in))).isEqualTo("request");
        Jms.send(xa.session(), out, Jms.numbered("m", 20));
        xa.endAndPrepare(xid);
        jms.broker().crash();

        assertThat(jms.browse(out)).isEmpty();
        Xa recovering = Xa.connect(jms);
        assertThat(recovering.recover()).containsExactly(Xa.name(xid));
        recovering.commit(xid);
        assertThat(recovering.recover()).isEmpty();
        assertThat(jms.browse(out)).containsExactly(Jms.numbered("m", 20));
        assertThat(jms.browse(in)).containsExactly("next");
    }

    @Test
    void shouldRollBackAfterACrash() throws JMSException, XAException {
        jms.send(in, "request", "next");
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(in))).isEqualTo("request");
        Jms.send(xa.session(), out, "reply");
        xa.endAndPrepare(xid);
        jms.broker().crash();

        Xa recovering = Xa.connect(jms);
        recovering.rollback(xid);
        assertThat(recovering.recover()).isEmpty();
        assertThat(jms.browse(out)).isEmpty();
        assertThat(Jms.texts(jms.session().createConsumer(in), 2)).containsExactlyInAnyOrder("request", "next");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepTheOutcomeOverACrash(boolean commit) throws JMSException, XAException {
        Xid xid = prepared("a");
        jms.broker().crash();
        Xa recovering = Xa.connect(jms);
        if (commit) {
            recovering.commit(xid);
        } else {
            recovering.rollback(xid);
        }
        jms.broker().crash();

        assertThat(Xa.connect(jms).recover()).isEmpty();
        assertThat(jms.browse(out)).hasSize(commit ? 1 : 0);
    }

    @Test
    void shouldRememberOverSeveralCrashes() throws JMSException, XAException {
        Xid xid = prepared("a");
        for (int i = 0; i < 2; i++) {
            jms.broker().crash();
            assertThat(Xa.connect(jms).recover()).containsExactly(Xa.name(xid));
        }
        Xa.connect(jms).commit(xid);

        assertThat(jms.browse(out)).containsExactly("a");
    }

    @Test
    void shouldRememberOverAnOrderlyRestart() throws JMSException, XAException {
        Xid xid = prepared("a");
        jms.broker().restart();
        Xa recovering = Xa.connect(jms);
        assertThat(recovering.recover()).containsExactly(Xa.name(xid));
        recovering.commit(xid);

        assertThat(jms.browse(out)).containsExactly("a");
    }

    @Test
    void shouldForgetWhatWasNotPreparedInACrash() throws JMSException, XAException {
        jms.send(in, "request");
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(in))).isEqualTo("request");
        Jms.send(xa.session(), out, "reply");
        xa.end(xid);
        jms.broker().crash();

        Xa recovering = Xa.connect(jms);
        assertThat(recovering.recover()).isEmpty();
        Xa.assertRefused(XAException.XAER_NOTA, () -> recovering.resource().commit(xid, true));
        assertThat(jms.browse(in)).containsExactly("request");
        assertThat(jms.browse(out)).isEmpty();
    }

    @Test
    void shouldNotDeliverWhatIsTakenByAPreparedTransactionAfterACrash() throws JMSException, XAException {
        jms.send(in, "a", "b", "c");
        Xid xid = xa.begin();
        assertThat(Jms.texts(xa.session().createConsumer(in), 2)).containsExactly("a", "b");
        xa.endAndPrepare(xid);
        jms.broker().crash();

        MessageConsumer consumer = jms.session().createConsumer(in);
        assertThat(Jms.text(consumer)).isEqualTo("c");
        assertThat(consumer.receive(Jms.ABSENCE_MS)).isNull();
        Xa.connect(jms).rollback(xid);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldOrderSendsByTheirCommit() throws JMSException, XAException {
        Xid xid = prepared("prepared first");
        jms.send(out, "sent between");
        jms.broker().crash();
        Xa.connect(jms).commit(xid);
        jms.send(out, "last");

        assertThat(Jms.texts(jms.session().createConsumer(out), 3))
                .containsExactly("sent between", "prepared first", "last");
    }

    @Test
    void shouldRecoverManyTransactions() throws JMSException, XAException {
        Xid[] xids = new Xid[50];
        for (int i = 0; i < xids.length; i++) {
            xids[i] = prepared("m" + i);
        }
        jms.broker().crash();

        Xa recovering = Xa.connect(jms);
        assertThat(recovering.recover()).containsExactlyElementsOf(sortedNames(xids));
        for (int i = 0; i < xids.length; i++) {
            if (i % 2 == 0) {
                recovering.commit(xids[i]);
            } else {
                recovering.rollback(xids[i]);
            }
        }
        assertThat(jms.browse(out)).hasSize(25).startsWith("m0", "m2", "m4").doesNotContain("m1");
    }

    /** A transaction that sends one message, prepared. */
    private Xid prepared(String text) throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.send(xa.session(), out, text);
        xa.endAndPrepare(xid);
        return xid;
    }

    private static List<String> sortedNames(Xid... xids) {
        return Stream.of(xids).map(Xa::name).sorted().toList();
    }
}
