package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.concurrent.atomic.AtomicLong;

/** One consumer with a session of its own. Owned by the client's delivery thread until closed; only {@link #count} is for others. */
final class LoadConsumer implements MessageListener {
    private final int number;
    private final Workload workload;
    private final Window window;
    private final LatencyRecorder latency;
    private final Session session;
    private final Receipts receipts;
    private final byte[] head = new byte[Stamp.LENGTH_BYTES];
    private final AtomicLong count = new AtomicLong();

    LoadConsumer(int number, Workload workload, Window window, LatencyRecorder latency, Connection connection)
            throws JMSException {
        this.number = number;
        this.workload = workload;
        this.window = window;
        this.latency = latency;
        this.receipts = new Receipts(workload.producers());
        this.session = connection.createSession(workload.transacted(), Session.AUTO_ACKNOWLEDGE);
    }

    void subscribe(Destination destination) throws JMSException {
        MessageConsumer consumer = workload.durable()
                ? session.createDurableSubscriber((Topic) destination, "perf-" + number)
                : session.createConsumer(destination);
        consumer.setMessageListener(this);
    }

    @Override
    public void onMessage(Message message) {
        if (workload.backlog() > 0) {
            window.awaitPermit();
        }
        try {
            ((BytesMessage) message).readBytes(head);
            Stamp stamp = Stamp.read(head);
            if (window.isOpen()) {
                latency.record(System.nanoTime() - stamp.sentNs());
            }
            receipts.add(stamp.producer(), stamp.sequence());
            long received = count.get() + 1;
            if (workload.transacted() && received % workload.transactedBatch() == 0) {
                session.commit();
            }
            count.setRelease(received);
        } catch (JMSException | RuntimeException e) {
            window.fail("consumer " + number, e);
        }
    }

    long count() {
        return count.getAcquire();
    }

    /** Call when nothing arrives any more: what is left of a last batch is committed from here. */
    void close() {
        try {
            if (workload.transacted()) {
                session.commit();
            }
        } catch (JMSException e) {
            window.fail("consumer " + number + " closing", e);
        }
    }

    Receipts receipts() {
        return receipts;
    }
}
