package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrymq.Broker;
import io.ferrymq.StoreConfig;
import io.ferrymq.flow.NoSpace;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a stock client meets while the disk of its broker is nearly full. Not a scenario: other brokers have other floors. */
@Timeout(180)
class FullDiskTest {
    private static final ActiveMQQueue QUEUE = new ActiveMQQueue("FULL.DISK");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    private final List<Connection> connections = new ArrayList<>();

    private static Broker.Builder broker(Path data) {
        return Broker.builder()
                .name("full")
                .tcp("127.0.0.1", 0)
                .segmentBytes(1 << 20)
                .dataDirectory(data);
    }

    private Connection connect(Broker broker) throws JMSException {
        Connection connection = new ActiveMQConnectionFactory(broker.uri().toString()).createConnection();
        connection.start();
        connections.add(connection);
        return connection;
    }

    @AfterEach
    void closeConnections() {
        connections.forEach(Jms::closeQuietly);
    }

    /** A floor that no disk reaches. */
    @Test
    void shouldRefuseSendsWithAResourceAllocationExceptionIfConfigured() throws JMSException {
        StoreConfig always = StoreConfig.defaults().withMinFreeBytes(Long.MAX_VALUE);
        try (Broker broker =
                broker(temp).store(always).noSpace(new NoSpace(true, 0)).start()) {
            Connection connection = connect(broker);
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(QUEUE);
            assertThatThrownBy(() -> producer.send(session.createTextMessage("no")))
                    .isInstanceOf(ResourceAllocationException.class)
                    .hasMessageContaining("disk is nearly full");
            Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
            transacted.createProducer(QUEUE).send(transacted.createTextMessage("no"));
            assertThatThrownBy(transacted::commit)
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("disk is nearly full");
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.send(session.createTextMessage("yes"));
            TextMessage received = (TextMessage) session.createConsumer(QUEUE).receive(Jms.PATIENCE_MS);
            assertThat(received.getText()).isEqualTo("yes");
            closeConnections();
        }
    }

    @Test
    void shouldHoldTheProducerWhileConsumersDrainAndGoOnByItself() throws IOException, JMSException {
        Path disk = Files.createDirectory(temp.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()), "cannot mount a tmpfs");
        try (Broker broker = broker(disk.resolve("data")).start()) {
            AtomicInteger sent = new AtomicInteger();
            Connection producing = connect(broker);
            CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> produce(producing, sent));
            await().atMost(PATIENCE).until(() -> sent.get() > 5);
            Path stranger = disk.resolve("stranger");
            fill(stranger);
            drain(connect(broker), sent.get());
            Files.delete(stranger);
            int then = sent.get();
            await().atMost(PATIENCE).until(() -> sent.get() > then + 5);
            assertThat(broker.failure().toCompletableFuture()).isNotDone();
            assertThat(producer).isNotDone();
            closeConnections();
        } finally {
            await().until(() -> run("umount", disk.toString())); // mapped files may be let go of a moment later
        }
    }

    /** Until the connection is closed. */
    private static void produce(Connection connection, AtomicInteger sent) {
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(QUEUE);
            while (true) {
                producer.send(session.createTextMessage("x".repeat(20_000)));
                sent.incrementAndGet();
            }
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that was acknowledged is there, and can be taken. */
    private static void drain(Connection connection, int count) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(QUEUE);
        for (int i = 0; i < count; i++) {
            assertThat(consumer.receive(Jms.PATIENCE_MS))
                    .as("message %d of %d", i, count)
                    .isNotNull();
        }
        connection.close();
    }

    private static void fill(Path stranger) throws IOException {
        try (OutputStream out = Files.newOutputStream(stranger)) {
            while (true) {
                out.write(new byte[64 << 10]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
        }
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
