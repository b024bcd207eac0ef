package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;

/** One producer on its own connection, sending as fast as the broker answers. Owned by its thread until joined. */
final class LoadProducer implements Runnable {
    private final int number;
    private final Scenario scenario;
    private final Window window;
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private final Latency latency = new Latency();
    private final byte[] body;
    private long confirmed;

    LoadProducer(int number, Scenario scenario, Window window, Connection connection, Destination destination)
            throws JMSException {
        this.number = number;
        this.scenario = scenario;
        this.window = window;
        this.connection = connection;
        this.session = connection.createSession(scenario.transacted(), Session.AUTO_ACKNOWLEDGE);
        this.producer = session.createProducer(destination);
        this.producer.setDeliveryMode(scenario.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        this.body = new byte[scenario.sizeBytes()];
    }

    @Override
    public void run() {
        try (connection) {
            while (window.isSending()) {
                sendBatch(Math.max(1, scenario.transactedBatch()));
            }
        } catch (JMSException e) {
            window.fail("producer " + number, e);
        }
    }

    /** With transactions a batch is one sample: from its first send to the answer to its commit. */
    private void sendBatch(int batch) throws JMSException {
        long startNs = System.nanoTime();
        for (int i = 0; i < batch; i++) {
            new Stamp(number, confirmed + i, System.nanoTime()).writeTo(body);
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(body);
            producer.send(message);
        }
        if (scenario.transacted()) {
            session.commit();
        }
        confirmed += batch;
        if (window.isOpen()) {
            latency.record(System.nanoTime() - startNs);
        }
    }

    Latency latency() {
        return latency;
    }

    long confirmed() {
        return confirmed;
    }
}
