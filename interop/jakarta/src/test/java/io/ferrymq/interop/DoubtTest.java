package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker has done it, but the answer got lost with the connection. */
final class DoubtTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Relay relay;
    private ActiveMQConnection connection;
    private Queue queue;

    @BeforeEach
    void open() {
        relay = Relay.before(jms.broker());
        queue = jms.queue();
    }

    /** A connection that comes back by itself must be closed while it can. */
    @AfterEach
    void close() throws JMSException {
        if (connection != null) {
            connection.close();
        }
        relay.close();
    }

    @Test
    void shouldTakeAMessageOnceWhoseReceiptWasLost() throws Exception {
        Session session = connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("a"));
        relay.mute();
        CompletableFuture<Void> sending = start(() -> {
            producer.send(session.createTextMessage("b"));
            return null;
        });
        awaitCount(2);
        relay.cut();
        sending.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS);
        producer.send(session.createTextMessage("c"));

        assertThat(jms.browse(queue)).containsExactly("a", "b", "c");
    }

    @Test
    void shouldTellThatTheOutcomeOfACommitIsInDoubt() throws Exception {
        Session session = connect().createSession(true, Session.SESSION_TRANSACTED);
        Jms.send(session, queue, "a");
        relay.mute();
        CompletableFuture<Void> committing = start(() -> {
            session.commit();
            return null;
        });
        awaitCount(1);
        relay.cut();

        assertThatThrownBy(() -> committing.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS))
                .hasCauseInstanceOf(TransactionRolledBackException.class);
        Jms.send(session, queue, "b");
        session.commit();
        assertThat(jms.browse(queue)).containsExactly("a", "b");
    }

    @Test
    void shouldRollBackOnceWhoseAnswerWasLost() throws Exception {
        Session session = connect().createSession(true, Session.SESSION_TRANSACTED);
        Jms.send(session, queue, "a");
        relay.mute();
        CompletableFuture<Void> rollingBack = start(() -> {
            session.rollback();
            return null;
        });
        relay.cut();
        rollingBack.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS);
        Jms.send(session, queue, "b");
        session.commit();

        assertThat(jms.browse(queue)).containsExactly("b");
    }

    @Test
    void shouldNotRedeliverWhatWasAcknowledgedBeforeTheCut() throws JMSException {
        jms.send(queue, "a", "b");
        MessageConsumer consumer = connect("jms.prefetchPolicy.all=1")
                .createSession(false, Session.AUTO_ACKNOWLEDGE)
                .createConsumer(queue);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == 1);
        relay.mute();
        assertThat(Jms.text(consumer)).isEqualTo("a");
        awaitCount(1);
        relay.cut();

        assertThat(Jms.text(consumer)).isEqualTo("b");
    }

    @Test
    void shouldMakeAConsumerOnceWhoseReceiptWasLost() throws Exception {
        Session session = connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        relay.mute();
        CompletableFuture<MessageConsumer> consuming = start(() -> session.createConsumer(queue));
        relay.cut();
        MessageConsumer consumer = consuming.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS);
        jms.send(queue, "a", "b");

        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldRecoverAPreparedTransactionWhoseAnswerWasLost() throws Exception {
        ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory(relay.uri());
        Xa xa = Xa.on(jms.connect(factory));
        Xid xid = xa.begin();
        Jms.send(xa.session(), queue, "a");
        xa.end(xid);
        relay.mute();
        CompletableFuture<Integer> preparing = start(() -> xa.resource().prepare(xid));
        Xa recovering = Xa.connect(jms);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> recovering.recover().contains(Xa.name(xid)));
        relay.cut();
        assertThatThrownBy(() -> preparing.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS))
                .hasCauseInstanceOf(XAException.class);

        recovering.commit(xid);
        assertThat(jms.browse(queue)).containsExactly("a");
    }

    private ActiveMQConnection connect(String... options) throws JMSException {
        connection = jms.connect(new ActiveMQConnectionFactory("failover:(" + relay.uri()
                + ")?initialReconnectDelay=20&maxReconnectDelay=100&timeout=20000&" + String.join("&", options)));
        return connection;
    }

    private void awaitCount(int count) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).size() == count);
    }

    private static <T> CompletableFuture<T> start(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(work.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result;
    }
}
