package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.activemq.ActiveMQConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Senders whose connection breaks under them. */
final class FailoverSendTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    @Test
    void shouldTakeEveryMessageOnceWhenTheSocketKeepsBreaking() throws JMSException {
        Queue queue = jms.queue();
        ActiveMQConnection connection = jms.failover();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 20; i++) {
            producer.send(session.createTextMessage("m" + i));
            if (i % 5 == 2) {
                Wire.cut(connection);
            }
        }

        assertThat(jms.browse(queue)).containsExactly(Jms.numbered("m", 20));
    }

    @Test
    void shouldTakeEveryMessageOnceWhileSocketsBreakFromOutside() throws Exception {
        Queue queue = jms.queue();
        ActiveMQConnection connection = jms.failover();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(connection, queue, 300));
        for (int cuts = 0; cuts < 5; cuts++) {
            int reached = 50 * (cuts + 1);
            await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                    .until(() -> jms.browse(queue).size() >= reached);
            Wire.cut(connection);
        }
        sending.get(3 * Jms.PATIENCE_MS, TimeUnit.MILLISECONDS);

        assertThat(jms.browse(queue)).containsExactly(Jms.numbered("m", 300));
    }

    @Test
    void shouldSendOnOverACrash() throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.failover().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 10; i++) {
            producer.send(session.createTextMessage("m" + i));
            if (i == 4) {
                jms.broker().crash();
            }
        }

        assertThat(jms.browse(queue)).containsExactly(Jms.numbered("m", 10));
    }

    @Test
    void shouldLetASendWaitForTheBroker() throws Exception {
        Queue queue = jms.queue();
        Session session = jms.failover().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("before"));
        jms.broker().stop();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            try {
                producer.send(session.createTextMessage("meanwhile"));
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        jms.broker().start();
        sending.get(2 * Jms.PATIENCE_MS, TimeUnit.MILLISECONDS);

        assertThat(jms.browse(queue)).containsExactly("before", "meanwhile");
    }

    /** What nobody waited for may be lost with the socket, but nothing comes twice or out of order. */
    @Test
    void shouldKeepTheOrderOfAsynchronousSends() throws JMSException {
        Queue queue = jms.queue();
        ActiveMQConnection connection = jms.failover("jms.useAsyncSend=true");
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 50; i++) {
            producer.send(session.createTextMessage("m" + i));
            if (i == 25) {
                Wire.cut(connection);
            }
        }

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).contains("m49"));
        List<String> there = jms.browse(queue);
        assertThat(there)
                .containsExactlyElementsOf(
                        Stream.of(Jms.numbered("m", 50)).filter(there::contains).toList());
        assertThat(there).containsSubsequence("m30", "m40", "m49");
    }

    @Test
    void shouldSendAsynchronousMessagesAgainWhenTheClientKeepsThem() throws JMSException {
        Queue queue = jms.queue();
        ActiveMQConnection connection = jms.failover("trackMessages=true", "jms.useAsyncSend=true");
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 50; i++) {
            producer.send(session.createTextMessage("m" + i));
            if (i == 25) {
                Wire.cut(connection);
            }
        }

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).contains("m49"));
        assertThat(jms.browse(queue)).containsExactly(Jms.numbered("m", 50));
    }

    @Test
    void shouldSendTransientMessagesAfterTheBreak() throws JMSException {
        Topic topic = jms.topic();
        Queue queue = jms.queue();
        ActiveMQConnection connection = jms.failover();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(null);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        producer.send(queue, session.createTextMessage("a"));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).size() == 1);
        Wire.cut(connection);
        producer.send(topic, session.createTextMessage("perhaps lost"));
        Jms.send(session, queue, "b");
        producer.send(queue, session.createTextMessage("c"));

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThat(jms.browse(queue)).containsExactlyInAnyOrder("a", "b", "c"));
    }

    private static void send(ActiveMQConnection connection, Queue queue, int count) {
        try {
            Jms.send(connection.createSession(false, Session.AUTO_ACKNOWLEDGE), queue, Jms.numbered("m", count));
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}
