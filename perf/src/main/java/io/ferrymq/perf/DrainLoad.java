package io.ferrymq.perf;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;

/** Takes what {@link FillLoad} has put into one queue, acknowledging each message, and checks every one off. */
final class DrainLoad {
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long TELL_NS = TimeUnit.SECONDS.toNanos(5);

    private final long brokerPid;
    private final String queue;
    private final int consumers;
    private final ActiveMQConnectionFactory factory;
    private final Window window = new Window();
    private final List<BitSet> seen = new ArrayList<>();
    private final List<AtomicLong> counts = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();

    DrainLoad(String url, long brokerPid, String queue, int consumers) {
        this.brokerPid = brokerPid;
        this.queue = queue;
        this.consumers = consumers;
        this.factory = new ActiveMQConnectionFactory(url);
    }

    /** @param doubtful how many more than {@code messages} there may be, for nobody knows what became of their transactions */
    Readings run(int messages, int doubtful, int idleSeconds) throws JMSException {
        for (int i = 0; i < consumers; i++) {
            consume(i);
        }
        ProcessUsage before = ProcessUsage.of(brokerPid);
        long startNs = System.nanoTime();
        for (Connection connection : connections) {
            connection.start();
        }
        long lastNs = watch(messages, idleSeconds);
        double seconds = (lastNs - startNs) / 1e9;
        ProcessUsage usage = ProcessUsage.of(brokerPid).since(before);
        long received = received();
        for (Connection connection : connections) {
            connection.close(); // waits until the broker has read the acknowledgements
        }
        if (!window.problem().isEmpty()) {
            return Readings.failed(window.problem());
        }
        return new Readings(
                Map.of("rate", received / seconds, "cpu_us", (double) usage.cpuUs() / received),
                verdict(received, messages, doubtful));
    }

    private void consume(int number) throws JMSException {
        Connection connection = factory.createConnection();
        connection.setExceptionListener(e -> window.fail("connection " + number, e));
        BitSet own = new BitSet();
        AtomicLong count = new AtomicLong();
        byte[] head = new byte[Stamp.LENGTH_BYTES];
        connection
                .createSession(false, Session.AUTO_ACKNOWLEDGE)
                .createConsumer(new ActiveMQQueue(queue))
                .setMessageListener(message -> {
                    try {
                        ((BytesMessage) message).readBytes(head);
                        own.set(Math.toIntExact(Stamp.read(head).sequence()));
                        count.setRelease(count.get() + 1);
                    } catch (JMSException e) {
                        window.fail("consumer " + number, e);
                    }
                });
        seen.add(own);
        counts.add(count);
        connections.add(connection);
    }

    /** Returns when the last message came. */
    private long watch(int messages, int idleSeconds) {
        long last = 0;
        long movedNs = System.nanoTime();
        long toldNs = movedNs;
        while (last < messages && window.problem().isEmpty()) {
            LockSupport.parkNanos(STEP_NS);
            long now = received();
            long nowNs = System.nanoTime();
            if (now != last) {
                last = now;
                movedNs = nowNs;
            }
            if (nowNs - toldNs > TELL_NS) {
                toldNs = nowNs;
                System.out.println("progress drained " + now + " of " + messages);
            }
            if (nowNs - movedNs > TimeUnit.SECONDS.toNanos(idleSeconds)) {
                break;
            }
        }
        return movedNs;
    }

    private long received() {
        return counts.stream().mapToLong(AtomicLong::getAcquire).sum();
    }

    private String verdict(long received, int messages, int doubtful) {
        BitSet all = new BitSet();
        seen.forEach(all::or);
        long distinct = all.cardinality();
        if (distinct == received && received >= messages && received <= (long) messages + doubtful) {
            return "";
        }
        return "messages do not add up: expected=" + messages + ", received=" + received + ", distinct=" + distinct;
    }
}
