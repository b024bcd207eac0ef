package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.Arrays;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Topics whose subscribers may have ten messages wait and then lose the oldest; see ClassicBroker. */
final class SlowSubscriberTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Topic topic;

    @BeforeEach
    void name() {
        topic = new ActiveMQTopic("limited." + jms.name());
    }

    @Test
    void shouldLoseTheOldestOfWhatWaits() throws JMSException {
        MessageConsumer slow = slowBehind(50);

        assertThat(Jms.text(slow)).isEqualTo("m0");
        assertThat(Jms.texts(slow, 10)).containsExactly(Arrays.copyOfRange(Jms.numbered("m", 50), 40, 50));
        jms.send(topic, "next");
        assertThat(Jms.text(slow)).isEqualTo("next");
    }

    @Test
    void shouldMakeDeadLettersOfWhatItLoses() throws JMSException {
        MessageConsumer slow = slowBehind(13);

        DeadLetters dead = new DeadLetters(jms.session());
        for (String text : new String[] {"m1", "m2"}) {
            ActiveMQMessage letter = dead.next(topic);
            assertThat(((TextMessage) letter).getText()).isEqualTo(text);
            assertThat(letter.getStringProperty(DeadLetters.CAUSE))
                    .startsWith("java.lang.Throwable: Subscription discard. ID:");
        }
        assertThat(Jms.texts(slow, 11)).contains("m0", "m12");
    }

    @Test
    void shouldLoseNothingUpToTheLimit() throws JMSException {
        MessageConsumer slow = slowBehind(11);

        assertThat(Jms.texts(slow, 11)).containsExactly(Jms.numbered("m", 11));
    }

    @Test
    void shouldLoseNothingOfWhoReads() throws JMSException {
        MessageConsumer slow = slow();
        MessageConsumer quick = jms.session().createConsumer(topic);
        jms.send(topic, Jms.numbered("m", 100));

        assertThat(Jms.texts(quick, 100)).containsExactly(Jms.numbered("m", 100));
        assertThat(Jms.text(slow)).isEqualTo("m0");
    }

    @Test
    void shouldLoseNothingOfADurableSubscription() throws JMSException {
        Subscriptions client = new Subscriptions(jms, "jms.prefetchPolicy.all=1");
        MessageConsumer slow = client.open(topic, "name");
        jms.send(topic, Jms.numbered("m", 50));

        assertThat(Jms.texts(slow, 50)).containsExactly(Jms.numbered("m", 50));
    }

    @Test
    void shouldLimitEverySubscriberAlone() throws JMSException {
        MessageConsumer one = slow();
        MessageConsumer two = jms.session("jms.prefetchPolicy.all=5").createConsumer(topic);
        jms.send(topic, Jms.numbered("m", 5));
        awaitPrefetched(one, 1);
        awaitPrefetched(two, 5);
        jms.send(topic, Arrays.copyOfRange(Jms.numbered("m", 30), 5, 30));

        assertThat(Jms.text(one)).isEqualTo("m0");
        assertThat(Jms.texts(one, 10)).containsExactly(Arrays.copyOfRange(Jms.numbered("m", 30), 20, 30));
        assertThat(Jms.texts(two, 5)).containsExactly(Jms.numbered("m", 5));
        assertThat(Jms.texts(two, 10)).containsExactly(Arrays.copyOfRange(Jms.numbered("m", 30), 20, 30));
    }

    @Test
    void shouldKeepEverythingOnOtherTopics() throws JMSException {
        Topic unlimited = jms.topic();
        MessageConsumer slow = jms.session("jms.prefetchPolicy.all=1").createConsumer(unlimited);
        jms.send(unlimited, Jms.numbered("m", 50));

        assertThat(Jms.texts(slow, 50)).containsExactly(Jms.numbered("m", 50));
    }

    private MessageConsumer slow() throws JMSException {
        return jms.session("jms.prefetchPolicy.all=1").createConsumer(topic);
    }

    /** One that has prefetched the first of so many messages, and reads none. */
    private MessageConsumer slowBehind(int count) throws JMSException {
        MessageConsumer slow = slow();
        jms.send(topic, "m0");
        awaitPrefetched(slow, 1);
        jms.send(topic, Arrays.copyOfRange(Jms.numbered("m", count), 1, count));
        return slow;
    }

    private static void awaitPrefetched(MessageConsumer consumer, int count) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == count);
    }
}
