package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ExpiryTest {
    private static final long SHORT_MS = 150;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private Session session;
    private MessageProducer producer;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        session = jms.session();
        producer = session.createProducer(queue);
    }

    @Test
    void shouldDeliverInTime() throws JMSException {
        send("in time", 60_000);

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("in time");
    }

    @Test
    void shouldNotDispatchWhatExpiredInTheQueue() throws JMSException {
        Message expiring = send("too late", SHORT_MS);
        send("good", 0);
        awaitExpiryOf(expiring);

        MessageConsumer trusting =
                jms.session("jms.consumerExpiryCheckEnabled=false").createConsumer(queue);

        assertThat(Jms.text(trusting)).isEqualTo("good");
    }

    @Test
    void shouldNotDeliverWhatExpiredAtTheConsumer() throws JMSException {
        MessageConsumer consumer = jms.session().createConsumer(queue);
        Message expiring = send("too late", SHORT_MS);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == 1);
        awaitExpiryOf(expiring);
        send("good", 0);

        assertThat(Jms.text(consumer)).isEqualTo("good");
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).isEmpty());
    }

    @Test
    void shouldMoveAnExpiredPersistentMessageAside() throws JMSException {
        DeadLetters dead = new DeadLetters(jms.session());
        Message expiring = send("too late", SHORT_MS);
        awaitExpiryOf(expiring);
        assertThat(jms.session().createConsumer(queue).receive(Jms.ABSENCE_MS)).isNull();

        ActiveMQMessage letter = dead.next(queue);

        assertThat(Jms.text(letter)).isEqualTo("too late");
        assertThat(letter.getJMSExpiration()).isZero();
        assertThat(letter.getStringProperty(DeadLetters.CAUSE)).containsIgnoringCase("expired");
    }

    @Test
    void shouldDropAnExpiredTransientMessage() throws JMSException {
        DeadLetters dead = new DeadLetters(jms.session());
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        send("transient", SHORT_MS);
        producer.setDeliveryMode(DeliveryMode.PERSISTENT);
        awaitExpiryOf(send("persistent", SHORT_MS));
        assertThat(jms.session().createConsumer(queue).receive(Jms.ABSENCE_MS)).isNull();

        assertThat(Jms.text(dead.next(queue))).isEqualTo("persistent");
    }

    @Test
    void shouldNotShowAnExpiredMessageToABrowser() throws JMSException {
        Message expiring = send("too late", SHORT_MS);
        send("good", 0);
        awaitExpiryOf(expiring);

        assertThat(jms.browse(queue)).containsExactly("good");
    }

    @Test
    void shouldNotLetAnExpiredMessageUseUpAPull() throws JMSException {
        Message expiring = send("too late", SHORT_MS);
        send("good", 0);
        awaitExpiryOf(expiring);

        MessageConsumer puller = jms.session("jms.prefetchPolicy.all=0").createConsumer(queue);

        assertThat(Jms.text(puller)).isEqualTo("good");
    }

    private Message send(String text, long timeToLiveMs) throws JMSException {
        Message message = session.createTextMessage(text);
        producer.setTimeToLive(timeToLiveMs);
        producer.send(message);
        return message;
    }

    private static void awaitExpiryOf(Message message) throws JMSException {
        long expiration = message.getJMSExpiration();
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> System.currentTimeMillis() > expiration);
    }
}
