package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AcknowledgeTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;

    @BeforeEach
    void name() {
        queue = jms.queue();
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void shouldConsumeWhatTheSessionAcknowledges(int mode) throws JMSException {
        jms.send(queue, "a", "b", "c");
        ActiveMQConnection connection = jms.connect();
        MessageConsumer consumer = connection.createSession(false, mode).createConsumer(queue);
        assertThat(Jms.texts(consumer, 2)).containsExactly("a", "b");
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jms.optimizeAcknowledge=true",
                "jms.sendAcksAsync=false",
                "jms.alwaysSessionAsync=false",
                "jms.prefetchPolicy.all=1",
                "jms.prefetchPolicy.all=7"
            })
    void shouldConsumeAllWithEveryClientOption(String option) throws JMSException {
        jms.send(queue, Jms.numbered("m", 100));
        ActiveMQConnection connection = jms.connect(option);
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(Jms.texts(consumer, 100)).containsExactly(Jms.numbered("m", 100));
        connection.close();

        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldConsumeARangeOfOptimizedAcknowledgements() throws JMSException {
        jms.send(queue, Jms.numbered("m", 20));
        ActiveMQConnection connection = jms.connect("jms.optimizeAcknowledge=true", "jms.prefetchPolicy.all=10");
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);

        assertThat(Jms.texts(consumer, 13)).containsExactly(Jms.numbered("m", 13));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).size() < 20);
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("m13", "m14", "m15", "m16", "m17", "m18", "m19");
    }

    @Test
    void shouldConsumeEverythingUpToTheAcknowledgedMessage() throws JMSException {
        jms.send(queue, "a", "b", "c", "d");
        ActiveMQConnection connection = jms.connect();
        MessageConsumer consumer =
                connection.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        Jms.receive(consumer);
        Jms.receive(consumer);
        Jms.receive(consumer).acknowledge();
        Jms.receive(consumer);
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("d");
    }

    @Test
    void shouldAcknowledgeForEveryConsumerOfTheSession() throws JMSException {
        Queue other = jms.queue();
        jms.send(queue, "a", "b");
        jms.send(other, "c", "d");
        ActiveMQConnection connection = jms.connect();
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        Jms.receive(session.createConsumer(queue));
        Jms.receive(session.createConsumer(other)).acknowledge();
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("b");
        assertThat(jms.browse(other)).containsExactly("d");
    }

    @Test
    void shouldConsumeNothingWithoutAcknowledgement() throws JMSException {
        jms.send(queue, "a", "b");
        ActiveMQConnection connection = jms.connect();
        MessageConsumer consumer =
                connection.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
        Jms.texts(consumer, 2);
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.CLIENT_ACKNOWLEDGE, ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE})
    void shouldKeepDeliveringBeyondThePrefetchToWhoHasNotAcknowledged(int mode) throws JMSException {
        jms.send(queue, Jms.numbered("m", 50));
        ActiveMQConnection connection = jms.connect("jms.prefetchPolicy.all=2");
        MessageConsumer consumer = connection.createSession(false, mode).createConsumer(queue);

        assertThat(Jms.texts(consumer, 50)).containsExactly(Jms.numbered("m", 50));
        connection.close();

        assertThat(jms.browse(queue)).hasSize(50);
    }

    @Test
    void shouldKeepDeliveringToWhoAcknowledgesEverySecondMessage() throws JMSException {
        jms.send(queue, Jms.numbered("m", 100));
        ActiveMQConnection connection = jms.connect("jms.prefetchPolicy.all=10");
        MessageConsumer consumer = connection
                .createSession(false, ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE)
                .createConsumer(queue);
        for (int i = 0; i < 100; i++) {
            Message message = Jms.receive(consumer);
            if (i % 2 == 0) {
                message.acknowledge();
            }
        }
        connection.close();

        assertThat(jms.browse(queue)).hasSize(50);
    }

    @Test
    void shouldConsumeOnlyTheMessagesAcknowledgedOneByOne() throws JMSException {
        jms.send(queue, "a", "b", "c", "d");
        ActiveMQConnection connection = jms.connect();
        MessageConsumer consumer = connection
                .createSession(false, ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE)
                .createConsumer(queue);
        Jms.receive(consumer);
        Message second = Jms.receive(consumer);
        Jms.receive(consumer);
        Message fourth = Jms.receive(consumer);
        fourth.acknowledge();
        second.acknowledge();
        connection.close();

        assertThat(jms.browse(queue)).containsExactly("a", "c");
    }

    @Test
    void shouldAcknowledgeForAListener() throws JMSException {
        List<String> heard = new CopyOnWriteArrayList<>();
        ActiveMQConnection connection = jms.connect();
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        consumer.setMessageListener(message -> heard.add(textOf(message)));
        jms.send(queue, Jms.numbered("m", 50));

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> heard.size() == 50);
        connection.close();

        assertThat(heard).containsExactly(Jms.numbered("m", 50));
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldDeliverAgainWhatAListenerFailedOn() throws JMSException {
        List<String> heard = new CopyOnWriteArrayList<>();
        MessageConsumer consumer = jms.session(Jms.QUICK_REDELIVERY).createConsumer(queue);
        consumer.setMessageListener(message -> {
            heard.add(textOf(message));
            if (heard.size() == 2) {
                throw new IllegalStateException("on purpose");
            }
        });
        jms.send(queue, "a", "b", "c");

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> heard.size() == 4);
        assertThat(heard).containsExactly("a", "b", "b", "c");
    }

    private static String textOf(Message message) {
        try {
            return Jms.text(message);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}
