package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Topic;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class XaTransactionTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private Xa xa;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        xa = Xa.connect(jms, Jms.QUICK_REDELIVERY);
    }

    @Test
    void shouldShowSendsOnlyAfterTheSecondPhase() throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "a", "b");
        xa.end(xid);
        assertThat(jms.browse(queue)).isEmpty();
        xa.prepare(xid);
        assertThat(jms.browse(queue)).isEmpty();
        xa.commit(xid);

        assertThat(jms.browse(queue)).containsExactly("a", "b");
    }

    @Test
    void shouldCommitInOnePhase() throws JMSException, XAException {
        jms.send(queue, "request");
        Queue out = jms.queue();
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(queue))).isEqualTo("request");
        Jms.send(xa.session(), out, "reply");
        xa.end(xid);
        xa.resource().commit(xid, true);
        xa.connection().close();

        assertThat(jms.browse(queue)).isEmpty();
        assertThat(jms.browse(out)).containsExactly("reply");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldForgetSendsOnRollback(boolean prepared) throws JMSException, XAException {
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "rolled back");
        endAndMaybePrepare(xid, prepared);
        xa.rollback(xid);
        Xid next = xa.begin();
        Jms.send(xa.session(), queue, "committed");
        xa.endAndPrepare(next);
        xa.commit(next);

        assertThat(jms.browse(queue)).containsExactly("committed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRedeliverInOrderAfterRollback(boolean prepared) throws JMSException, XAException {
        jms.send(queue, "a", "b", "c");
        MessageConsumer consumer = xa.session().createConsumer(queue);
        Xid xid = xa.begin();
        Jms.assertDelivery(consumer, "a", 1);
        Jms.assertDelivery(consumer, "b", 1);
        endAndMaybePrepare(xid, prepared);
        xa.rollback(xid);

        Xid next = xa.begin();
        Jms.assertDelivery(consumer, "a", 2);
        Jms.assertDelivery(consumer, "b", 2);
        Jms.assertDelivery(consumer, "c", 1);
        xa.endAndPrepare(next);
        xa.commit(next);
        xa.connection().close();
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldKeepOnlyWhatWasNotConsumed() throws JMSException, XAException {
        jms.send(queue, "a", "b", "c");
        Xid xid = xa.begin();
        assertThat(Jms.texts(xa.session().createConsumer(queue), 2)).containsExactly("a", "b");
        xa.endAndPrepare(xid);
        xa.commit(xid);
        xa.connection().close();

        assertThat(jms.browse(queue)).containsExactly("c");
    }

    @Test
    void shouldBeReadOnlyWithoutWork() throws XAException {
        Xid xid = xa.begin();
        xa.end(xid);

        assertThat(xa.resource().prepare(xid)).isEqualTo(XAResource.XA_RDONLY);
        Xa.assertRefused(XAException.XAER_NOTA, () -> xa.commit(xid));
    }

    @Test
    void shouldCommitSendsAndReceivesOfSeveralDestinationsTogether() throws JMSException, XAException {
        Queue in = jms.queue();
        Queue out = jms.queue();
        Topic topic = jms.topic();
        MessageConsumer subscriber = jms.session().createConsumer(topic);
        jms.send(in, "request", "next");
        Xid xid = xa.begin();
        assertThat(Jms.text(xa.session().createConsumer(in))).isEqualTo("request");
        Jms.send(xa.session(), out, "reply");
        Jms.send(xa.session(), queue, "audit");
        Jms.send(xa.session(), topic, "news");
        xa.endAndPrepare(xid);
        assertThat(jms.browse(out)).isEmpty();
        assertThat(jms.browse(queue)).isEmpty();
        assertThat(subscriber.receiveNoWait()).isNull();
        xa.commit(xid);
        xa.connection().close();

        assertThat(jms.browse(in)).containsExactly("next");
        assertThat(jms.browse(out)).containsExactly("reply");
        assertThat(jms.browse(queue)).containsExactly("audit");
        assertThat(Jms.text(subscriber)).isEqualTo("news");
    }

    /** Classic shows the persistent ones first. */
    @Test
    void shouldTakeTransientMessagesToo() throws JMSException, XAException {
        Xid xid = xa.begin();
        MessageProducer producer = xa.session().createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(xa.session().createTextMessage("transient"));
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        producer.send(xa.session().createTextMessage("persistent"));
        xa.endAndPrepare(xid);
        assertThat(jms.browse(queue)).isEmpty();
        xa.commit(xid);

        assertThat(jms.browse(queue)).containsExactlyInAnyOrder("transient", "persistent");
    }

    @Test
    void shouldRunManyTransactionsOneAfterAnother() throws JMSException, XAException {
        MessageConsumer consumer = xa.session().createConsumer(queue);
        MessageProducer producer = xa.session().createProducer(queue);
        for (int i = 0; i < 50; i++) {
            Xid sending = xa.begin();
            producer.send(xa.session().createTextMessage("m" + i));
            xa.endAndPrepare(sending);
            xa.commit(sending);
            Xid receiving = xa.begin();
            assertThat(Jms.text(consumer)).isEqualTo("m" + i);
            xa.endAndPrepare(receiving);
            xa.commit(receiving);
        }
        xa.connection().close();

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldReceiveMoreThanThePrefetchInOneTransaction() throws JMSException, XAException {
        jms.send(queue, Jms.numbered("m", 40));
        Xa narrow = Xa.connect(jms, Jms.QUICK_REDELIVERY, "jms.prefetchPolicy.all=3");
        MessageConsumer consumer = narrow.session().createConsumer(queue);
        Xid first = narrow.begin();
        assertThat(Jms.texts(consumer, 30)).containsExactly(Jms.numbered("m", 30));
        narrow.endAndPrepare(first);
        narrow.commit(first);
        Xid second = narrow.begin();
        assertThat(Jms.texts(consumer, 10)).hasSize(10);
        narrow.endAndPrepare(second);
        narrow.commit(second);
        narrow.connection().close();

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldKeepOpenTransactionsOfSeveralSessionsApart() throws JMSException, XAException {
        Xa other = Xa.on(xa.connection());
        Xid first = xa.begin();
        Xid second = other.begin();
        Jms.send(xa.session(), queue, "first");
        Jms.send(other.session(), queue, "second");
        xa.endAndPrepare(first);
        other.endAndPrepare(second);
        other.commit(second);
        xa.rollback(first);

        assertThat(jms.browse(queue)).containsExactly("second");
    }

    @Test
    void shouldTellBranchesOfOneTransactionApart() throws JMSException, XAException {
        String transaction = Xa.name(Xa.xid());
        Xid one = new Xa.Branch(transaction, "one");
        Xid two = new Xa.Branch(transaction, "two");
        for (Xid branch : new Xid[] {one, two}) {
            xa.start(branch, XAResource.TMNOFLAGS);
            Jms.send(xa.session(), queue, ((Xa.Branch) branch).branch());
            xa.endAndPrepare(branch);
        }
        xa.rollback(one);
        xa.commit(two);

        assertThat(jms.browse(queue)).containsExactly("two");
    }

    private void endAndMaybePrepare(Xid xid, boolean prepared) throws XAException {
        xa.end(xid);
        if (prepared) {
            xa.prepare(xid);
        }
    }
}
