package io.ferrymq.interop;

import static org.awaitility.Awaitility.await;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.MessageKey;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.activemq.ActiveMQConnectionFactory;

/** Clients of a broker that dies: each has a thread until its connection breaks. Owned by the test's thread. */
final class RigLoad implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final long QUIET_NS = TimeUnit.SECONDS.toNanos(5);

    private final Ledger ledger;
    private final ChildBroker broker;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> running = new ArrayList<>();
    private long progressAt = System.nanoTime();
    private long progress;

    RigLoad(Ledger ledger, ChildBroker broker) {
        this.ledger = ledger;
        this.broker = broker;
    }

    void send(LedgerProducer producer, BooleanSupplier more) {
        ActiveMQConnectionFactory factory = factory();
        running.add(untilBroken(() -> producer.sendWhile(more, factory)));
    }

    void receive(LedgerConsumer consumer, BooleanSupplier more) {
        ActiveMQConnectionFactory factory = factory();
        running.add(untilBroken(() -> consumer.receiveWhile(more, factory)));
    }

    /** Until so much more was sent and received. */
    void awaitFlow(int sends, int sightings) {
        long sent = ledger.sendCount() + sends;
        long seen = ledger.sightingCount() + sightings;
        await().atMost(PATIENCE).until(() -> ledger.sendCount() >= sent && ledger.sightingCount() >= seen);
    }

    /** Until all clients have seen that the broker is gone, or have been told to stop. */
    void awaitEnd() throws ExecutionException, InterruptedException, TimeoutException {
        for (Future<?> end : running) {
            end.get(60, TimeUnit.SECONDS);
        }
        running.clear();
    }

    /**
     * Consumes until the broker has nothing more to show, and everything acknowledged was seen or nothing has come for a while.
     *
     * @param name of the consumer, unique in the ledger
     */
    void drain(String name, Queue queue) throws ExecutionException, InterruptedException, TimeoutException {
        AtomicBoolean drained = new AtomicBoolean();
        LedgerConsumer last = new LedgerConsumer(name, ledger, queue, LedgerConsumer.Mode.AUTO);
        receive(last, () -> !drained.get());
        progressAt = System.nanoTime();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> nothingLeft(queue) && (missing(queue).isEmpty() || quiet()));
        drained.set(true);
        awaitEnd();
    }

    /** What was acknowledged and not seen, of the producers whose name begins with that of the queue. */
    private List<MessageKey> missing(Queue queue) {
        String prefix = producerPrefix(queue);
        return ledger.verdict().lost().stream()
                .filter(key -> key.producer().startsWith(prefix))
                .toList();
    }

    /** Names of producers begin with this, so that it is known what belongs to a queue. */
    static String producerPrefix(Queue queue) {
        try {
            return queue.getQueueName() + "-";
        } catch (JMSException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private boolean quiet() {
        if (ledger.sightingCount() != progress) {
            progress = ledger.sightingCount();
            progressAt = System.nanoTime();
        }
        return System.nanoTime() - progressAt > QUIET_NS;
    }

    private boolean nothingLeft(Queue queue) throws JMSException {
        Connection connection = factory().createConnection();
        try {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            return !session.createBrowser(queue).getEnumeration().hasMoreElements();
        } finally {
            connection.close();
        }
    }

    /** Redeliveries without end: a message that had the bad luck of several kills must not end as a dead letter. */
    private ActiveMQConnectionFactory factory() {
        return new ActiveMQConnectionFactory(broker.uri() + "?jms.redeliveryPolicy.maximumRedeliveries=-1");
    }

    /** Something that ends with an exception when the broker dies. */
    private interface Work {
        void run() throws JMSException;
    }

    private Future<?> untilBroken(Work work) {
        Callable<Boolean> call = () -> {
            try {
                work.run();
                return true;
            } catch (JMSException e) {
                return false;
            }
        };
        return threads.submit(call);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
