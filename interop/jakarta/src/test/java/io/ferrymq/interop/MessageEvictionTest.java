package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which messages go of those that wait for a slow subscriber, three of which may; see ClassicBroker. */
final class MessageEvictionTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    /** A subscriber whose prefetch is full. */
    private MessageConsumer slow(Topic topic, int prefetch) throws JMSException {
        MessageConsumer slow = jms.session("jms.prefetchPolicy.all=" + prefetch).createConsumer(topic);
        jms.send(topic, Jms.numbered("first", prefetch));
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) slow).getMessageSize() == prefetch);
        return slow;
    }

    @Test
    void shouldDiscardTheOldestWithTheLowestPriority() throws JMSException {
        Topic topic = new ActiveMQTopic("limited.lowest." + jms.name());
        MessageConsumer slow = slow(topic, 1);
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        int[] priorities = {9, 1, 4, 1, 4, 0, 5};
        for (int i = 0; i < priorities.length; i++) {
            producer.send(session.createTextMessage("m" + i), DeliveryMode.PERSISTENT, priorities[i], 0);
        }

        assertThat(Jms.texts(slow, 4)).containsExactly("first0", "m0", "m4", "m6");
    }

    @Test
    void shouldKeepTheNewestWithEachValueOfAProperty() throws JMSException {
        Topic topic = new ActiveMQTopic("limited.unique." + jms.name());
        MessageConsumer slow = slow(topic, 1);
        sendSymbols(topic, "a", "b", "a", "a", "c");

        assertThat(Jms.texts(slow, 4)).containsExactly("first0", "b1", "a3", "c4");
    }

    @Test
    void shouldDiscardTheOldestWhereEachHasItsOwnValue() throws JMSException {
        Topic topic = new ActiveMQTopic("limited.unique." + jms.name());
        MessageConsumer slow = slow(topic, 1);
        sendSymbols(topic, "a", "b", "c", "d");

        assertThat(Jms.texts(slow, 4)).containsExactly("first0", "b1", "c2", "d3");
    }

    @Test
    void shouldLetSoManyTimesThePrefetchWait() throws JMSException {
        Topic topic = new ActiveMQTopic("limited.rate." + jms.name());
        MessageConsumer slow = slow(topic, 2);
        jms.send(topic, Jms.numbered("m", 9));

        assertThat(Jms.texts(slow, 7)).containsExactly("first0", "first1", "m4", "m5", "m6", "m7", "m8");
    }

    /** Each in a millisecond of its own: Classic goes by the time that the client writes on a message. */
    private void sendSymbols(Topic topic, String... symbols) throws JMSException {
        Session session = jms.session();
        MessageProducer producer = session.createProducer(topic);
        for (int i = 0; i < symbols.length; i++) {
            Message message = session.createTextMessage(symbols[i] + i);
            message.setStringProperty("symbol", symbols[i]);
            producer.send(message);
            long sent = message.getJMSTimestamp();
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> System.currentTimeMillis() > sent);
        }
    }
}
