package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker that removes durable subscriptions which nobody has used for two seconds (offlineDurableSubscriberTimeout). */
final class UnusedSubscriptionTest {
    private static final long OFFLINE_MS = 2_000;
    /** Looking for it is using it: the next time only when it may have gone meanwhile. */
    private static final Duration BETWEEN = Duration.ofMillis(3 * OFFLINE_MS);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Jms jms = Jms.onOwnBroker(data -> BrokerUnderTest.forgetting(data, OFFLINE_MS));

    private Topic topic;
    private Subscriptions client;

    @BeforeEach
    void open() throws JMSException {
        topic = jms.topic();
        client = new Subscriptions(jms);
        client.create(topic, "name");
        client.create(topic, "watched");
        jms.send(topic, "old");
    }

    @Test
    void shouldBeginAnewWhenItWasAwayForTooLong() throws JMSException {
        awaitForgotten();
        MessageConsumer subscriber = client.open(topic, "name");
        jms.send(topic, "new");

        assertThat(Jms.text(subscriber)).isEqualTo("new");
    }

    @Test
    void shouldHaveForgottenItAfterARestartToo() throws JMSException {
        awaitForgotten();
        jms.broker().crash();

        Session session = client.session(Session.AUTO_ACKNOWLEDGE);
        assertThatThrownBy(() -> session.unsubscribe("name")).isInstanceOf(JMSException.class);
    }

    @Test
    void shouldKeepTheSubscriptionOfAConsumerThatIsThere() throws JMSException {
        Subscriptions present = new Subscriptions(jms);
        MessageConsumer subscriber = present.open(topic, "name");
        awaitForgotten();
        jms.send(topic, "new");

        assertThat(Jms.text(subscriber)).isEqualTo("new");
    }

    /** Until a second subscription has lost what waited for it: the first one is as old, and nobody has looked at it. */
    private void awaitForgotten() {
        await().atMost(PATIENCE).pollDelay(BETWEEN).pollInterval(BETWEEN).until(this::isForgotten);
    }

    private boolean isForgotten() throws JMSException {
        MessageConsumer watching = client.session(Session.CLIENT_ACKNOWLEDGE).createDurableSubscriber(topic, "watched");
        Message old = watching.receive(Jms.ABSENCE_MS);
        client.leave();
        return old == null;
    }
}
