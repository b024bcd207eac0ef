package io.ferrymq.perf;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQTopic;

/**
 * 99 subscribers of a topic that read, beside one that reads as well, or has stopped. Phases of both kinds take turns, and a stuck phase is
 * compared with the mean of the two around it, so that warming up and a slow minute of the machine weigh on both.
 */
final class StuckSubscriberLoad {
    static final int READERS = 99;

    private static final int CONNECTIONS = 10;
    private static final int PREFETCH = 1_000;
    private static final int WARMUP_SECONDS = 8;
    private static final int DRAIN_SECONDS = 30;
    private static final long SETTLE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final MessagingSettings settings;
    private final String url;
    private final ActiveMQTopic topic = new ActiveMQTopic("perf.stuck");
    private final Window window = new Window();
    private final List<AtomicLong> counts = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();

    StuckSubscriberLoad(MessagingSettings settings, String url) {
        this.settings = settings;
        this.url = url;
    }

    Map<Figure, Double> run() throws JMSException, InterruptedException {
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(connection(PREFETCH));
        }
        for (int i = 0; i < READERS; i++) {
            read(connections.get(i % CONNECTIONS));
        }
        connections.forEach(this::start);
        Connection publishing = connection(PREFETCH);
        TopicPublisher publisher = new TopicPublisher(publishing, topic, settings.sizeBytes(), counts, window);
        Thread thread = new Thread(publisher, "publisher");
        thread.setDaemon(true);
        thread.start();
        pass(TimeUnit.SECONDS.toNanos(WARMUP_SECONDS));
        Map<Figure, Double> figures = phases();
        window.stopSending();
        thread.join(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS));
        drain(publisher.sent());
        publishing.close();
        for (Connection each : connections) {
            each.close();
        }
        return figures;
    }

    private Map<Figure, Double> phases() throws JMSException {
        List<Double> reading = new ArrayList<>(List.of(rateBeside(Subscriber.Fault.NONE)));
        List<Double> listener = new ArrayList<>();
        List<Double> socket = new ArrayList<>();
        for (int i = 0; i < settings.rounds(); i++) {
            listener.add(share(Subscriber.Fault.LISTENER_BLOCKED, reading));
            socket.add(share(Subscriber.Fault.SOCKET_NOT_READ, reading));
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.STUCK_NONE_RATE, Comparison.median(reading));
        figures.put(Figure.STUCK_LISTENER_SHARE, Comparison.median(listener));
        figures.put(Figure.STUCK_SOCKET_SHARE, Comparison.median(socket));
        return figures;
    }

    private double share(Subscriber.Fault fault, List<Double> reading) throws JMSException {
        double stuck = rateBeside(fault);
        double before = reading.get(reading.size() - 1);
        double after = rateBeside(Subscriber.Fault.NONE);
        reading.add(after);
        return stuck / ((before + after) / 2);
    }

    /** Deliveries per second to the 99. */
    private double rateBeside(Subscriber.Fault fault) throws JMSException {
        try (Subscriber hundredth = new Subscriber(url, topic, fault)) {
            hundredth.start();
            pass(SETTLE_NS);
            long before = received();
            long startNs = System.nanoTime();
            pass(TimeUnit.SECONDS.toNanos(settings.phaseSeconds()));
            double rate = (received() - before) / ((System.nanoTime() - startNs) / 1e9);
            System.out.printf("phase %s: %.0f deliveries/s, the hundredth got %d%n", fault, rate, hundredth.received());
            return rate;
        }
    }

    private void read(Connection connection) throws JMSException {
        AtomicLong count = new AtomicLong();
        counts.add(count);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createConsumer(topic).setMessageListener(message -> count.setRelease(count.get() + 1));
    }

    private Connection connection(int prefetch) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
        factory.getPrefetchPolicy().setTopicPrefetch(prefetch);
        factory.setUseAsyncSend(true);
        Connection connection = factory.createConnection();
        connection.setExceptionListener(e -> window.fail("connection", e));
        return connection;
    }

    private void start(Connection connection) {
        try {
            connection.start();
        } catch (JMSException e) {
            throw new LoadException("cannot start: " + e.getMessage());
        }
    }

    private void pass(long nanos) {
        long endNs = System.nanoTime() + nanos;
        while (System.nanoTime() < endNs) {
            LockSupport.parkNanos(STEP_NS);
            check();
        }
    }

    /** None of the 99 may miss a message, whatever the hundredth did. */
    private void drain(long sent) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (received() != sent * READERS) {
            check();
            if (System.nanoTime() > deadlineNs) {
                throw new LoadException("lost or repeated: expected=" + sent * READERS + ", received=" + received());
            }
            LockSupport.parkNanos(STEP_NS);
        }
    }

    private void check() {
        if (!window.problem().isEmpty()) {
            throw new LoadException(window.problem());
        }
    }

    private long received() {
        return counts.stream().mapToLong(AtomicLong::getAcquire).sum();
    }
}
