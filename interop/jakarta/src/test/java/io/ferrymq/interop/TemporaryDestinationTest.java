package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TemporaryDestinationTest {
    /** The client then asks the broker instead of what advisories told it. */
    private static final String NO_WATCH = "jms.watchTopicAdvisories=false";

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private ActiveMQConnection ownerConnection;
    private Session owner;
    private Session other;

    @BeforeEach
    void open() throws JMSException {
        ownerConnection = jms.connect();
        owner = ownerConnection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        other = jms.session();
    }

    @Test
    void shouldAnswerRequestsOverTwoConnections() throws JMSException {
        Queue requests = jms.queue();
        Destination replies = owner.createTemporaryQueue();
        MessageConsumer replyConsumer = owner.createConsumer(replies);
        MessageConsumer server = other.createConsumer(requests);
        MessageProducer answering = other.createProducer(null);
        MessageProducer asking = owner.createProducer(requests);
        for (int i = 0; i < 20; i++) {
            TextMessage request = owner.createTextMessage("question " + i);
            request.setJMSReplyTo(replies);
            asking.send(request);

            Message asked = Jms.receive(server);
            TextMessage answer = other.createTextMessage("answer " + i);
            answer.setJMSCorrelationID(asked.getJMSMessageID());
            answering.send(asked.getJMSReplyTo(), answer);

            Message got = Jms.receive(replyConsumer);
            assertThat(Jms.text(got)).isEqualTo("answer " + i);
            assertThat(got.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        }
    }

    @Test
    void shouldDeliverToEverySubscriberOfATemporaryTopic() throws JMSException {
        TemporaryTopic topic = owner.createTemporaryTopic();
        MessageConsumer one = owner.createConsumer(topic);
        MessageConsumer two = owner.createConsumer(topic);
        awaitKnown(topic);
        Jms.send(other, topic, "news");

        assertThat(Jms.text(one)).isEqualTo("news");
        assertThat(Jms.text(two)).isEqualTo("news");
    }

    @Test
    void shouldKeepMessagesOfATemporaryQueueForItsConsumer() throws JMSException {
        TemporaryQueue queue = owner.createTemporaryQueue();
        awaitKnown(queue);
        Jms.send(other, queue, "a", "b");

        assertThat(Jms.texts(owner.createConsumer(queue), 2)).containsExactly("a", "b");
    }

    @Test
    void shouldLetOnlyTheOwnerConsume() throws JMSException {
        TemporaryQueue queue = owner.createTemporaryQueue();

        assertThatThrownBy(() -> other.createConsumer(queue)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void shouldLetEverySessionOfTheOwnerConsume() throws JMSException {
        TemporaryQueue queue = owner.createTemporaryQueue();
        MessageConsumer consumer =
                ownerConnection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        Jms.send(owner, queue, "a");

        assertThat(Jms.text(consumer)).isEqualTo("a");
    }

    @Test
    void shouldNotDeleteWhileConsumed() throws JMSException {
        TemporaryQueue queue = owner.createTemporaryQueue();
        MessageConsumer consumer = owner.createConsumer(queue);

        assertThatThrownBy(queue::delete).isInstanceOf(JMSException.class);
        consumer.close();
        queue.delete();
    }

    @Test
    void shouldLetAnotherConnectionDelete() throws JMSException {
        TemporaryQueue queue = owner.createTemporaryQueue();
        awaitKnown(queue);
        jms.connect().destroyDestination((ActiveMQTempQueue) queue);

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() ->
                        assertThatThrownBy(() -> Jms.send(other, queue, "gone")).isInstanceOf(JMSException.class));
    }

    @Test
    void shouldRefuseToSendToADeletedOne() throws JMSException {
        TemporaryQueue queue = owner.createTemporaryQueue();
        awaitKnown(queue);
        Jms.send(other, queue, "still there");
        queue.delete();

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() ->
                        assertThatThrownBy(() -> Jms.send(other, queue, "gone")).isInstanceOf(JMSException.class));
    }

    @Test
    void shouldRefuseInTheBrokerToSendToADeletedOne() throws JMSException {
        Session unaware = jms.session(NO_WATCH);
        TemporaryQueue queue = owner.createTemporaryQueue();
        Jms.send(unaware, queue, "still there");
        queue.delete();

        assertThatThrownBy(() -> Jms.send(unaware, queue, "gone"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining(queue.getQueueName());
        assertThatThrownBy(() -> unaware.createProducer(null).send(queue, unaware.createTextMessage("gone")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining(queue.getQueueName());
    }

    @Test
    void shouldReportASendThatNobodyWaitedForToTheExceptionListener() throws Exception {
        ActiveMQConnection unaware = jms.connect(NO_WATCH, "jms.useAsyncSend=true");
        CompletableFuture<JMSException> reported = new CompletableFuture<>();
        unaware.setExceptionListener(reported::complete);
        Session session = unaware.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TemporaryQueue queue = owner.createTemporaryQueue();
        MessageProducer producer = session.createProducer(null);
        queue.delete();
        producer.send(queue, session.createTextMessage("gone"));

        assertThat(reported.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)).hasMessageContaining(queue.getQueueName());
        Queue ordinary = jms.queue();
        Jms.send(session, ordinary, "still works"); // asynchronous too, so it may still be on its way
        await().untilAsserted(() -> assertThat(jms.browse(ordinary)).containsExactly("still works"));
    }

    @Test
    void shouldRemoveThemWithTheirConnection() throws JMSException {
        Session unaware = jms.session(NO_WATCH);
        TemporaryQueue queue = owner.createTemporaryQueue();
        TemporaryTopic topic = owner.createTemporaryTopic();
        ownerConnection.close();

        assertThatThrownBy(() -> Jms.send(unaware, queue, "gone")).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> Jms.send(unaware, topic, "gone")).isInstanceOf(JMSException.class);
    }

    @Test
    void shouldRemoveThemWhenTheSocketOfTheirConnectionBreaks() throws JMSException {
        Session unaware = jms.session(NO_WATCH);
        TemporaryQueue queue = owner.createTemporaryQueue();
        Wire.cut(ownerConnection);

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThatThrownBy(() -> Jms.send(unaware, queue, "gone"))
                        .isInstanceOf(JMSException.class));
    }

    @Test
    void shouldServeManyOfThem() throws JMSException {
        for (int i = 0; i < 100; i++) {
            TemporaryQueue queue = owner.createTemporaryQueue();
            Jms.send(owner, queue, "m" + i);
            MessageConsumer consumer = owner.createConsumer(queue);
            assertThat(Jms.text(consumer)).isEqualTo("m" + i);
            consumer.close();
            queue.delete();
        }
    }

    /** The client refuses to send to a temporary destination until the broker has announced it. */
    private void awaitKnown(Destination destination) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .ignoreExceptions()
                .untilAsserted(() -> other.createProducer(destination).close());
    }
}
