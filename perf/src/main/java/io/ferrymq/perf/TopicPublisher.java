package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Publishes without waiting for answers, and stays at most {@link #AHEAD} messages before the slowest of the subscribers that read. */
final class TopicPublisher implements Runnable {
    private static final int AHEAD = 500;
    private static final int LOOK_EVERY = 50;
    private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Session session;
    private final MessageProducer producer;
    private final byte[] body;
    private final List<AtomicLong> counts;
    private final Window window;
    private long sent;

    TopicPublisher(Connection connection, Destination topic, int sizeBytes, List<AtomicLong> counts, Window window)
            throws JMSException {
        this.session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        this.producer = session.createProducer(topic);
        this.producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        this.body = new byte[sizeBytes];
        this.counts = counts;
        this.window = window;
    }

    @Override
    public void run() {
        try {
            while (window.isSending()) {
                if (sent % LOOK_EVERY == 0 && sent - slowest() > AHEAD) {
                    LockSupport.parkNanos(STEP_NS);
                } else {
                    BytesMessage message = session.createBytesMessage();
                    message.writeBytes(body);
                    producer.send(message);
                    sent++;
                }
            }
        } catch (JMSException | RuntimeException e) {
            window.fail("publisher", e);
        }
    }

    private long slowest() {
        return counts.stream().mapToLong(AtomicLong::getAcquire).min().orElse(0);
    }

    /** Call when its thread has ended. */
    long sent() {
        return sent;
    }
}
