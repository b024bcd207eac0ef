package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whoever gets a request may answer at once: it has been told of the temporary queue before. A client that was not would say
 * "Cannot publish to a deleted Destination".
 */
final class AnswerAtOnceTest {
    private static final int ASKING = 4;
    private static final int ANSWERING = 3;
    private static final int CONNECTIONS = 20;
    private static final int REQUESTS = 5;
    private static final int ANSWERS_PER_CONNECTION = 10;
    private static final long GLANCE_MS = 100;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private final AtomicInteger answered = new AtomicInteger();

    @Test
    void shouldLetEverybodyAnswerAtOnceWhileConnectionsComeAndGo() throws Exception {
        Queue requests = jms.queue();
        ActiveMQConnectionFactory factory = jms.factory("jms.prefetchPolicy.queuePrefetch=1");
        ExecutorService threads = Executors.newFixedThreadPool(ASKING + ANSWERING);
        try {
            List<Future<Integer>> asking = new ArrayList<>();
            List<Future<Integer>> answering = new ArrayList<>();
            for (int i = 0; i < ASKING; i++) {
                asking.add(threads.submit(asker(factory, requests)));
            }
            for (int i = 0; i < ANSWERING; i++) {
                answering.add(threads.submit(answerer(factory, requests)));
            }
            assertThat(sum(asking) + sum(answering)).isEqualTo(2 * ASKING * CONNECTIONS * REQUESTS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static int sum(List<Future<Integer>> counts) throws InterruptedException, ExecutionException {
        int sum = 0;
        for (Future<Integer> count : counts) {
            sum += count.get();
        }
        return sum;
    }

    private Callable<Integer> asker(ActiveMQConnectionFactory factory, Queue requests) {
        return () -> {
            int got = 0;
            for (int i = 0; i < CONNECTIONS; i++) {
                try (Connection connection = factory.createConnection()) {
                    connection.start();
                    got += ask(connection.createSession(false, Session.AUTO_ACKNOWLEDGE), requests);
                }
            }
            return got;
        };
    }

    /** A new temporary queue for each request, which is sent as soon as it exists. */
    private static int ask(Session session, Queue requests) throws JMSException {
        MessageProducer producer = session.createProducer(requests);
        for (int i = 0; i < REQUESTS; i++) {
            TemporaryQueue replies = session.createTemporaryQueue();
            TextMessage request = session.createTextMessage("question");
            request.setJMSReplyTo(replies);
            producer.send(request);
            MessageConsumer consumer = session.createConsumer(replies);
            assertThat(Jms.text(consumer)).isEqualTo("answer");
            consumer.close();
            replies.delete();
        }
        return REQUESTS;
    }

    private Callable<Integer> answerer(ActiveMQConnectionFactory factory, Queue requests) {
        return () -> {
            int sent = 0;
            while (answered.get() < ASKING * CONNECTIONS * REQUESTS) {
                try (Connection connection = factory.createConnection()) {
                    connection.start();
                    sent += answer(connection.createSession(false, Session.AUTO_ACKNOWLEDGE), requests);
                }
            }
            return sent;
        };
    }

    private int answer(Session session, Queue requests) throws JMSException {
        MessageConsumer consumer = session.createConsumer(requests);
        MessageProducer producer = session.createProducer(null);
        int sent = 0;
        while (sent < ANSWERS_PER_CONNECTION) {
            Message request = consumer.receive(GLANCE_MS);
            if (request == null) {
                break;
            }
            producer.send(request.getJMSReplyTo(), session.createTextMessage("answer"));
            answered.incrementAndGet();
            sent++;
        }
        return sent;
    }
}
