package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Questions whose answers go to temporary destinations of other connections. */
final class RequestReplyTest {
    private static final int CLIENTS = 8;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Queue requests;

    @BeforeEach
    void name() {
        requests = jms.queue();
    }

    @AfterEach
    void stopThreads() throws InterruptedException {
        threads.shutdown();
        assertThat(threads.awaitTermination(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS))
                .isTrue();
    }

    @Test
    void shouldAnswerManyClientsAtOnce() throws Exception {
        Session server = jms.session();
        server.createConsumer(requests).setMessageListener(request -> answer(server, request));
        List<Future<List<String>>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String name = "client" + i;
            clients.add(threads.submit(() -> ask(name, 10)));
        }

        for (int i = 0; i < CLIENTS; i++) {
            assertThat(result(clients.get(i))).containsExactly(expected("client" + i, 10));
        }
    }

    /** A client refuses to use a temporary queue it was not told of. Classic tells some of them too late. */
    @Test
    void shouldLetNewConnectionsReplyAtOnce() throws Exception {
        assumeTrue(BrokerUnderTest.ferry(), "the other broker does not promise it");
        Session client = jms.session();
        TemporaryQueue replies = client.createTemporaryQueue();
        MessageConsumer consumer = client.createConsumer(replies);
        for (int i = 0; i < 20; i++) {
            Session server = jms.session();
            server.createProducer(replies).send(server.createTextMessage("reply " + i));

            assertThat(Jms.text(consumer)).isEqualTo("reply " + i);
        }
    }

    @Test
    void shouldLetManyNewConnectionsReplyAtTheSameTime() throws Exception {
        assumeTrue(BrokerUnderTest.ferry(), "the other broker does not promise it");
        Session client = jms.session();
        TemporaryQueue replies = client.createTemporaryQueue();
        MessageConsumer consumer = client.createConsumer(replies);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> servers = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String reply = "reply " + i;
            servers.add(threads.submit(() -> {
                start.await();
                Session server = jms.session();
                server.createProducer(null).send(replies, server.createTextMessage(reply));
                return true;
            }));
        }
        start.countDown();

        for (Future<Boolean> server : servers) {
            assertThat(result(server)).isTrue();
        }
        assertThat(Jms.texts(consumer, CLIENTS)).doesNotHaveDuplicates();
    }

    @Test
    void shouldReplyToATemporaryTopicOfAnotherConnection() throws JMSException {
        Session server = jms.session();
        Session client = jms.session();
        TemporaryTopic replies = client.createTemporaryTopic();
        MessageConsumer one = client.createConsumer(replies);
        MessageConsumer two = client.createConsumer(replies);
        producer(server, replies).send(server.createTextMessage("reply"));

        assertThat(Jms.text(one)).isEqualTo("reply");
        assertThat(Jms.text(two)).isEqualTo("reply");
    }

    @Test
    void shouldReplyInATransaction() throws JMSException {
        Session server = jms.transacted();
        Session client = jms.session();
        TemporaryQueue replies = client.createTemporaryQueue();
        MessageConsumer consumer = client.createConsumer(replies);
        MessageProducer producer = producer(server, replies);
        producer.send(server.createTextMessage("rolled back"));
        server.rollback();
        producer.send(server.createTextMessage("committed"));
        assertThat(consumer.receiveNoWait()).isNull();
        server.commit();

        assertThat(Jms.text(consumer)).isEqualTo("committed");
    }

    @Test
    void shouldTellRequestsApartByASelectorOnTheReplyQueue() throws JMSException {
        Session client = jms.session();
        Queue replies = jms.queue();
        Session server = jms.session();
        MessageProducer producer = server.createProducer(replies);
        for (String id : List.of("a", "b", "c")) {
            Message reply = server.createTextMessage("reply " + id);
            reply.setJMSCorrelationID(id);
            producer.send(reply);
        }

        assertThat(Jms.text(client.createConsumer(replies, "JMSCorrelationID = 'b'")))
                .isEqualTo("reply b");
        assertThat(Jms.text(client.createConsumer(replies, "JMSCorrelationID = 'c'")))
                .isEqualTo("reply c");
        assertThat(Jms.browse(client, replies)).containsExactly("reply a");
    }

    private List<String> ask(String name, int times) throws JMSException {
        Session client = jms.session();
        TemporaryQueue replies = client.createTemporaryQueue();
        MessageConsumer consumer = client.createConsumer(replies);
        MessageProducer producer = client.createProducer(requests);
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Message request = client.createTextMessage(name + " " + i);
            request.setJMSReplyTo(replies);
            producer.send(request);
            answers.add(Jms.text(consumer));
        }
        return answers;
    }

    /** Once the client has been told of the destination. */
    private static MessageProducer producer(Session session, Destination temporary) {
        return await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .ignoreExceptions()
                .until(() -> session.createProducer(temporary), producer -> true);
    }

    private static String[] expected(String name, int times) {
        String[] answers = Jms.numbered(name + " ", times);
        for (int i = 0; i < times; i++) {
            answers[i] = "answer to " + answers[i];
        }
        return answers;
    }

    /** A failure shows as an answer that does not come. */
    private static void answer(Session server, Message request) {
        try {
            server.createProducer(request.getJMSReplyTo())
                    .send(server.createTextMessage("answer to " + Jms.text(request)));
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T result(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(3 * Jms.PATIENCE_MS, TimeUnit.MILLISECONDS);
    }
}
