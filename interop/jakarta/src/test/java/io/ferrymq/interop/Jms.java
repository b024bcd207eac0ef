package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.engine.UniqueId;

/**
 * What a scenario has at hand: a broker, connections that are closed after it, and destinations nobody else uses. Connections may be opened by any thread.
 */
final class Jms implements BeforeEachCallback, AfterEachCallback {
    /** How long to wait for what must come. */
    static final long PATIENCE_MS = 10_000;

    /** How long to wait for what must not come, where no later message can prove its absence. */
    static final long ABSENCE_MS = 250;

    /** Redeliver at once; the client waits a second by default. */
    static final String QUICK_REDELIVERY =
            "jms.redeliveryPolicy.initialRedeliveryDelay=0&jms.redeliveryPolicy.redeliveryDelay=0";

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final ConcurrentLinkedDeque<Connection> connections = new ConcurrentLinkedDeque<>();
    private final boolean ownBroker;
    private final Function<Path, BrokerUnderTest> brokers;
    private final Transcript transcript = new Transcript();
    private BrokerUnderTest broker;
    private String test;

    private Jms(boolean ownBroker, Function<Path, BrokerUnderTest> brokers) {
        this.ownBroker = ownBroker;
        this.brokers = brokers;
    }

    /** On the broker that all scenarios share. */
    static Jms onSharedBroker() {
        return new Jms(false, BrokerUnderTest::create);
    }

    /** On a broker that the scenario may stop and start. */
    static Jms onOwnBroker() {
        return onOwnBroker(BrokerUnderTest::create);
    }

    /** On a broker of its own kind. */
    static Jms onOwnBroker(Function<Path, BrokerUnderTest> brokers) {
        return new Jms(true, brokers);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        test = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        if (ownBroker) {
            assumeFalse(BrokerUnderTest.remote(), "the broker belongs to somebody else");
            broker = startBroker();
        } else {
            broker = context.getRoot()
                    .getStore(ExtensionContext.Namespace.GLOBAL)
                    .computeIfAbsent(BrokerUnderTest.class, key -> startBroker(), BrokerUnderTest.class);
        }
    }

    private BrokerUnderTest startBroker() {
        try {
            Path target = Files.createDirectories(Path.of("target", "interop-data"));
            BrokerUnderTest started =
                    brokers.apply(Files.createTempDirectory(target, "broker").toAbsolutePath());
            started.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        while (!connections.isEmpty()) {
            closeQuietly(connections.removeLast());
        }
        if (ownBroker && broker != null) {
            broker.close();
        }
        if (!BrokerUnderTest.remote()) {
            transcript.write(
                    BrokerUnderTest.ferry() ? "ferry" : "classic",
                    scenario(context),
                    context.getExecutionException().orElse(null));
        }
    }

    /** {@code Class.method}, each with the number of its invocation if it has parameters. */
    private static String scenario(ExtensionContext context) {
        String scenario = "";
        for (UniqueId.Segment segment : UniqueId.parse(context.getUniqueId()).getSegments()) {
            scenario += switch (segment.getType()) {
                case "class", "class-template" -> segment.getValue().replaceFirst(".*\\.", "");
                case "method", "test-template" -> "." + segment.getValue().replaceFirst("\\(.*", "");
                case "class-template-invocation", "test-template-invocation" -> segment.getValue();
                default -> "";
            };
        }
        return scenario;
    }

    /** A scenario may leave its connection broken; whether closing works is said by the scenarios about closing. */
    static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (JMSException e) {
            assertThat(e).isNotNull();
        }
    }

    BrokerUnderTest broker() {
        return broker;
    }

    Queue queue() {
        return new ActiveMQQueue(name());
    }

    Topic topic() {
        return new ActiveMQTopic(name());
    }

    /** A name nobody else uses. */
    String name() {
        return transcript.named(test + "." + NAMES.incrementAndGet() + "." + Long.toString(System.nanoTime(), 36));
    }

    /** A factory for {@code jms.} and other options of the client's URL. */
    ActiveMQConnectionFactory factory(String... options) {
        String uri = broker.uri();
        return new RecordedFactory(uri + (uri.contains("?") ? '&' : '?') + String.join("&", options), transcript);
    }

    /** A started connection. */
    ActiveMQConnection connect(String... options) throws JMSException {
        return connect(factory(options));
    }

    /** A started connection of this factory. */
    ActiveMQConnection connect(ActiveMQConnectionFactory factory) throws JMSException {
        ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection();
        connections.add(connection);
        if (connection.getTransformer() == null) {
            connection.setTransformer(transcript);
        }
        connection.start();
        return connection;
    }

    /** A started connection with this client id. */
    ActiveMQConnection connectAs(String clientId, String... options) throws JMSException {
        ActiveMQConnectionFactory factory = factory(options);
        factory.setClientID(clientId);
        return connect(factory);
    }

    /**
     * Cuts it and waits until the broker knows, and takes another one with its client id: the system keeps a closed socket until the thread
     * that reads it has run once more, and resets it only then.
     */
    void lose(ActiveMQConnection connection) throws JMSException {
        String clientId = connection.getClientID();
        Wire.cut(connection);
        await().atMost(Duration.ofMillis(PATIENCE_MS))
                .ignoreExceptionsInstanceOf(InvalidClientIDException.class)
                .until(() -> {
                    connectAs(clientId).close();
                    return true;
                });
    }

    /** A started connection that comes back by itself when it breaks. */
    ActiveMQConnection failover(String... options) throws JMSException {
        return connect(failoverFactory(options));
    }

    /** A factory of connections that come back by themselves. */
    ActiveMQConnectionFactory failoverFactory(String... options) {
        return new ActiveMQConnectionFactory(failoverUri(options));
    }

    String failoverUri(String... options) {
        return "failover:(" + broker.uri() + ")?initialReconnectDelay=20&maxReconnectDelay=100&timeout=20000"
                + Stream.of(options).map(option -> "&" + option).collect(Collectors.joining());
    }

    /** Destinations with this in their names are this scenario's alone, for which it has a broker of its own. */
    void claim(String partOfName) {
        transcript.named(partOfName);
    }

    /** A session that acknowledges by itself, on a connection of its own. */
    Session session(String... options) throws JMSException {
        return session(Session.AUTO_ACKNOWLEDGE, options);
    }

    Session session(int acknowledgeMode, String... options) throws JMSException {
        return connect(options).createSession(false, acknowledgeMode);
    }

    Session transacted(String... options) throws JMSException {
        return connect(options).createSession(true, Session.SESSION_TRANSACTED);
    }

    /** Sends persistent text messages and returns when the broker has them. */
    void send(Destination destination, String... texts) throws JMSException {
        ActiveMQConnection connection = connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        send(session, destination, texts);
        connection.close();
    }

    static void send(Session session, Destination destination, String... texts) throws JMSException {
        MessageProducer producer = session.createProducer(destination);
        for (String text : texts) {
            producer.send(session.createTextMessage(text));
        }
        producer.close();
    }

    /** The next message, which must come. */
    static Message receive(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(PATIENCE_MS);
        assertThat(message).as("a message within %s ms", PATIENCE_MS).isNotNull();
        return message;
    }

    static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    static String text(MessageConsumer consumer) throws JMSException {
        return text(receive(consumer));
    }

    /** The next {@code count} texts, which must come. */
    static List<String> texts(MessageConsumer consumer, int count) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text(consumer));
        }
        return texts;
    }

    static int deliveryCount(Message message) throws JMSException {
        return message.getIntProperty("JMSXDeliveryCount");
    }

    /** The next message, which must be this one and delivered the {@code count}th time. */
    static Message assertDelivery(MessageConsumer consumer, String text, int count) throws JMSException {
        Message message = receive(consumer);
        assertThat(text(message)).isEqualTo(text);
        assertThat(deliveryCount(message)).as("deliveries of " + text).isEqualTo(count);
        assertThat(message.getJMSRedelivered()).isEqualTo(count > 1);
        return message;
    }

    /** {@code prefix0}, {@code prefix1} and so on. */
    static String[] numbered(String prefix, int count) {
        String[] texts = new String[count];
        for (int i = 0; i < count; i++) {
            texts[i] = prefix + i;
        }
        return texts;
    }

    /** What waits in a queue, in order. */
    List<String> browse(Queue queue) throws JMSException {
        ActiveMQConnection connection = connect();
        List<String> texts = browse(connection.createSession(false, Session.AUTO_ACKNOWLEDGE), queue);
        connection.close();
        connections.remove(connection);
        return texts;
    }

    /** What waits in a queue after all that this connection did: the client does not wait for its acknowledgements. */
    static List<String> browse(Session session, Queue queue) throws JMSException {
        return browse(session, queue, "");
    }

    /** Of that, what a selector chooses. */
    static List<String> browse(Session session, Queue queue, String selector) throws JMSException {
        List<String> texts = new ArrayList<>();
        QueueBrowser browser = session.createBrowser(queue, selector);
        for (Enumeration<?> messages = browser.getEnumeration(); messages.hasMoreElements(); ) {
            texts.add(text((Message) messages.nextElement()));
        }
        browser.close();
        return texts;
    }
}
