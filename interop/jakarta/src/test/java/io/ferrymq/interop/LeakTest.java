package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig.StoreEngine;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.File;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A closed broker leaves nothing behind: no thread, no direct memory, no open file, no lock. Brokers are embedded ones, whatever others run against. */
@DisabledIfSystemProperty(named = "interop.uri", matches = ".+")
final class LeakTest {
    private static final int WARM_UP = 3;
    private static final int BROKERS = 20;
    /** What a collection has not returned yet; one broker that kept its buffers would hold more, and there are twenty. */
    private static final long SLACK_BYTES = 2 << 20;

    private static final Pattern OURS = Pattern.compile("ferrymq|netty|chronicle", Pattern.CASE_INSENSITIVE);

    @TempDir
    private Path directory;

    @Test
    void shouldLeaveNothingBehindWhenManyBrokersWereUsedAndClosed() throws JMSException {
        for (int n = 0; n < WARM_UP; n++) {
            useOnce(n, directory.resolve("warm" + n));
        }
        Set<Thread> before =
                threads(); // of the broker that other scenarios share, and of the JVM's helpers for buffers
        collect();
        long direct = pool("direct");
        long mapped = pool("mapped");

        for (int n = 0; n < BROKERS; n++) {
            useOnce(n, directory.resolve("data" + n % 4)); // a lock left behind would refuse the fifth
        }

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            collect();
            assertThat(before).containsAll(threads());
            assertThat(pool("direct")).isLessThanOrEqualTo(direct + SLACK_BYTES);
            assertThat(pool("mapped")).isLessThanOrEqualTo(mapped);
            assertThat(openFiles()).isEmpty();
        });
    }

    private static void useOnce(int n, Path data) throws JMSException {
        try (Broker broker = Broker.builder()
                .tcp("127.0.0.1", 0)
                .dataDirectory(data)
                .storeEngine(n % 2 == 0 ? StoreEngine.NIO : StoreEngine.CHRONICLE)
                .start()) {
            Connection connection = new ActiveMQConnectionFactory(broker.uri().toString()).createConnection();
            try {
                connection.start();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                Queue queue = session.createQueue("leak");
                session.createProducer(queue).send(session.createTextMessage("x".repeat(100_000)));
                assertThat(session.createConsumer(queue).receive(Jms.PATIENCE_MS))
                        .isNotNull();
            } finally {
                connection.close();
            }
        }
    }

    /** Those of brokers, and of what they are made of; the client's end when they like. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> OURS.matcher(thread.getName()).find())
                .collect(Collectors.toSet());
    }

    private Set<String> openFiles() {
        File[] descriptors =
                Optional.ofNullable(new File("/proc/self/fd").listFiles()).orElse(new File[0]);
        Set<String> open = new TreeSet<>();
        for (File descriptor : descriptors) {
            String target = target(descriptor);
            if (target.startsWith(directory.toString())) {
                open.add(target);
            }
        }
        return open;
    }

    private static String target(File descriptor) {
        try {
            return Files.readSymbolicLink(descriptor.toPath()).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static long pool(String name) {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals(name))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** The rest of a broker's buffers goes with its allocator. */
    private static void collect() {
        System.gc();
    }
}
