package io.ferrymq.perf;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQTopic;

/** The hundredth subscriber, on a connection of its own: behaves, or gets stuck with its first message. */
final class Subscriber implements AutoCloseable {
    private static final int SMALL_PREFETCH = 10;
    private static final int CLOSE_TIMEOUT_MS = 2_000;

    private final Fault fault;
    private final DeafRelay relay;
    private final Connection connection;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final LongAdder received = new LongAdder();

    Subscriber(String url, ActiveMQTopic topic, Fault fault) throws JMSException {
        this.fault = fault;
        this.relay = new DeafRelay(url);
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(relay.url());
        factory.setCloseTimeout(CLOSE_TIMEOUT_MS);
        if (fault == Fault.LISTENER_BLOCKED) {
            factory.getPrefetchPolicy().setTopicPrefetch(SMALL_PREFETCH);
        }
        connection = factory.createConnection();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createConsumer(topic).setMessageListener(message -> onMessage());
    }

    void start() throws JMSException {
        connection.start();
    }

    private void onMessage() {
        received.increment();
        if (fault == Fault.SOCKET_NOT_READ) {
            relay.goDeaf();
        } else if (fault == Fault.LISTENER_BLOCKED) {
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    long received() {
        return received.sum();
    }

    @Override
    public void close() throws JMSException {
        closing.countDown();
        if (fault == Fault.SOCKET_NOT_READ) {
            closeBySocket();
        } else {
            connection.close();
            closeRelay();
        }
    }

    /** A client that hears nothing would wait for the answer to its farewell. */
    private void closeBySocket() {
        closeRelay();
        try {
            connection.close();
        } catch (JMSException e) {
            System.out.println("closed without a farewell: " + e.getMessage());
        }
    }

    private void closeRelay() {
        try {
            relay.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In what way a subscriber does not read. */
    enum Fault {
        NONE,
        LISTENER_BLOCKED,
        SOCKET_NOT_READ
    }
}
