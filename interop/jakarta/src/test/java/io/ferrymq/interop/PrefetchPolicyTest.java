package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The prefetch that a policy gives to consumers that leave it to their client. */
final class PrefetchPolicyTest {
    private static final long GLANCE_MS = 300;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue(String policy) {
        return new ActiveMQQueue(policy + "." + jms.name());
    }

    @Test
    void shouldHaveAConsumerFetchEachMessageAtPrefetchZero() throws JMSException {
        Queue queue = queue("fetching.none");
        MessageConsumer first = jms.session().createConsumer(queue);
        jms.send(queue, "a", "b", "c");
        MessageConsumer second = jms.session().createConsumer(queue);

        assertThat(Jms.texts(second, 1)).containsExactly("a");
        assertThat(Jms.texts(first, 1)).containsExactly("b");
        assertThat(Jms.texts(second, 1)).containsExactly("c");
    }

    @Test
    void shouldKeepNoMoreThanThePolicysPrefetchWithAConsumer() throws JMSException {
        Queue queue = queue("fetching.one");
        MessageConsumer first = jms.session().createConsumer(queue);
        jms.send(queue, "a", "b", "c");
        MessageConsumer second = jms.session().createConsumer(queue);

        assertThat(Jms.texts(second, 2)).containsExactly("b", "c");
        assertThat(Jms.texts(first, 1)).containsExactly("a");
    }

    @Test
    void shouldLeaveAPrefetchThatTheClientHasChosen() throws JMSException {
        Queue queue = queue("fetching.none");
        MessageConsumer first =
                jms.session("jms.prefetchPolicy.queuePrefetch=10").createConsumer(queue);
        jms.send(queue, "a", "b", "c");
        MessageConsumer second = jms.session().createConsumer(queue);

        assertThat(second.receive(GLANCE_MS)).isNull();
        assertThat(Jms.texts(first, 3)).containsExactly("a", "b", "c");
    }

    /** Until the broker has its consumers again: it does what a connection asks for one after the other. */
    private static void comeBack(ActiveMQConnection connection) throws JMSException {
        Wire.cutAndReconnect(connection);
        connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createTemporaryQueue();
    }

    @Test
    void shouldHoldAfterAFailover() throws JMSException {
        Queue queue = queue("fetching.one");
        ActiveMQConnection connection = jms.failover();
        MessageConsumer first =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        comeBack(connection);
        jms.send(queue, "a", "b", "c");
        MessageConsumer second = jms.session().createConsumer(queue);

        assertThat(Jms.texts(second, 2)).containsExactly("b", "c");
        assertThat(Jms.texts(first, 1)).containsExactly("a");
    }

    @Test
    void shouldFetchEachMessageAfterAFailover() throws JMSException {
        Queue queue = queue("fetching.none");
        ActiveMQConnection connection = jms.failover();
        MessageConsumer first =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        comeBack(connection);
        jms.send(queue, "a", "b");
        MessageConsumer second = jms.session().createConsumer(queue);

        assertThat(Jms.texts(second, 1)).containsExactly("a");
        assertThat(Jms.texts(first, 1)).containsExactly("b");
    }
}
