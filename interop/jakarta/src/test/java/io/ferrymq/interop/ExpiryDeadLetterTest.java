package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.List;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of messages whose time is over. */
final class ExpiryDeadLetterTest {
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
    void shouldMoveWhatExpiredWithAllItsPropertiesToTheDeadLetterQueue() throws JMSException {
        Message message = session.createTextMessage("expired");
        message.setStringProperty("kept", "value");
        message.setIntProperty("number", 5);
        message.setJMSCorrelationID("correlation");
        message.setJMSType("type");
        producer.send(message, DeliveryMode.PERSISTENT, 7, SHORT_MS);
        drainAfterExpiryOf(message);

        ActiveMQMessage dead = new DeadLetters(session).next(queue);

        assertThat(Jms.text(dead)).isEqualTo("expired");
        assertThat(dead.getStringProperty("kept")).isEqualTo("value");
        assertThat(dead.getIntProperty("number")).isEqualTo(5);
        assertThat(dead.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(dead.getJMSType()).isEqualTo("type");
        assertThat(dead.getJMSPriority()).isEqualTo(7);
        assertThat(dead.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        assertThat(dead.getJMSDestination()).isEqualTo(session.createQueue("ActiveMQ.DLQ"));
    }

    @Test
    void shouldTellWhenADeadLetterExpired() throws JMSException {
        Message message = session.createTextMessage("expired");
        producer.send(message, DeliveryMode.PERSISTENT, 4, SHORT_MS);
        drainAfterExpiryOf(message);

        ActiveMQMessage dead = new DeadLetters(session).next(queue);

        assertThat(dead.getJMSExpiration()).isZero();
        assertThat(dead.getLongProperty("originalExpiration")).isEqualTo(message.getJMSExpiration());
        assertThat(dead.getStringProperty(DeadLetters.CAUSE)).contains("xpir");
    }

    @Test
    void shouldDropTransientMessagesThatExpired() throws JMSException {
        Message message = session.createTextMessage("transient");
        producer.send(message, DeliveryMode.NON_PERSISTENT, 4, SHORT_MS);
        Message persistent = session.createTextMessage("persistent");
        producer.send(persistent, DeliveryMode.PERSISTENT, 4, SHORT_MS);
        drainAfterExpiryOf(persistent);

        assertThat(Jms.text(new DeadLetters(session).next(queue))).isEqualTo("persistent");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldPassOverWhatExpiredBetweenGoodMessages(int prefetch) throws JMSException {
        Message expiring = null;
        for (int i = 0; i < 10; i++) {
            Message message = session.createTextMessage("m" + i);
            boolean odd = i % 2 == 1;
            producer.send(message, DeliveryMode.PERSISTENT, 4, odd ? SHORT_MS : 0);
            expiring = odd ? message : expiring;
        }
        awaitExpiryOf(expiring);
        MessageConsumer consumer =
                jms.session("jms.prefetchPolicy.all=" + prefetch).createConsumer(queue);

        assertThat(Jms.texts(consumer, 5)).containsExactly("m0", "m2", "m4", "m6", "m8");
        DeadLetters dead = new DeadLetters(session);
        for (int i = 1; i < 10; i += 2) {
            assertThat(Jms.text(dead.next(queue))).isEqualTo("m" + i);
        }
    }

    @Test
    void shouldExpireInTheConsumersBufferAndReachTheDeadLetterQueue() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        Message message = session.createTextMessage("too long in the buffer");
        producer.send(message, DeliveryMode.PERSISTENT, 4, SHORT_MS);
        awaitExpiryOf(message);
        Jms.send(session, queue, "good");

        assertThat(Jms.text(consumer)).isEqualTo("good");
        assertThat(Jms.text(new DeadLetters(session).next(queue))).isEqualTo("too long in the buffer");
    }

    @Test
    void shouldExpireByTheTimeToLiveOfItsSender() throws JMSException {
        long before = System.currentTimeMillis();
        producer.setTimeToLive(60_000);
        producer.send(session.createTextMessage("a"));

        Message got = Jms.receive(session.createConsumer(queue));

        assertThat(got.getJMSExpiration()).isCloseTo(before + 60_000, within(10_000L));
        assertThat(got.getJMSExpiration()).isEqualTo(got.getJMSTimestamp() + 60_000);
    }

    @Test
    void shouldNotRedeliverWhatExpiredBeforeTheRollback() throws JMSException {
        Session transacted = jms.transacted(Jms.QUICK_REDELIVERY);
        MessageConsumer consumer = transacted.createConsumer(queue);
        Message message = session.createTextMessage("expires in the transaction");
        producer.send(message, DeliveryMode.PERSISTENT, 4, 1_000);
        assertThat(Jms.text(consumer)).isEqualTo("expires in the transaction");
        awaitExpiryOf(message);
        transacted.rollback();
        consumer.close();
        Jms.send(session, queue, "good");

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("good");
        assertThat(Jms.text(new DeadLetters(session).next(queue))).isEqualTo("expires in the transaction");
    }

    @Test
    void shouldMoveWhatExpiredWhileItWaitedForSlowSubscribersToTheDeadLetterQueueOnce() throws JMSException {
        Topic topic = jms.topic();
        List<MessageConsumer> slow = List.of(slow(topic), slow(topic));
        MessageProducer toTopic = session.createProducer(topic);
        for (int i = 0; i < 3; i++) {
            toTopic.send(session.createTextMessage("on time " + i));
        }
        Message message = session.createTextMessage("too late");
        toTopic.send(message, DeliveryMode.PERSISTENT, 4, SHORT_MS);
        toTopic.send(session.createTextMessage("gone"), DeliveryMode.NON_PERSISTENT, 4, SHORT_MS);
        toTopic.send(session.createTextMessage("too late, too"), DeliveryMode.PERSISTENT, 4, SHORT_MS);
        awaitExpiryOf(message, SHORT_MS);
        toTopic.send(session.createTextMessage("on time 3"));

        for (MessageConsumer one : slow) {
            assertThat(Jms.texts(one, 4)).containsExactly(Jms.numbered("on time ", 4));
        }
        DeadLetters dead = new DeadLetters(session);
        assertThat(Jms.text(dead.next(topic))).isEqualTo("too late");
        assertThat(Jms.text(dead.next(topic))).isEqualTo("too late, too");
    }

    private MessageConsumer slow(Topic topic) throws JMSException {
        return jms.session("jms.prefetchPolicy.all=1").createConsumer(topic);
    }

    @Test
    void shouldMoveWhatExpiredBeforeItWasPublishedToTheDeadLetterQueue() throws JMSException {
        Topic topic = jms.topic();
        Session transacted = jms.transacted();
        Message message = session.createTextMessage("too late");
        transacted.createProducer(topic).send(message, DeliveryMode.PERSISTENT, 4, SHORT_MS);
        awaitExpiryOf(message);
        transacted.commit();

        assertThat(Jms.text(new DeadLetters(session).next(topic))).isEqualTo("too late");
    }

    private void drainAfterExpiryOf(Message message) throws JMSException {
        awaitExpiryOf(message);
        Jms.send(session, queue, "good");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo("good");
        consumer.close();
    }

    private static void awaitExpiryOf(Message message) throws JMSException {
        awaitExpiryOf(message, 0);
    }

    /** And of what was sent up to so many milliseconds later. */
    private static void awaitExpiryOf(Message message, long laterMs) throws JMSException {
        long expiration = message.getJMSExpiration() + laterMs;
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> System.currentTimeMillis() > expiration);
    }
}
