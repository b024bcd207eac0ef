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
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One producer on its own connection, sending as fast as the broker answers or by the clock. By the clock every latency begins when the
 * send was due, however late it was because an earlier one waited: a stall counts for all that it held up. Owned by its thread.
 */
final class LoadProducer implements Runnable {
    /** How a producer comes to a connection. */
    interface Connections {
        Connection open() throws JMSException;
    }

    private static final int FILL_BATCH = 500;

    private final int number;
    private final Workload workload;
    private final Window window;
    private final LatencyRecorder latency;
    private final Connections connections;
    private final List<? extends Destination> destinations;
    private final byte[] body;
    private @Nullable Line line;

    /** Published once a batch: others may tell how far it is. */
    private volatile long confirmed;

    private record Line(Connection connection, Session session, MessageProducer producer) {}

    LoadProducer(
            int number,
            Workload workload,
            Window window,
            LatencyRecorder latency,
            Connections connections,
            List<? extends Destination> destinations) {
        this.number = number;
        this.workload = workload;
        this.window = window;
        this.latency = latency;
        this.connections = connections;
        this.destinations = destinations;
        this.body = new byte[workload.sizeBytes()];
    }

    /** Before its thread starts, so that connecting is no part of the load; not where connecting is the load. */
    void connect() throws JMSException {
        if (workload.backlog() > 0) {
            fill(workload.backlog() / workload.producers());
        }
        if (!workload.reconnect()) {
            line = open(workload.transacted());
        }
    }

    /** This producer's share of what waits from the start. */
    private void fill(int messages) throws JMSException {
        Line to = open(true);
        for (int i = 1; i <= messages; i++) {
            send(to, i - 1, System.nanoTime());
            if (i % FILL_BATCH == 0 || i == messages) {
                to.session().commit();
                confirmed = i;
            }
        }
        to.connection().close();
    }

    private Line open(boolean transacted) throws JMSException {
        Connection connection = connections.open();
        Session session = connection.createSession(transacted, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(destinations.size() == 1 ? destinations.get(0) : null);
        producer.setDeliveryMode(workload.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        return new Line(connection, session, producer);
    }

    @Override
    public void run() {
        try {
            int batch = Math.max(1, workload.transactedBatch());
            if (workload.paced()) {
                sendByTheClock(batch);
            } else {
                while (window.isSending()) {
                    sendBatch(batch, System.nanoTime());
                }
            }
            if (line != null) {
                line.connection().close();
            }
        } catch (JMSException | RuntimeException e) {
            window.fail("producer " + number, e);
        }
    }

    private void sendByTheClock(int batch) throws JMSException {
        long intervalNs = TimeUnit.SECONDS.toNanos(1) * workload.producers() * batch / workload.ratePerSecond();
        long dueNs = System.nanoTime() + intervalNs * number / workload.producers();
        while (window.isSending()) {
            long leftNs = dueNs - System.nanoTime();
            if (leftNs > 0) {
                LockSupport.parkNanos(leftNs);
            } else {
                sendBatch(batch, dueNs);
                dueNs += intervalNs;
            }
        }
    }

    /** With transactions a batch is one sample: from its first send to the answer to its commit. By the clock all of it is due at once. */
    private void sendBatch(int batch, long startNs) throws JMSException {
        Line to = line == null ? open(workload.transacted()) : line;
        long first = confirmed;
        for (int i = 0; i < batch; i++) {
            send(to, first + i, i == 0 || workload.paced() ? startNs : System.nanoTime());
        }
        if (workload.transacted()) {
            to.session().commit();
        }
        if (line == null) {
            to.connection().close();
        }
        confirmed = first + batch;
        if (workload.backlog() > 0) {
            window.permit(batch);
        }
        if (window.isOpen()) {
            latency.record(System.nanoTime() - startNs);
        }
    }

    private void send(Line to, long sequence, long sentNs) throws JMSException {
        new Stamp(number, sequence, sentNs).writeTo(body);
        BytesMessage message = to.session().createBytesMessage();
        message.writeBytes(body);
        if (destinations.size() == 1) {
            to.producer().send(message);
        } else {
            to.producer().send(destination(sequence), message);
        }
    }

    /** All producers together go through the queues one by one. */
    private Destination destination(long sequence) {
        return destinations.get((int) ((sequence * workload.producers() + number) % destinations.size()));
    }

    long confirmed() {
        return confirmed;
    }
}
