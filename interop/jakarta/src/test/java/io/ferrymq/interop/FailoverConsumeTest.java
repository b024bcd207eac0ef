package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumers whose connection breaks under them: nothing is lost, and what comes twice says so. */
final class FailoverConsumeTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Queue queue;

    @BeforeEach
    void name() {
        queue = jms.queue();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Session.AUTO_ACKNOWLEDGE,
                Session.DUPS_OK_ACKNOWLEDGE,
                Session.CLIENT_ACKNOWLEDGE,
                ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE
            })
    void shouldLoseNothingWhenTheSocketKeepsBreaking(int mode) throws JMSException {
        jms.send(queue, Jms.numbered("m", 60));
        ActiveMQConnection connection = jms.failover("jms.prefetchPolicy.all=7");
        MessageConsumer consumer = connection.createSession(false, mode).createConsumer(queue);
        Set<String> seen = new HashSet<>();
        for (int i = 0; seen.size() < 60; i++) {
            takeOne(consumer, seen);
            if (i % 10 == 3) {
                Wire.cut(connection);
            }
        }
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> drained(consumer, seen));
    }

    @Test
    void shouldLoseNothingOverCrashes() throws JMSException {
        jms.send(queue, Jms.numbered("m", 30));
        MessageConsumer consumer = jms.failover("jms.prefetchPolicy.all=7")
                .createSession(false, Session.CLIENT_ACKNOWLEDGE)
                .createConsumer(queue);
        Set<String> seen = new HashSet<>();
        for (int i = 0; seen.size() < 30; i++) {
            Message message = Jms.receive(consumer);
            seen.add(Jms.text(message));
            message.acknowledge();
            if (i == 9 || i == 19) {
                jms.broker().crash();
            }
        }

        assertThat(seen).containsExactlyInAnyOrder(Jms.numbered("m", 30));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> drained(consumer, seen));
    }

    @Test
    void shouldRedeliverInOrderWhatWasNotAcknowledgedInTime() throws JMSException {
        jms.send(queue, "a", "b", "c");
        ActiveMQConnection connection = jms.failover();
        MessageConsumer consumer =
                connection.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        Jms.receive(consumer).acknowledge();
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).size() == 2);
        Jms.assertDelivery(consumer, "b", 1);
        Jms.assertDelivery(consumer, "c", 1);
        Wire.cut(connection);

        Jms.assertDelivery(consumer, "b", 2);
        Jms.assertDelivery(consumer, "c", 2).acknowledge();
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).isEmpty());
    }

    @Test
    void shouldPullOverABreak() throws JMSException {
        ActiveMQConnection connection = jms.failover("jms.prefetchPolicy.all=0");
        MessageConsumer puller =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        jms.send(queue, "a", "b");
        assertThat(Jms.text(puller)).isEqualTo("a");
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).equals(List.of("b")));
        Wire.cut(connection);
        assertThat(await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                        .until(() -> puller.receive(1_000), m -> m != null))
                .satisfies(message -> assertThat(Jms.text(message)).isEqualTo("b"));
        jms.broker().restart();
        jms.send(queue, "c");

        assertThat(await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                        .until(() -> puller.receive(1_000), m -> m != null))
                .satisfies(message -> assertThat(Jms.text(message)).isEqualTo("c"));
    }

    /** The client asks again only if it keeps track of its messages. */
    @Test
    void shouldDeliverToAPullThatWaitedOverABreak() throws Exception {
        ActiveMQConnection connection = jms.failover("jms.prefetchPolicy.all=0", "trackMessages=true");
        MessageConsumer puller =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> receive(puller));
        jms.send(queue, "a");
        assertThat(waiting.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)).isEqualTo("a");
        CompletableFuture<String> again = CompletableFuture.supplyAsync(() -> receive(puller));
        Wire.cut(connection);
        jms.send(queue, "b");

        assertThat(again.get(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS)).isEqualTo("b");
    }

    @Test
    void shouldBrowseAfterABreak() throws JMSException {
        jms.send(queue, Jms.numbered("m", 10));
        ActiveMQConnection connection = jms.failover();
        QueueBrowser browser =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createBrowser(queue);
        assertThat(browsed(browser)).containsExactly(Jms.numbered("m", 10));
        Wire.cut(connection);
        assertThat(browsed(browser)).containsExactly(Jms.numbered("m", 10));
        jms.broker().crash();
        assertThat(browsed(browser)).containsExactly(Jms.numbered("m", 10));
    }

    private static List<String> browsed(QueueBrowser browser) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Enumeration<?> messages = browser.getEnumeration(); messages.hasMoreElements(); ) {
            texts.add(Jms.text((Message) messages.nextElement()));
        }
        return texts;
    }

    /** Whether nothing is left, dropping what is flagged as delivered before. */
    private boolean drained(MessageConsumer consumer, Set<String> seen) throws JMSException {
        for (Message again = consumer.receiveNoWait(); again != null; again = consumer.receiveNoWait()) {
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(seen).contains(Jms.text(again));
            again.acknowledge();
        }
        return jms.browse(queue).isEmpty();
    }

    private static void takeOne(MessageConsumer consumer, Set<String> seen) throws JMSException {
        Message message = Jms.receive(consumer);
        if (!seen.add(Jms.text(message))) {
            assertThat(message.getJMSRedelivered()).as(Jms.text(message)).isTrue();
        }
        message.acknowledge();
    }

    private static String receive(MessageConsumer consumer) {
        try {
            return Jms.text(consumer.receive());
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}
