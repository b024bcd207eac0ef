package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.ConnectionConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.ServerSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.activemq.ActiveMQConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How application servers consume: the connection takes the messages and gives them to sessions of a pool. */
final class ConnectionConsumerTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private ActiveMQConnection connection;
    private Queue queue;
    private Topic topic;

    @BeforeEach
    void open() throws JMSException {
        connection = jms.connectAs(jms.name());
        queue = jms.queue();
        topic = jms.topic();
    }

    @Test
    void shouldConsumeAQueue() throws JMSException {
        jms.send(queue, Jms.numbered("m", 20));
        connection.createConnectionConsumer(queue, null, pool(1, Session.AUTO_ACKNOWLEDGE), 10);
        jms.send(queue, "m20", "m21");

        awaitHeard(Jms.numbered("m", 22));
        connection.close();
        assertThat(jms.browse(queue)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100})
    void shouldConsumeAQueueWithSeveralSessions(int maxMessages) throws JMSException {
        connection.createConnectionConsumer(queue, null, pool(3, Session.AUTO_ACKNOWLEDGE), maxMessages);
        jms.send(queue, Jms.numbered("m", 60));

        awaitCount(60);
        connection.close();
        assertThat(heard).containsExactlyInAnyOrder(Jms.numbered("m", 60));
        assertThat(jms.browse(queue)).isEmpty();
    }

    @Test
    void shouldSelectFromAQueue() throws JMSException {
        connection.createConnectionConsumer(queue, "number > 1", pool(1, Session.AUTO_ACKNOWLEDGE), 10);
        Session session = jms.session();
        for (int i = 0; i < 4; i++) {
            Message message = session.createTextMessage("m" + i);
            message.setIntProperty("number", i);
            session.createProducer(queue).send(message);
        }

        awaitHeard("m2", "m3");
        assertThat(jms.browse(queue)).startsWith("m0", "m1");
    }

    @Test
    void shouldConsumeATopic() throws JMSException {
        jms.send(topic, "missed");
        connection.createConnectionConsumer(topic, null, pool(1, Session.AUTO_ACKNOWLEDGE), 10);
        jms.send(topic, Jms.numbered("m", 50));

        awaitHeard(Jms.numbered("m", 50));
    }

    @Test
    void shouldConsumeADurableSubscription() throws JMSException {
        ConnectionConsumer consumer =
                connection.createDurableConnectionConsumer(topic, "name", null, pool(1, Session.AUTO_ACKNOWLEDGE), 10);
        jms.send(topic, "a", "b");
        awaitHeard("a", "b");
        consumer.close();
        jms.send(topic, "c", "d");
        connection.createDurableConnectionConsumer(topic, "name", null, pool(1, Session.AUTO_ACKNOWLEDGE), 10);

        awaitHeard("a", "b", "c", "d");
    }

    @Test
    void shouldConsumeOnCommit() throws JMSException {
        jms.send(queue, "a", "b", "c");
        connection.createConnectionConsumer(queue, null, transactedPool(Session::commit), 1);

        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> jms.browse(queue).isEmpty());
        assertThat(heard).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void shouldGiveBackWhatASessionDidNotFinish() throws JMSException {
        jms.send(queue, "a", "b");
        connection.createConnectionConsumer(queue, null, transactedPool(session -> {}), 1);
        awaitHeard("a");
        jms.lose(connection);

        MessageConsumer next = jms.session().createConsumer(queue);
        Jms.assertDelivery(next, "a", 2);
        Jms.assertDelivery(next, "b", 1);
    }

    @Test
    void shouldStopDeliveringWhenItIsClosed() throws JMSException {
        ConnectionConsumer consumer =
                connection.createConnectionConsumer(queue, null, pool(1, Session.AUTO_ACKNOWLEDGE), 10);
        jms.send(queue, "a");
        awaitHeard("a");
        consumer.close();
        jms.send(queue, "b");

        assertThat(Jms.text(jms.session().createConsumer(queue))).isEqualTo("b");
        assertThat(heard).containsExactly("a");
    }

    @Test
    void shouldShareAQueueWithOrdinaryConsumers() throws JMSException {
        connection.createConnectionConsumer(queue, null, pool(1, Session.AUTO_ACKNOWLEDGE), 1);
        MessageConsumer ordinary = jms.session("jms.prefetchPolicy.all=1").createConsumer(queue);
        jms.send(queue, "a", "b");

        String mine = Jms.text(ordinary);
        awaitCount(1);
        assertThat(List.of(mine, heard.get(0))).containsExactlyInAnyOrder("a", "b");
    }

    private SessionPool pool(int size, int mode) throws JMSException {
        SessionPool pool = new SessionPool();
        for (int i = 0; i < size; i++) {
            pool.add(connection.createSession(false, mode), this::hear, session -> {});
        }
        return pool;
    }

    /** The client waits for a free session on the thread that reads the socket: there must be one while another one commits. */
    private SessionPool transactedPool(Ending ending) throws JMSException {
        SessionPool pool = new SessionPool();
        for (int i = 0; i < 8; i++) {
            pool.add(connection.createSession(true, Session.SESSION_TRANSACTED), this::hear, ending);
        }
        return pool;
    }

    private void hear(Message message) {
        try {
            heard.add(Jms.text(message));
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitHeard(String... texts) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .untilAsserted(() -> assertThat(heard).containsExactly(texts));
    }

    private void awaitCount(int count) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(() -> heard.size() == count);
    }

    /** What is done when a session has given its messages to its listener. */
    private interface Ending {
        void end(Session session) throws JMSException;
    }

    /** Whoever asks gets a free session, or waits for one. */
    private static final class SessionPool implements ServerSessionPool {
        private final BlockingQueue<ServerSession> free = new LinkedBlockingQueue<>();

        void add(Session session, MessageListener listener, Ending ending) throws JMSException {
            session.setMessageListener(listener);
            free.add(new PooledSession(session, ending, free));
        }

        @Override
        public ServerSession getServerSession() {
            try {
                return free.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private record PooledSession(Session session, Ending ending, BlockingQueue<ServerSession> free)
            implements ServerSession {
        @Override
        public Session getSession() {
            return session;
        }

        @Override
        public void start() {
            new Thread(this::work).start();
        }

        private void work() {
            session.run();
            try {
                ending.end(session);
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
            free.add(this);
        }
    }
}
