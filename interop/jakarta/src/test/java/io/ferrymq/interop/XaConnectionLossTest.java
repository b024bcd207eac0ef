package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import java.time.Duration;
import java.util.List;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of global transactions when the connection that worked for them is gone. */
final class XaConnectionLossTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue in;
    private Queue out;
    private Xa xa;

    @BeforeEach
    void open() throws JMSException {
        in = jms.queue();
        out = jms.queue();
        xa = Xa.connect(jms);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepWhatIsPrepared(boolean commit) throws JMSException, XAException {
        Xid xid = ended();
        xa.prepare(xid);
        Wire.cut(xa.connection());

        Xa recovering = Xa.connect(jms);
        assertThat(recovering.recover()).contains(Xa.name(xid));
        assertThat(jms.browse(out)).isEmpty();
        if (commit) {
            recovering.commit(xid);
        } else {
            recovering.rollback(xid);
        }
        assertThat(recovering.recover()).doesNotContain(Xa.name(xid));
        assertThat(jms.browse(out)).hasSize(commit ? 1 : 0);
    }

    @Test
    void shouldKeepWhatIsPreparedWhenTheConnectionCloses() throws JMSException, XAException {
        Xid xid = ended();
        xa.prepare(xid);
        xa.connection().close();

        Xa recovering = Xa.connect(jms);
        assertThat(recovering.recover()).contains(Xa.name(xid));
        recovering.commit(xid);
        assertThat(jms.browse(out)).containsExactly("reply");
        assertThat(jms.browse(in)).isEmpty();
    }

    @Test
    void shouldRollBackWhatIsNotPrepared() throws JMSException, XAException {
        Xid xid = ended();
        Wire.cut(xa.connection());

        assertThat(Jms.text(jms.session().createConsumer(in))).isEqualTo("request");
        assertRolledBack(xid);
    }

    @Test
    void shouldRollBackWhatIsNotEnded() throws JMSException, XAException {
        jms.send(in, "request");
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(in))).isEqualTo("request");
        Jms.send(xa.session(), out, "reply");
        Wire.cut(xa.connection());

        assertThat(Jms.text(jms.session().createConsumer(in))).isEqualTo("request");
        assertRolledBack(xid);
    }

    @Test
    void shouldRollBackWhatIsNotPreparedWhenTheConnectionCloses() throws JMSException, XAException {
        Xid xid = ended();
        xa.connection().close();

        assertThat(jms.browse(in)).containsExactly("request");
        assertRolledBack(xid);
    }

    @Test
    void shouldNotDeliverToOthersWhatIsTakenByAPreparedTransaction() throws JMSException, XAException {
        jms.send(in, "next");
        MessageConsumer consumer = xa.session().createConsumer(in);
        Xid xid = xa.begin();
        assertThat(Jms.text(consumer)).isEqualTo("next");
        xa.endAndPrepare(xid);
        jms.send(in, "after");
        Wire.cut(xa.connection());

        MessageConsumer other = jms.session().createConsumer(in);
        assertThat(Jms.text(other)).isEqualTo("after");
        assertThat(other.receive(Jms.ABSENCE_MS)).isNull();
        Xa.connect(jms).rollback(xid);
        assertThat(Jms.text(other)).isEqualTo("next");
    }

    @Test
    void shouldFinishOnTheSameNameAfterTheLoss() throws JMSException, XAException {
        Xid xid = ended();
        Wire.cut(xa.connection());
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(in).equals(List.of("request")));
        Xa again = Xa.connect(jms);
        again.start(xid, XAResource.TMNOFLAGS);
        assertThat(Jms.text(again.session().createConsumer(in))).isEqualTo("request");
        Jms.send(again.session(), out, "second reply");
        again.endAndPrepare(xid);
        again.commit(xid);
        again.connection().close();

        assertThat(jms.browse(out)).containsExactly("second reply");
        assertThat(jms.browse(in)).isEmpty();
    }

    private void assertRolledBack(Xid xid) throws JMSException, XAException {
        Xa recovering = Xa.connect(jms);
        assertThat(recovering.recover()).doesNotContain(Xa.name(xid));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> Xa.assertRefused(XAException.XAER_NOTA, () -> recovering.rollback(xid)));
        assertThat(jms.browse(out)).isEmpty();
    }

    /** Takes a request and answers it, up to the end of the work. */
    private Xid ended() throws JMSException, XAException {
        jms.send(in, "request");
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(in))).isEqualTo("request");
        Jms.send(xa.session(), out, "reply");
        xa.end(xid);
        return xid;
    }
}
