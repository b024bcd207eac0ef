package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Global transactions with durable subscriptions. */
final class XaTopicTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Topic topic;
    private String clientId;

    @BeforeEach
    void name() throws JMSException {
        topic = jms.topic();
        clientId = jms.name();
        ActiveMQConnection connection = jms.connectAs(clientId);
        subscribe(connection);
        connection.close();
    }

    @Test
    void shouldShowSendsToSubscriptionsOnCommitOnly() throws JMSException, XAException {
        MessageConsumer subscriber = subscribe(jms.connectAs(clientId));
        Xa xa = Xa.connect(jms);
        Xid xid = xa.begin();
        Jms.send(xa.session(), topic, "a", "b");
        xa.endAndPrepare(xid);
        jms.send(topic, "between");
        assertThat(Jms.text(subscriber)).isEqualTo("between");
        xa.commit(xid);

        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldKeepCommittedSendsForASubscriptionThatIsAway() throws JMSException, XAException {
        Xa xa = Xa.connect(jms);
        Xid committed = xa.begin();
        Jms.send(xa.session(), topic, "a", "b");
        xa.endAndPrepare(committed);
        xa.commit(committed);
        Xid rolledBack = xa.begin();
        Jms.send(xa.session(), topic, "c");
        xa.endAndPrepare(rolledBack);
        xa.rollback(rolledBack);
        jms.send(topic, "d");

        assertThat(Jms.texts(subscribe(jms.connectAs(clientId)), 3)).containsExactly("a", "b", "d");
    }

    @Test
    void shouldConsumeFromASubscriptionOnCommit() throws JMSException, XAException {
        jms.send(topic, "a", "b", "c");
        Queue queue = jms.queue();
        Xa xa = connectXa();
        MessageConsumer subscriber = xa.session().createDurableSubscriber(topic, "name");
        Xid xid = xa.begin();
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        Jms.send(xa.session(), queue, "copied");
        xa.endAndPrepare(xid);
        xa.commit(xid);
        xa.connection().close();

        assertThat(jms.browse(queue)).containsExactly("copied");
        assertThat(Jms.text(subscribe(jms.connectAs(clientId)))).isEqualTo("c");
    }

    @Test
    void shouldRedeliverToASubscriptionAfterRollback() throws JMSException, XAException {
        jms.send(topic, "a", "b");
        Xa xa = connectXa();
        MessageConsumer subscriber = xa.session().createDurableSubscriber(topic, "name");
        Xid xid = xa.begin();
        Jms.assertDelivery(subscriber, "a", 1);
        xa.endAndPrepare(xid);
        xa.rollback(xid);
        Xid next = xa.begin();
        Jms.assertDelivery(subscriber, "a", 2);
        Jms.assertDelivery(subscriber, "b", 1);
        xa.endAndPrepare(next);
        xa.commit(next);
        xa.connection().close();
        jms.send(topic, "c");

        assertThat(Jms.text(subscribe(jms.connectAs(clientId)))).isEqualTo("c");
    }

    @Test
    void shouldCommitPreparedSendsToASubscriptionAfterACrash() throws JMSException, XAException {
        Xa xa = Xa.connect(jms);
        Xid xid = xa.begin();
        Jms.send(xa.session(), topic, "a", "b");
        xa.endAndPrepare(xid);
        jms.broker().crash();
        Xa.connect(jms).commit(xid);

        assertThat(Jms.texts(subscribe(jms.connectAs(clientId)), 2)).containsExactly("a", "b");
    }

    @Test
    void shouldCommitPreparedAcknowledgementsOfASubscriptionAfterACrash() throws JMSException, XAException {
        Xid xid = prepareAcknowledgement();
        jms.broker().crash();
        Xa.connect(jms).commit(xid);

        assertThat(Jms.text(subscribe(jms.connectAs(clientId)))).isEqualTo("b");
    }

    @Test
    void shouldRollBackPreparedAcknowledgementsOfASubscriptionAfterACrash() throws JMSException, XAException {
        Xid xid = prepareAcknowledgement();
        jms.broker().crash();
        Xa.connect(jms).rollback(xid);

        assertThat(Jms.texts(subscribe(jms.connectAs(clientId)), 2)).containsExactlyInAnyOrder("a", "b");
    }

    /** The first of two messages is taken by a prepared transaction. */
    private Xid prepareAcknowledgement() throws JMSException, XAException {
        jms.send(topic, "a", "b");
        Xa xa = connectXa();
        MessageConsumer subscriber = xa.session().createDurableSubscriber(topic, "name");
        Xid xid = xa.begin();
        assertThat(Jms.text(subscriber)).isEqualTo("a");
        xa.endAndPrepare(xid);
        return xid;
    }

    private Xa connectXa() throws JMSException {
        ActiveMQXAConnectionFactory factory =
                new ActiveMQXAConnectionFactory(jms.broker().uri() + "?" + Jms.QUICK_REDELIVERY);
        factory.setClientID(clientId);
        return Xa.on(jms.connect(factory));
    }

    private MessageConsumer subscribe(ActiveMQConnection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createDurableSubscriber(topic, "name");
    }
}
