package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;

/** Persistent messages through one queue: producers that wait for each one, and as many consumers that take it at once. */
final class ChurnLoad {
    private static final ActiveMQQueue QUEUE = new ActiveMQQueue("perf.churn");

    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long brokerPid;
    private final int clients;
    private final int sizeBytes;
    private final ActiveMQConnectionFactory factory;
    private final Window window = new Window();
    private final AtomicLong confirmed = new AtomicLong();

    ChurnLoad(String url, long brokerPid, int clients, int sizeBytes) {
        this.brokerPid = brokerPid;
        this.clients = clients;
        this.sizeBytes = sizeBytes;
        this.factory = new ActiveMQConnectionFactory(url);
    }

    Readings run(int warmupSeconds, int seconds) throws JMSException, InterruptedException {
        List<Connection> consumers = new ArrayList<>();
        List<Thread> producers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            consumers.add(consume(i));
            int number = i;
            Connection connection = connect("producer", i);
            producers.add(new Thread(() -> produce(number, connection), "producer-" + i));
        }
        producers.forEach(Thread::start);
        await(warmupSeconds);
        long before = confirmed.get();
        long startNs = System.nanoTime();
        ProcessUsage usage = ProcessUsage.of(brokerPid);
        await(seconds);
        double measured = confirmed.get() - before;
        double rate = measured / ((System.nanoTime() - startNs) / 1e9);
        double cpuUs = ProcessUsage.of(brokerPid).since(usage).cpuUs() / measured;
        window.stopSending();
        for (Thread producer : producers) {
            producer.join();
        }
        for (Connection connection : consumers) {
            connection.close();
        }
        return new Readings(Map.of("rate", rate, "cpu_us", cpuUs, "sent", (double) confirmed.get()), window.problem());
    }

    /** Until then, or something goes wrong. */
    private void await(int seconds) {
        long startNs = System.nanoTime();
        while (window.isSending() && System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(seconds)) {
            LockSupport.parkNanos(STEP_NS);
        }
    }

    private Connection connect(String what, int number) throws JMSException {
        Connection connection = factory.createConnection();
        connection.setExceptionListener(e -> window.fail(what + " " + number, e));
        return connection;
    }

    private Connection consume(int number) throws JMSException {
        Connection connection = connect("consumer", number);
        connection
                .createSession(false, Session.AUTO_ACKNOWLEDGE)
                .createConsumer(QUEUE)
                .setMessageListener(message -> {});
        connection.start();
        return connection;
    }

    private void produce(int number, Connection connection) {
        try (connection) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(QUEUE);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            byte[] bytes = new byte[sizeBytes];
            while (window.isSending()) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(bytes);
                producer.send(message);
                confirmed.incrementAndGet();
            }
        } catch (JMSException e) {
            window.fail("producer " + number, e);
        }
    }
}
