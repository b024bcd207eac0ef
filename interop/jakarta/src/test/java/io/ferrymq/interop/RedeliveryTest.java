package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RedeliveryTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private ActiveMQConnection connection;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        connection = jms.connect(Jms.QUICK_REDELIVERY);
        jms.send(queue, "a", "b", "c", "d");
    }

    @Test
    void shouldRedeliverInOrderAfterRollback() throws JMSException {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        session.rollback();

        assertDelivery(consumer, "a", 2);
        assertDelivery(consumer, "b", 2);
        assertDelivery(consumer, "c", 1);
        session.rollback();
        assertDelivery(consumer, "a", 3);
        assertDelivery(consumer, "b", 3);
        assertDelivery(consumer, "c", 2);
        assertDelivery(consumer, "d", 1);
        session.commit();
        connection.close();

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldRedeliverInOrderAfterRecover() throws JMSException {
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        session.recover();

        assertDelivery(consumer, "a", 2);
        assertDelivery(consumer, "b", 2);
        assertDelivery(consumer, "c", 1).acknowledge();
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("d");
    }

    @Test
    void shouldRedeliverInOrderWhenConsumerCloses() throws JMSException {
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        consumer.close();

        assertUndeliveredKeepTheirCounter(session.createConsumer(queue));
    }

    @Test
    void shouldRedeliverInOrderWhenSessionCloses() throws JMSException {
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        session.close();

        assertUndeliveredKeepTheirCounter(
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue));
    }

    @Test
    void shouldRedeliverInOrderWhenConnectionCloses() throws JMSException {
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        connection.close();

        assertUndeliveredKeepTheirCounter(jms.session().createConsumer(queue));
    }

    @Test
    void shouldRedeliverWhenATransactionEndsWithItsSession() throws JMSException {
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        session.close();

        assertThat(Jms.texts(jms.session().createConsumer(queue), 4)).containsExactly("a", "b", "c", "d");
    }

    /** Nobody can tell how far the client was: everything it had counts as delivered. */
    @Test
    void shouldRedeliverInOrderWhenTheSocketBreaks() throws JMSException {
        MessageConsumer consumer =
                connection.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == 2);
        Wire.cut(connection);

        MessageConsumer next = jms.session().createConsumer(queue);

        assertDelivery(next, "a", 2);
        assertDelivery(next, "b", 2);
        assertDelivery(next, "c", 2);
        assertDelivery(next, "d", 2);
    }

    @Test
    void shouldCountEveryConsumerThatHadTheMessage() throws JMSException {
        for (int count = 1; count <= 4; count++) {
            ActiveMQConnection visitor = jms.connect();
            MessageConsumer consumer =
                    visitor.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
            assertDelivery(consumer, "a", count);
            visitor.close();
        }
        assertThat(jms.browse(queue)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void shouldNotCountWhatWasOnlyPrefetched() throws JMSException {
        ActiveMQConnection visitor = jms.connect();
        MessageConsumer consumer =
                visitor.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == 4);
        visitor.close();

        assertDelivery(jms.session().createConsumer(queue), "a", 1);
    }

    @Test
    void shouldPutMessagesBackBeforeWhatCameLater() throws JMSException {
        Session session = jms.session(Session.CLIENT_ACKNOWLEDGE, "jms.prefetchPolicy.all=2");
        MessageConsumer consumer = session.createConsumer(queue);
        Jms.receive(consumer);
        jms.send(queue, "e");
        consumer.close();

        assertThat(Jms.texts(jms.session().createConsumer(queue), 5)).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void shouldGiveMessagesOfABrokenConsumerToOneThatWaits() throws JMSException {
        MessageConsumer owner =
                connection.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.text(owner)).isEqualTo("a");
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) owner).getMessageSize() == 3);
        MessageConsumer waiting = jms.session().createConsumer(queue);
        assertThat(waiting.receiveNoWait()).isNull();
        Wire.cut(connection);

        assertThat(Jms.texts(waiting, 4)).containsExactly("a", "b", "c", "d");
    }

    private static void assertUndeliveredKeepTheirCounter(MessageConsumer next) throws JMSException {
        assertDelivery(next, "a", 2);
        assertDelivery(next, "b", 2);
        assertDelivery(next, "c", 1);
        assertDelivery(next, "d", 1);
    }

    private static Message assertDelivery(MessageConsumer consumer, String text, int count) throws JMSException {
        Message message = Jms.receive(consumer);
        assertThat(Jms.text(message)).isEqualTo(text);
        assertThat(Jms.deliveryCount(message)).as("deliveries of " + text).isEqualTo(count);
        assertThat(message.getJMSRedelivered()).isEqualTo(count > 1);
        return message;
    }
}
