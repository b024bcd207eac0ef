package io.ferrymq.server.kept;

import io.ferrymq.Broker;
import io.ferrymq.BrokerConfig.StoreEngine;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.apache.activemq.ScheduledMessage;

/**
 * Makes a data directory with a little of everything, through a stock client. {@link #main} packs one for each engine into
 * {@code src/test/resources/stores/VERSION-ENGINE.zip}. That is done once for each released version, with the build of that version; what
 * is there is never made anew, since it stands for the data of users:
 *
 * <pre>{@code
 * mvn -q -pl broker-server -am test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * cd broker-server
 * java FLAGS -cp target/test-classes:target/classes:$(cat target/classpath) io.ferrymq.server.kept.KeptStore VERSION
 * }</pre>
 *
 * where FLAGS are the options that Chronicle Queue needs (see the user guide, store engines).
 */
public final class KeptStore {
    static final String CLIENT = "reader";
    static final String SUBSCRIPTION = "red";
    static final String SELECTOR = "colour = 'red'";
    /** More than a segment has. */
    static final int BINARY_BYTES = 2_500_000;

    private static final int SEGMENT_BYTES = 1 << 20;
    private static final long HUNDRED_YEARS_MS = 100L * 365 * 24 * 3600 * 1000;

    private KeptStore() {}

    /** @param arguments the version that this build is */
    public static void main(String[] arguments) throws IOException, JMSException, XAException {
        Path stores = Files.createDirectories(Path.of("src/test/resources/stores"));
        for (StoreEngine engine : List.of(StoreEngine.NIO, StoreEngine.CHRONICLE)) {
            Path data = Files.createTempDirectory("ferrymq-kept");
            write(data, engine);
            pack(data, stores.resolve(arguments[0] + "-" + engine.name().toLowerCase(Locale.ROOT) + ".zip"));
        }
    }

    /** A broker runs on the directory, is filled, and stops in order. */
    public static void write(Path data, StoreEngine engine) throws JMSException, XAException {
        try (Broker broker = broker(data, engine)) {
            fill(broker);
        }
    }

    static Broker broker(Path data, StoreEngine engine) {
        return Broker.builder()
                .tcp("127.0.0.1", 0)
                .dataDirectory(data)
                .storeEngine(engine)
                .segmentBytes(SEGMENT_BYTES)
                .start();
    }

    public static void fill(Broker broker) throws JMSException, XAException {
        try (Connection connection = new ActiveMQConnectionFactory(broker.uri()).createConnection()) {
            connection.setClientID(CLIENT);
            connection.start();
            try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                Topic news = session.createTopic("NEWS");
                session.createDurableSubscriber(news, SUBSCRIPTION, SELECTOR, false)
                        .close();
                send(session, "red news", "colour", "red", "NEWS");
                send(session, "blue news", "colour", "blue", "NEWS");
                orders(session);
                binary(session);
                later(session);
            }
            deliverTwice(connection);
        }
        prepare(broker);
    }

    private static void send(Session session, String text, String key, String value, String topic) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createTopic(topic))) {
            TextMessage message = session.createTextMessage(text);
            message.setStringProperty(key, value);
            producer.send(message);
        }
    }

    private static void orders(Session session) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue("ORDERS"))) {
            for (int number = 1; number <= 5; number++) {
                TextMessage message = session.createTextMessage("order " + number + " über € 𝄞");
                message.setIntProperty("number", number);
                message.setDoubleProperty("price", number * 1.5);
                message.setLongProperty("customer", 1L << 40);
                message.setJMSCorrelationID("c" + number);
                message.setJMSReplyTo(session.createQueue("ANSWERS"));
                producer.send(message);
            }
        }
        try (MessageConsumer consumer = session.createConsumer(session.createQueue("ORDERS?consumer.prefetchSize=1"))) {
            received(consumer);
        }
    }

    private static void binary(Session session) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue("BINARY"))) {
            BytesMessage message = session.createBytesMessage();
            byte[] bytes = new byte[BINARY_BYTES];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) i;
            }
            message.writeBytes(bytes);
            producer.send(message);
        }
    }

    private static void later(Session session) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue("LATER"))) {
            TextMessage message = session.createTextMessage("in a hundred years");
            message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, HUNDRED_YEARS_MS);
            producer.send(message);
        }
    }

    /** The binary message is delivered, and not acknowledged. */
    private static void deliverTwice(Connection connection) throws JMSException {
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer consumer = session.createConsumer(session.createQueue("BINARY"))) {
            received(consumer);
            session.rollback();
        }
    }

    private static Message received(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(10_000);
        if (message == null) {
            throw new IllegalStateException("nothing came");
        }
        return message;
    }

    /** A transaction that would send one message to ORDERS; its manager does not come back. */
    private static void prepare(Broker broker) throws JMSException, XAException {
        try (XAConnection connection = new ActiveMQXAConnectionFactory(broker.uri()).createXAConnection()) {
            connection.start();
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            Xid xid = new KeptXid();
            resource.start(xid, XAResource.TMNOFLAGS);
            session.createProducer(session.createQueue("ORDERS")).send(session.createTextMessage("prepared order"));
            resource.end(xid, XAResource.TMSUCCESS);
            resource.prepare(xid);
        }
    }

    /** The one name that is used. */
    private record KeptXid() implements Xid {
        @Override
        public int getFormatId() {
            return 7;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {1, 2, 3};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {4};
        }
    }

    private static void pack(Path data, Path target) throws IOException {
        try (OutputStream out = Files.newOutputStream(target);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                zip.putNextEntry(new ZipEntry(data.relativize(file).toString()));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
    }
}
