package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;

/**
 * A queue that is full before anybody consumes, and consumers with a selector each; every message is for exactly one of them. {@link
 * MessagingCase#SELECTORS_BACKLOG}: the messages lie in random order, and all consumers come at once. {@link MessagingCase#SELECTORS_LATE}:
 * those of one consumer lie evenly over the whole queue, and a consumer comes when the one before it has got all of its own.
 *
 * <p>Filling is not measured. Measured is from the first subscription until every message has been received and every connection has had an
 * answer to a question asked behind its last acknowledgement, or until the limit.
 */
final class SelectorBacklogLoad {
    private static final int CONNECTIONS = 4;
    private static final int LATE_CONSUMERS = 20;
    private static final int COMMIT_EVERY = 1_000;
    private static final int WARMUP_MESSAGES = 20_000;
    private static final int WARMUP_CONSUMERS = 50;
    private static final int WARMUP_SECONDS = 20;
    private static final int EMPTY_SECONDS = 10;
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final MessagingCase shape;
    private final MessagingSettings settings;
    private final long brokerPid;
    private final ActiveMQConnectionFactory factory;
    private final Window window = new Window();
    private final List<Connection> connections = new ArrayList<>();

    SelectorBacklogLoad(MessagingCase shape, MessagingSettings settings, String url, long brokerPid) {
        this.shape = shape;
        this.settings = settings;
        this.brokerPid = brokerPid;
        this.factory = new ActiveMQConnectionFactory(url);
    }

    Map<Figure, Double> run() throws JMSException, InterruptedException {
        for (int i = 0; i < CONNECTIONS; i++) {
            Connection connection = factory.createConnection();
            connection.setExceptionListener(e -> window.fail("connection", e));
            connection.start();
            connections.add(connection);
        }
        Backlog warmup = new Backlog("perf.selectors.warmup", WARMUP_CONSUMERS, WARMUP_MESSAGES, true);
        warmup.fill();
        warmup.consume(0, WARMUP_CONSUMERS);
        warmup.await(WARMUP_MESSAGES, System.nanoTime() + TimeUnit.SECONDS.toNanos(WARMUP_SECONDS));
        boolean late = shape == MessagingCase.SELECTORS_LATE;
        Backlog backlog = new Backlog("perf.selectors", SelectorLoad.CONSUMERS, settings.messages(), !late);
        backlog.fill();
        System.out.println("phase filled: " + settings.messages());
        return measure(backlog, late);
    }

    private Map<Figure, Double> measure(Backlog backlog, boolean late) throws JMSException, InterruptedException {
        long ownPid = ProcessHandle.current().pid();
        ProcessUsage brokerBefore = ProcessUsage.of(brokerPid);
        ProcessUsage clientBefore = ProcessUsage.of(ownPid);
        long startNs = System.nanoTime();
        long deadlineNs = startNs + TimeUnit.SECONDS.toNanos(settings.limitSeconds(shape));
        int consumers = late ? LATE_CONSUMERS : SelectorLoad.CONSUMERS;
        long all = late ? backlog.ofFirst(LATE_CONSUMERS) : settings.messages();
        Thread subscribing = backlog.consumeAside(consumers, late, deadlineNs);
        boolean complete = backlog.await(all, deadlineNs);
        if (complete) {
            subscribing.join();
            askBehindAcknowledgements();
        }
        double seconds = (System.nanoTime() - startNs) / 1e9;
        ProcessUsage broker = ProcessUsage.of(brokerPid).since(brokerBefore);
        ProcessUsage client = ProcessUsage.of(ownPid).since(clientBefore);
        double consumed = backlog.received.sum();
        if (complete && !late) {
            backlog.checkEmpty();
        }
        if (consumed == 0 || !window.problem().isEmpty()) {
            throw new LoadException("consumed=" + consumed + " " + window.problem());
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(late ? Figure.LATE_RATE : Figure.BACKLOG_RATE, consumed / seconds);
        figures.put(late ? Figure.LATE_CONSUMED : Figure.BACKLOG_CONSUMED, consumed);
        figures.put(late ? Figure.LATE_SECONDS : Figure.BACKLOG_SECONDS, seconds);
        figures.put(late ? Figure.LATE_CPU_US : Figure.BACKLOG_CPU_US, broker.cpuUs() / consumed);
        figures.put(late ? Figure.LATE_CLIENT_US : Figure.BACKLOG_CLIENT_US, client.cpuUs() / consumed);
        if (!late && backlog.subscribedNs != 0) {
            figures.put(Figure.BACKLOG_SUBSCRIBE_SECONDS, (backlog.subscribedNs - startNs) / 1e9);
        }
        return figures;
    }

    private void askBehindAcknowledgements() throws JMSException {
        for (Connection connection : connections) {
            connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createTemporaryQueue();
        }
    }

    /** One queue with its messages and consumers. */
    private final class Backlog {
        private final ActiveMQQueue queue;
        private final int consumers;
        private final List<Integer> owners = new ArrayList<>();
        private final LongAdder received = new LongAdder();
        private volatile long subscribedNs;

        Backlog(String name, int consumers, int messages, boolean shuffled) {
            this.queue = new ActiveMQQueue(name);
            this.consumers = consumers;
            for (int i = 0; i < messages; i++) {
                owners.add(i % consumers);
            }
            if (shuffled) {
                Collections.shuffle(owners, new Random(1));
            }
        }

        long ofFirst(int some) {
            return owners.stream().filter(owner -> owner < some).count();
        }

        void fill() throws JMSException {
            try (Connection connection = factory.createConnection()) {
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(queue);
                producer.setDeliveryMode(settings.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
                for (int i = 0; i < owners.size(); i++) {
                    BytesMessage message = session.createBytesMessage();
                    message.writeBytes(new byte[settings.sizeBytes()]);
                    message.setIntProperty("sequence", i);
                    settings.selector().mark(message, owners.get(i));
                    producer.send(message);
                    if ((i + 1) % COMMIT_EVERY == 0 || i == owners.size() - 1) {
                        session.commit();
                    }
                }
            }
        }

        /** A thread of its own, for a broker that is busy searching may answer no subscription before the limit. */
        Thread consumeAside(int some, boolean oneByOne, long deadlineNs) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            if (oneByOne) {
                                takeTurns(some, deadlineNs);
                            } else {
                                consume(0, some);
                            }
                            subscribedNs = System.nanoTime();
                        } catch (JMSException e) {
                            window.fail("subscribing", e);
                        }
                    },
                    "subscribing");
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        private void takeTurns(int some, long deadlineNs) throws JMSException {
            for (int i = 0; i < some; i++) {
                List<MessageConsumer> one = consume(i, i + 1);
                if (!await(ofFirst(i + 1), deadlineNs)) {
                    return;
                }
                one.get(0).close();
            }
        }

        /** One session per connection: the client then needs one thread for its consumers. */
        List<MessageConsumer> consume(int from, int to) throws JMSException {
            List<Session> sessions = new ArrayList<>();
            for (Connection connection : connections) {
                sessions.add(connection.createSession(false, Session.AUTO_ACKNOWLEDGE));
            }
            List<MessageConsumer> made = new ArrayList<>();
            for (int i = from; i < to; i++) {
                MessageConsumer consumer = sessions.get(i % CONNECTIONS)
                        .createConsumer(queue, settings.selector().of(i));
                listen(consumer, i);
                made.add(consumer);
            }
            return made;
        }

        private void listen(MessageConsumer consumer, int number) throws JMSException {
            BitSet seen = new BitSet();
            consumer.setMessageListener(message -> {
                try {
                    int sequence = message.getIntProperty("sequence");
                    if (owners.get(sequence) != number || seen.get(sequence)) {
                        throw new LoadException("not for it or twice: consumer=" + number + ", sequence=" + sequence);
                    }
                    seen.set(sequence);
                    received.increment();
                } catch (JMSException | LoadException e) {
                    window.fail("consumer " + number, e);
                }
            });
        }

        /** False when time is up or something has failed. */
        boolean await(long messages, long deadlineNs) {
            while (received.sum() < messages) {
                if (System.nanoTime() > deadlineNs || !window.problem().isEmpty()) {
                    return false;
                }
                LockSupport.parkNanos(STEP_NS);
            }
            return true;
        }

        /** What was acknowledged is gone, for a browser too. */
        void checkEmpty() throws JMSException {
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(EMPTY_SECONDS);
            Session session = connections.get(0).createSession(false, Session.AUTO_ACKNOWLEDGE);
            while (true) {
                try (QueueBrowser browser = session.createBrowser(queue)) {
                    if (!browser.getEnumeration().hasMoreElements()) {
                        return;
                    }
                }
                if (System.nanoTime() > deadlineNs) {
                    throw new LoadException("acknowledged, but still there: queue=" + queue.getPhysicalName());
                }
            }
        }
    }
}
