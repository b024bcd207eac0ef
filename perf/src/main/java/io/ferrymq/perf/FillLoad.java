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
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;

/**
 * Persistent messages into queues that nobody reads, by a few producers with a connection each: in transactions, which is the fast way, or
 * one by one. Reads the rate and the broker's processor time of the first and the last tenth. A broker that stops answering is given up
 * on; what it has confirmed until then counts.
 */
final class FillLoad {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long TELL_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int TENTHS = 10;

    /** @param batch messages per transaction; 0 for a synchronous send each */
    record Plan(String queue, int queues, int messages, int producers, int batch, int sizeBytes) {
        int perCommit() {
            return Math.max(1, batch);
        }
    }

    private final long brokerPid;
    private final Plan plan;
    private final ActiveMQConnectionFactory factory;
    private final Window window = new Window();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong confirmed = new AtomicLong();
    private final List<Moment> moments = new ArrayList<>();

    FillLoad(String url, long brokerPid, Plan plan) {
        this.brokerPid = brokerPid;
        this.plan = plan;
        this.factory = new ActiveMQConnectionFactory(url);
        factory.setAlwaysSyncSend(plan.batch() == 0);
    }

    Readings run(int idleSeconds) throws JMSException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.producers(); i++) {
            int number = i;
            Connection connection = factory.createConnection();
            connection.setExceptionListener(e -> window.fail("connection " + number, e));
            Thread thread = new Thread(() -> produce(number, connection), "producer-" + number);
            thread.setDaemon(true);
            threads.add(thread);
        }
        moments.add(moment());
        threads.forEach(Thread::start);
        boolean complete = watch(idleSeconds);
        window.stopSending();
        if (complete) {
            for (Thread thread : threads) {
                thread.join();
            }
        }
        return new Readings(values(complete), window.problem());
    }

    private void produce(int number, Connection connection) {
        try {
            Session session = connection.createSession(plan.batch() > 0, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(null);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            byte[] bytes = new byte[plan.sizeBytes()];
            while (window.isSending()) {
                int from = next.getAndAdd(plan.perCommit());
                int to = Math.min(from + plan.perCommit(), plan.messages());
                if (from >= to) {
                    break;
                }
                for (int i = from; i < to; i++) {
                    new Stamp(0, i, System.nanoTime()).writeTo(bytes);
                    BytesMessage message = session.createBytesMessage();
                    message.writeBytes(bytes);
                    producer.send(queue(i), message);
                }
                if (plan.batch() > 0) {
                    session.commit();
                }
                confirmed.addAndGet(to - from);
            }
            connection.close();
        } catch (JMSException | RuntimeException e) {
            window.fail("producer " + number, e);
        }
    }

    /** Messages of one queue follow each other, so that a transaction touches few. */
    private ActiveMQQueue queue(int message) {
        if (plan.queues() == 1) {
            return new ActiveMQQueue(plan.queue());
        }
        return new ActiveMQQueue(plan.queue() + "." + (int) ((long) message * plan.queues() / plan.messages()));
    }

    /** True when all is confirmed; false when nothing moves any more. */
    private boolean watch(int idleSeconds) {
        long last = 0;
        long movedNs = System.nanoTime();
        long toldNs = movedNs;
        int tenth = 1;
        while (last < plan.messages() && window.problem().isEmpty()) {
            LockSupport.parkNanos(STEP_NS);
            long now = confirmed.get();
            long nowNs = System.nanoTime();
            if (now != last) {
                last = now;
                movedNs = nowNs;
            }
            while (tenth < TENTHS && now >= (long) plan.messages() * tenth / TENTHS) {
                moments.add(moment());
                tenth++;
            }
            if (nowNs - toldNs > TELL_NS) {
                toldNs = nowNs;
                System.out.println("progress filled " + now + " of " + plan.messages());
            }
            if (nowNs - movedNs > TimeUnit.SECONDS.toNanos(idleSeconds)) {
                return false;
            }
        }
        moments.add(moment());
        return last >= plan.messages();
    }

    private Map<String, Double> values(boolean complete) {
        Map<String, Double> values = new TreeMap<>();
        values.put("stored", (double) confirmed.get());
        values.put("doubtful", complete ? 0 : (double) plan.producers() * plan.perCommit());
        if (complete) {
            put(values, "", moments.get(0), moments.get(TENTHS));
            put(values, "_first", moments.get(0), moments.get(1));
            put(values, "_last", moments.get(TENTHS - 1), moments.get(TENTHS));
        }
        return values;
    }

    private static void put(Map<String, Double> values, String suffix, Moment from, Moment to) {
        double messages = to.confirmed - from.confirmed;
        values.put("rate" + suffix, messages / ((to.atNs - from.atNs) / 1e9));
        values.put("cpu_us" + suffix, to.broker.since(from.broker).cpuUs() / messages);
    }

    private Moment moment() {
        return new Moment(confirmed.get(), System.nanoTime(), ProcessUsage.of(brokerPid));
    }

    private record Moment(long confirmed, long atNs, ProcessUsage broker) {}
}
