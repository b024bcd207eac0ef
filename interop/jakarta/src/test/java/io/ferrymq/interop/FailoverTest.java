package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.Topic;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class FailoverTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    @Test
    void shouldServeTheFailoverTransport() throws JMSException {
        Session session = failover().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = jms.queue();
        Jms.send(session, queue, "a", "b");

        assertThat(Jms.texts(session.createConsumer(queue), 2)).containsExactly("a", "b");
    }

    @Test
    void shouldCarryOnAfterARestart() throws JMSException {
        Session session = failover().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = jms.queue();
        Topic topic = jms.topic();
        MessageConsumer consumer = session.createConsumer(queue);
        MessageConsumer subscriber = session.createConsumer(topic);
        Jms.send(session, queue, "before");
        assertThat(Jms.text(consumer)).isEqualTo("before");
        restart();
        Jms.send(session, queue, "after");
        Jms.send(session, topic, "news");

        assertThat(Jms.text(consumer)).isEqualTo("after");
        assertThat(Jms.text(subscriber)).isEqualTo("news");
    }

    @Test
    void shouldCarryOnAfterTheSocketBroke() throws JMSException {
        ActiveMQConnection connection = failover();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = jms.queue();
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 5; i++) {
            Jms.send(session, queue, "m" + i);
            assertThat(Jms.text(consumer)).isEqualTo("m" + i);
            Wire.cut(connection);
        }
        Jms.send(session, queue, "end");

        assertThat(Jms.text(consumer)).isEqualTo("end");
    }

    @Test
    void shouldKeepTheClientIdOverABreak() throws JMSException {
        ActiveMQConnectionFactory factory = failoverFactory();
        factory.setClientID(jms.name());
        ActiveMQConnection connection = jms.connect(factory);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = jms.queue();
        Wire.cut(connection);
        Jms.send(session, queue, "a");

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("a");
    }

    @Test
    void shouldBringTemporaryDestinationsBack() throws JMSException {
        ActiveMQConnection connection = failover();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(queue);
        Wire.cut(connection);
        Jms.send(session, queue, "reply");

        assertThat(Jms.text(consumer)).isEqualTo("reply");
    }

    @Test
    void shouldRedeliverWhatWasNotAcknowledgedBeforeTheBreak() throws JMSException {
        ActiveMQConnection connection = failover();
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Queue queue = jms.queue();
        jms.send(queue, "a");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo("a");
        Wire.cut(connection);

        Message again = Jms.receive(consumer);

        assertThat(Jms.text(again)).isEqualTo("a");
        assertThat(again.getJMSRedelivered()).isTrue();
        again.acknowledge();
        jms.send(queue, "b");
        assertThat(Jms.text(consumer)).isEqualTo("b");
    }

    @Test
    void shouldFinishATransactionThatSpansABreak() throws JMSException {
        ActiveMQConnection connection = failover();
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = jms.queue();
        Jms.send(session, queue, "a", "b");
        Wire.cut(connection);
        Jms.send(session, queue, "c");
        session.commit();

        assertThat(jms.browse(queue)).containsExactly("a", "b", "c");
    }

    private void restart() {
        jms.broker().stop();
        jms.broker().start();
    }

    private ActiveMQConnection failover() throws JMSException {
        return jms.connect(failoverFactory());
    }

    private ActiveMQConnectionFactory failoverFactory() {
        return new ActiveMQConnectionFactory(
                "failover:(" + jms.broker().uri() + ")?initialReconnectDelay=20&maxReconnectDelay=100&timeout=10000");
    }
}
