package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.Broker;
import io.ferrymq.flow.Limits;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.transport.DefaultTransportListener;
import org.apache.activemq.transport.Transport;
import org.apache.activemq.transport.TransportFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** {@code vm://} with the stock client. Always a broker in this JVM, whatever others run against. */
@Timeout(120)
@DisabledIfSystemProperty(named = "interop.uri", matches = ".+")
final class VmTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Pattern THREADS = Pattern.compile("ferrymq-(client|io|shard|journal).*");

    private final Deque<Connection> connections = new ArrayDeque<>();
    private final Queue queue = new ActiveMQQueue("orders");
    private String name;

    @TempDir
    private Path directory;

    @BeforeEach
    void pickName() {
        name = "vm-" + NAMES.incrementAndGet();
    }

    @AfterEach
    void closeConnections() {
        while (!connections.isEmpty()) {
            Jms.closeQuietly(connections.pop());
        }
    }

    private String transientUrl() {
        return "vm://" + name + "?broker.persistent=false";
    }

    private ActiveMQConnection connect(String url) throws JMSException {
        ActiveMQConnection connection = (ActiveMQConnection) new ActiveMQConnectionFactory(url).createConnection();
        connections.push(connection);
        connection.start();
        return connection;
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    private boolean exists() {
        try {
            connect("vm://" + name + "?create=false").close();
            return true;
        } catch (JMSException e) {
            return false;
        }
    }

    @Test
    void shouldStartABrokerAndStopItWithTheLastConnection() throws JMSException {
        ActiveMQConnection first = connect(transientUrl());
        Session session = session(first);
        Jms.send(session, queue, "a", "b");
        ActiveMQConnection second = connect("vm://" + name);
        first.close();

        assertThat(Jms.texts(session(second).createConsumer(queue), 2)).containsExactly("a", "b");
        assertThat(second.getBrokerName()).isEqualTo(name);
        second.close();

        assertThatThrownBy(() -> connect("vm://" + name + "?create=false"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("Broker named '" + name + "' does not exist.");
    }

    @Test
    void shouldTakeLocalhostForANameThatIsMissing() throws JMSException {
        try (Broker broker = Broker.builder().name("localhost").start()) {
            for (String url : List.of("vm://localhost", "vm:(broker:()?persistent=false)", "vm:///?create=false")) {
                ActiveMQConnection connection = connect(url);
                assertThat(connection.getBrokerName()).isEqualTo(broker.config().name());
                connection.close();
            }
        }
    }

    @Test
    void shouldTakeTheOptionsOfClassic() throws JMSException {
        ActiveMQConnection connection = connect(transientUrl()
                + "&broker.useJmx=false&broker.useShutdownHook=false&broker.schedulerSupport=false&broker.systemUsage.memoryUsage.limit=1000000"
                + "&marshal=false&async=false&asyncQueueDepth=10&wireFormat.tightEncodingEnabled=false&wireFormat.maxInactivityDuration=10"
                + "&create=true&waitForStart=1&jms.prefetchPolicy.all=7&jms.useAsyncSend=true");

        assertThat(connection.getPrefetchPolicy().getQueuePrefetch()).isEqualTo(7);
        Session session = session(connection);
        Jms.send(session, queue, "a");
        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("a");
    }

    @Test
    void shouldNameOptionsThatNobodyKnows() {
        assertThatThrownBy(() -> connect(transientUrl() + "&colour=red"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("Invalid connect parameters: {colour=red}");
        assertThatThrownBy(() -> connect(transientUrl() + "&broker.colour=red"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("There are 1 Broker options that couldn't be set")
                .hasMessageContaining("colour=red");
        assertThat(exists()).isFalse();
    }

    @Test
    void shouldKeepPersistentMessagesWhereItIsTold() throws JMSException {
        String url = "vm://" + name + "?broker.dataDirectory=" + directory;
        ActiveMQConnection first = connect(url);
        Jms.send(session(first), queue, "kept");
        first.close();

        assertThat(Files.isDirectory(directory.resolve(name))).isTrue();
        assertThat(Jms.text(session(connect(url)).createConsumer(queue))).isEqualTo("kept");
    }

    @Test
    void shouldEnterABrokerOfTheApplicationAndLeaveItRunning() throws JMSException {
        try (Broker broker = Broker.builder().name(name).tcp("127.0.0.1", 0).start()) {
            ActiveMQConnection connection = connect("vm://" + name + "?create=false");
            Jms.send(session(connection), queue, "a");
            connection.close();

            Session tcp = session(connect(broker.uri().toString()));
            assertThat(Jms.text(tcp.createConsumer(queue))).isEqualTo("a");
        }
        assertThat(exists()).isFalse();
    }

    @Test
    void shouldEnterABrokerThatListensNowhere() throws JMSException {
        try (Broker broker = Broker.builder().name(name).start()) {
            connect("vm://" + name).close();
            assertThat(broker.uris()).isEmpty();
            assertThat(exists()).isTrue();
        }
    }

    @Test
    void shouldWaitForABrokerThatIsStartedLater() {
        CompletableFuture<ActiveMQConnection> connected = CompletableFuture.supplyAsync(() -> {
            try {
                return connect("vm://" + name + "?create=false&waitForStart=20000");
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Broker broker = Broker.builder().name(name).start()) {
            assertThat(connected.join().isStarted()).isTrue();
            assertThat(broker.admin().connections()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void shouldLeadToTheBrokerThatStartedFirst() throws JMSException {
        Broker first = Broker.builder().name(name).start();
        try (Broker second = Broker.builder().name(name).start()) {
            ActiveMQConnection connection = connect("vm://" + name);
            session(connection);
            assertThat(first.admin().connections()).isEqualTo(1);
            connection.close();
            first.close();

            session(connect("vm://" + name));
            assertThat(second.admin().connections()).isEqualTo(1);
        } finally {
            first.close();
        }
    }

    @Test
    void shouldStartOneBrokerForAllWhoComeAtOnce() throws JMSException {
        List<CompletableFuture<ActiveMQConnection>> coming = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            coming.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return (ActiveMQConnection) new ActiveMQConnectionFactory(transientUrl()).createConnection();
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        List<ActiveMQConnection> all =
                coming.stream().map(CompletableFuture::join).toList();
        Jms.send(session(all.get(0)), queue, "a");
        all.get(19).start();

        assertThat(Jms.text(session(all.get(19)).createConsumer(queue))).isEqualTo("a");
        for (ActiveMQConnection connection : all) {
            connection.close();
        }
        assertThat(exists()).isFalse();
    }

    @Test
    void shouldCarryLargeMessages() throws JMSException {
        String large = "x".repeat(8 << 20);
        Session session = session(connect(transientUrl()));
        MessageConsumer consumer = session.createConsumer(queue);
        Jms.send(session, queue, large, "small");

        assertThat(Jms.text(consumer)).isEqualTo(large);
        assertThat(Jms.text(consumer)).isEqualTo("small");
    }

    @Test
    void shouldHoldAProducerWhileTheBrokerIsFull() throws JMSException {
        int count = 2_000;
        try (Broker broker = Broker.builder()
                .name(name)
                .limits(Limits.defaults().withMemoryBytes(4 << 20))
                .start()) {
            AtomicInteger sent = new AtomicInteger();
            ActiveMQConnection sending = connect("vm://" + name + "?jms.useAsyncSend=true");
            CompletableFuture<Void> producing = CompletableFuture.runAsync(() -> produce(sending, count, sent));
            await().atMost(PATIENCE).until(() -> broker.admin().connections() == 1 && sent.get() > 0);
            await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> unchanged(sent));
            assertThat(sent.get()).isLessThan(count);
            assertThat(producing).isNotDone();

            MessageConsumer consumer = session(connect("vm://" + name)).createConsumer(queue);
            for (int i = 0; i < count; i++) {
                assertThat(Jms.receive(consumer).getIntProperty("number")).isEqualTo(i);
            }
            producing.join();
        }
    }

    private int last = -1;

    private boolean unchanged(AtomicInteger counter) {
        int before = last;
        last = counter.get();
        return before == last;
    }

    private void produce(Connection connection, int count, AtomicInteger sent) {
        try {
            Session session = session(connection);
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            for (int i = 0; i < count; i++) {
                TextMessage message = session.createTextMessage("x".repeat(10_000));
                message.setIntProperty("number", i);
                producer.send(message);
                sent.incrementAndGet();
            }
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldTellClientsThatTheBrokerStopped() throws JMSException {
        CompletableFuture<JMSException> told = new CompletableFuture<>();
        ActiveMQConnection connection;
        try (Broker broker = Broker.builder().name(name).start()) {
            connection = connect("vm://" + name);
            connection.setExceptionListener(told::complete);
            Session session = session(connection);
            session.createConsumer(queue);
            assertThat(broker.admin().connections()).isEqualTo(1);
        }

        await().atMost(PATIENCE).until(told::isDone);
        assertThatThrownBy(() -> Jms.send(session(connection), queue, "late")).isInstanceOf(JMSException.class);
    }

    /** As when somebody else takes the data directory: the journal fails within about a second. */
    private static void failJournal(Path data) throws IOException {
        Files.delete(data.resolve("LOCK"));
    }

    /** A connection that somebody keeps though it is broken. */
    private static Transport hold(String url, CompletableFuture<IOException> told) throws Exception {
        Transport transport = TransportFactory.connect(new URI(url));
        transport.setTransportListener(new DefaultTransportListener() {
            @Override
            public void onException(IOException cause) {
                told.complete(cause);
            }
        });
        transport.start();
        return transport;
    }

    @Test
    void shouldStartANewBrokerWhenTheJournalOfTheOldOneHasFailed() throws Exception {
        String url = "vm://" + name + "?broker.dataDirectory=" + directory;
        CompletableFuture<IOException> told = new CompletableFuture<>();
        Transport held = hold(url, told);
        ActiveMQConnection first = connect(url);
        Jms.send(session(first), queue, "kept");
        failJournal(directory.resolve(name));
        await().atMost(PATIENCE).until(told::isDone);

        ActiveMQConnection second = connect(url);
        Session session = session(second);

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("kept");
        held.stop();
        first.close();
        Jms.send(session, new ActiveMQQueue("others"), "the last connection of the old one has stopped nothing");
        second.close();
        assertThat(exists()).isFalse();
    }

    @Test
    void shouldNotLeadToABrokerOfTheApplicationWhoseJournalHasFailed() throws JMSException, IOException {
        Path data = directory.resolve("data");
        try (Broker broker = Broker.builder().name(name).dataDirectory(data).start()) {
            assertThat(exists()).isTrue();
            failJournal(data);
            await().atMost(PATIENCE)
                    .until(() -> broker.failure().toCompletableFuture().isDone());

            assertThatThrownBy(() -> connect("vm://" + name + "?create=false"))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("Broker named '" + name + "' does not exist.");
            assertThat(session(connect(transientUrl()))).isNotNull();
        }
        assertThat(exists()).isTrue();
        closeConnections();
        assertThat(exists()).isFalse();
    }

    @Test
    void shouldComeBackWithFailover() throws JMSException {
        String url = "failover:(vm://" + name + "?create=false)?initialReconnectDelay=20&maxReconnectDelay=100";
        Broker broker = Broker.builder()
                .name(name)
                .dataDirectory(directory.resolve("data"))
                .start();
        ActiveMQConnection connection = connect(url);
        Session session = session(connection);
        MessageConsumer consumer = session.createConsumer(queue);
        Jms.send(session, queue, "before");
        assertThat(Jms.text(consumer)).isEqualTo("before");
        broker.close();
        try (Broker again = Broker.builder()
                .name(name)
                .dataDirectory(directory.resolve("data"))
                .start()) {
            Jms.send(session, queue, "after");

            assertThat(Jms.text(consumer)).isEqualTo("after");
            assertThat(again.config().name()).isEqualTo(name);
            assertThat(connection.getTransport().isFaultTolerant()).isTrue();
            connection.close();
        }
    }

    @Test
    void shouldStartABrokerForFailoverToo() throws JMSException {
        Session session = session(connect("failover:(" + transientUrl() + ")"));
        Jms.send(session, queue, "a");

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("a");
    }

    @Test
    void shouldBeATransportLikeOthers() throws JMSException {
        ActiveMQConnection connection = connect(transientUrl());
        session(connection);
        Transport transport = connection.getTransport();

        assertThat(transport.isFaultTolerant()).isFalse();
        assertThat(transport.isReconnectSupported()).isFalse();
        assertThat(transport.isUpdateURIsSupported()).isFalse();
        assertThat(transport.isConnected()).isTrue();
        assertThat(transport.isDisposed()).isFalse();
        assertThat(transport.getRemoteAddress()).startsWith("vm://" + name + "#");
        assertThat(transport.getReceiveCounter()).isPositive();
        assertThat(transport.getPeerCertificates()).isNull();
        assertThat(transport.narrow(Transport.class)).isSameAs(transport);
        assertThat(transport.narrow(Socket.class)).isNull();
        connection.close();
        assertThat(transport.isDisposed()).isTrue();
    }

    @Test
    void shouldAnswerOverATemporaryQueueFromOneTransportToTheOther() throws JMSException {
        try (Broker broker = Broker.builder().name(name).tcp("127.0.0.1", 0).start()) {
            Session asking = session(connect(broker.uri().toString()));
            TemporaryQueue answers = asking.createTemporaryQueue();
            Message question = asking.createTextMessage("question");
            question.setJMSReplyTo(answers);
            asking.createProducer(queue).send(question);

            Session answering = session(connect("vm://" + name));
            Message received = Jms.receive(answering.createConsumer(queue));
            answering.createProducer(received.getJMSReplyTo()).send(answering.createTextMessage("answer"));

            assertThat(Jms.text(asking.createConsumer(answers))).isEqualTo("answer");
        }
    }

    @Test
    void shouldLeaveNoThreadBehind() throws JMSException {
        Set<Thread> before = threads();
        for (int round = 0; round < 3; round++) {
            List<ActiveMQConnection> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(connect(transientUrl()));
            }
            Jms.send(session(all.get(0)), queue, "a");
            assertThat(Jms.text(session(all.get(49)).createConsumer(queue))).isEqualTo("a");
            assertThat(threads()).hasSizeGreaterThanOrEqualTo(50);
            for (ActiveMQConnection connection : all) {
                connection.close();
            }
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(before).containsAll(threads()));
    }

    /** Of brokers and of vm connections; the client's own end when they like. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> THREADS.matcher(thread.getName()).matches())
                .collect(Collectors.toSet());
    }
}
