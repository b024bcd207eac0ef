package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;

/**
 * Many consumers of one queue, each with a selector of its own; every message is for exactly one. Sends on the thread that calls
 * {@link #run}. Closes nothing: with messages left it takes a broker long to part with a thousand consumers, and it is stopped next anyway.
 */
final class SelectorLoad {
    static final int CONSUMERS = 1_000;

    private static final int REST_SECONDS = 5;
    private static final int CONNECTIONS = 10;
    private static final int PREFETCH = 100;
    private static final int WARMUP_MESSAGES = 50_000;
    private static final int WARMUP_SECONDS = 10;
    private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final MessagingSettings settings;
    private final long brokerPid;
    private final ActiveMQConnectionFactory factory;
    private final ActiveMQQueue queue = new ActiveMQQueue("perf.selectors");
    private final Window window = new Window();
    private final LongAdder received = new LongAdder();
    private long sent;

    SelectorLoad(MessagingSettings settings, String url, long brokerPid) {
        this.settings = settings;
        this.brokerPid = brokerPid;
        this.factory = new ActiveMQConnectionFactory(url);
        factory.setUseAsyncSend(true);
        factory.getPrefetchPolicy().setQueuePrefetch(PREFETCH);
    }

    Map<Figure, Double> run() throws JMSException {
        for (int i = 0; i < CONNECTIONS; i++) {
            consume(i);
        }
        Connection connection = connection();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        pass(session, producer, WARMUP_MESSAGES, WARMUP_SECONDS);
        return measure(session, producer);
    }

    private Map<Figure, Double> measure(Session session, MessageProducer producer) throws JMSException {
        long before = received.sum();
        long ownPid = ProcessHandle.current().pid();
        ProcessUsage brokerBefore = ProcessUsage.of(brokerPid);
        ProcessUsage clientBefore = ProcessUsage.of(ownPid);
        long startNs = System.nanoTime();
        pass(session, producer, settings.messages(), settings.limitSeconds(MessagingCase.SELECTORS));
        double seconds = (System.nanoTime() - startNs) / 1e9;
        ProcessUsage broker = ProcessUsage.of(brokerPid).since(brokerBefore);
        ProcessUsage client = ProcessUsage.of(ownPid).since(clientBefore);
        long consumed = received.sum() - before;
        awaitRest();
        if (consumed == 0 || sent > received.sum() || !window.problem().isEmpty()) {
            throw new LoadException("consumed=" + consumed + ", sent=" + sent + ", missing=" + (sent - received.sum())
                    + " " + window.problem());
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.SELECTORS_RATE, consumed / seconds);
        figures.put(Figure.SELECTORS_CPU_US, (double) broker.cpuUs() / consumed);
        figures.put(Figure.SELECTORS_JIT_US, (double) broker.compilerUs() / consumed);
        figures.put(Figure.SELECTORS_CLIENT_US, (double) client.cpuUs() / consumed);
        return figures;
    }

    /** One session per connection: the client then needs one thread for its hundred consumers. */
    private void consume(int number) throws JMSException {
        Connection connection = connection();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        for (int id = number; id < CONSUMERS; id += CONNECTIONS) {
            int own = id;
            Receipts receipts = new Receipts(1);
            session.createConsumer(queue, "id = " + id).setMessageListener(message -> {
                try {
                    long sequence = message.getLongProperty("sequence");
                    receipts.add(0, sequence / CONSUMERS);
                    if (sequence % CONSUMERS != own || receipts.duplicates() > 0) {
                        throw new LoadException("not for it or twice: consumer=" + own + ", sequence=" + sequence);
                    }
                    received.increment();
                } catch (JMSException | LoadException e) {
                    window.fail("consumer " + own, e);
                }
            });
        }
        connection.start();
    }

    private Connection connection() throws JMSException {
        Connection connection = factory.createConnection();
        connection.setExceptionListener(e -> window.fail("connection", e));
        return connection;
    }

    /** Returns when all that was sent has been consumed, or time is up. */
    private void pass(Session session, MessageProducer producer, int messages, int limitSeconds) throws JMSException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
        for (int i = 0; i < messages && await(settings.inFlight(), deadlineNs); i++) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(new byte[settings.sizeBytes()]);
            message.setIntProperty("id", (int) (sent % CONSUMERS));
            message.setLongProperty("sequence", sent);
            producer.send(message);
            sent++;
        }
        await(1, deadlineNs);
    }

    /** Time may have been up before the last of them came: until all have, or none does any more. */
    private void awaitRest() {
        long before = -1;
        while (before != received.sum() && sent > received.sum()) {
            before = received.sum();
            await(1, System.nanoTime() + TimeUnit.SECONDS.toNanos(REST_SECONDS));
        }
    }

    /** True once fewer than so many messages are on their way. */
    private boolean await(int inFlight, long deadlineNs) {
        boolean look = inFlight == 1 || sent % 100 == 0;
        while (look && sent - received.sum() >= inFlight && window.problem().isEmpty()) {
            if (System.nanoTime() > deadlineNs) {
                return false;
            }
            LockSupport.parkNanos(STEP_NS);
        }
        return window.problem().isEmpty();
    }
}
