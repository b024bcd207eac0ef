package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import java.util.concurrent.atomic.AtomicLong;

/** One consumer on its own connection. Owned by the client's delivery thread until closed; only {@link #count} is for others. */
final class LoadConsumer implements MessageListener {
    private final int number;
    private final Scenario scenario;
    private final Window window;
    private final Connection connection;
    private final Session session;
    private final Receipts receipts;
    private final Latency latency = new Latency();
    private final byte[] head = new byte[Stamp.LENGTH_BYTES];
    private final AtomicLong count = new AtomicLong();

    LoadConsumer(int number, Scenario scenario, Window window, Connection connection, Destination destination)
            throws JMSException {
        this.number = number;
        this.scenario = scenario;
        this.window = window;
        this.connection = connection;
        this.receipts = new Receipts(scenario.producers());
        this.session = connection.createSession(scenario.transacted(), Session.AUTO_ACKNOWLEDGE);
        session.createConsumer(destination).setMessageListener(this);
        connection.start();
    }

    @Override
    public void onMessage(Message message) {
        try {
            ((BytesMessage) message).readBytes(head);
            Stamp stamp = Stamp.read(head);
            if (window.isOpen()) {
                latency.record(System.nanoTime() - stamp.sentNs());
            }
            receipts.add(stamp.producer(), stamp.sequence());
            long received = count.get() + 1;
            if (scenario.transacted() && received % scenario.transactedBatch() == 0) {
                session.commit();
            }
            count.setRelease(received);
        } catch (JMSException e) {
            window.fail("consumer " + number, e);
        }
    }

    long count() {
        return count.getAcquire();
    }

    /** Call when nothing arrives any more: what is left of a last batch is committed from here. */
    void close() {
        try (connection) {
            if (scenario.transacted()) {
                session.commit();
            }
        } catch (JMSException e) {
            window.fail("consumer " + number + " closing", e);
        }
    }

    Latency latency() {
        return latency;
    }

    Receipts receipts() {
        return receipts;
    }
}
