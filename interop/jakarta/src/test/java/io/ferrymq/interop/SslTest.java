package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrymq.Broker;
import io.ferrymq.Tls;
import io.ferrymq.testkit.tls.KeyStores;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQSslConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS. Only for the broker in this JVM: the others are started without a key. */
final class SslTest {
    private static final Queue QUEUE = new ActiveMQQueue("SslTest");

    @TempDir
    static Path directory;

    private static KeyStores keys;

    @TempDir
    Path data;

    private Broker broker;

    @BeforeAll
    static void makeKeys() throws IOException, GeneralSecurityException {
        keys = KeyStores.in(directory);
    }

    @BeforeEach
    void onlyEmbedded() {
        assumeTrue(BrokerUnderTest.ferry() && "embedded".equals(System.getProperty("interop.broker", "embedded")));
    }

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private void start(int port, Tls tls) {
        broker =
                Broker.builder().ssl("127.0.0.1", port, tls).dataDirectory(data).start();
    }

    private static ActiveMQConnection connect(String url, boolean withCertificate) throws Exception {
        ActiveMQSslConnectionFactory factory = new ActiveMQSslConnectionFactory(url);
        factory.setTrustStore(keys.brokerTrusted().toString());
        factory.setTrustStoreType("PKCS12");
        factory.setTrustStorePassword(KeyStores.PASSWORD);
        if (withCertificate) {
            factory.setKeyStore(keys.clientKeys().toString());
            factory.setKeyStoreType("PKCS12");
            factory.setKeyStorePassword(KeyStores.PASSWORD);
        }
        ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection();
        connection.start();
        return connection;
    }

    private static void carries(ActiveMQConnection connection, int messages) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(QUEUE);
        MessageConsumer consumer = session.createConsumer(QUEUE);
        for (int i = 0; i < messages; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
        assertThat(Jms.texts(consumer, messages)).containsExactly(Jms.numbered("m", messages));
        session.close();
    }

    @Test
    void shouldCarryAThousandMessages() throws Exception {
        start(0, keys.broker());
        assertThat(broker.uri().getScheme()).isEqualTo("ssl");

        try (ActiveMQConnection connection = connect(broker.uri().toString(), false)) {
            assertThat(connection.getBrokerInfo().getBrokerURL())
                    .isEqualTo(broker.uri().toString());
            carries(connection, 1000);
        }
    }

    @Test
    void shouldServeTheClientsOtherTransport() throws Exception {
        start(0, keys.broker());

        try (ActiveMQConnection connection = connect("nio+" + broker.uri(), false)) {
            carries(connection, 10);
        }
    }

    @Test
    void shouldServeAnOldVersionOfTls() throws Exception {
        start(0, keys.broker());

        try (ActiveMQConnection connection = connect(broker.uri() + "?socket.enabledProtocols=TLSv1.2", false)) {
            carries(connection, 10);
        }
    }

    @Test
    void shouldCarryAMessageOfSeveralMegabytes() throws Exception {
        start(0, keys.broker());

        try (ActiveMQConnection connection = connect(broker.uri().toString(), false)) {
            String large = "x".repeat(4 << 20);
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Jms.send(session, QUEUE, large);
            assertThat(Jms.text(session.createConsumer(QUEUE))).isEqualTo(large);
        }
    }

    @Test
    void shouldFailOverToABrokerThatComesBack() throws Exception {
        start(0, keys.broker());
        int port = broker.uri().getPort();

        try (ActiveMQConnection connection = connect("failover:(" + broker.uri() + ")", false)) {
            carries(connection, 10);
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Jms.send(session, QUEUE, "before");
            broker.close();
            start(port, keys.broker());
            Jms.send(session, QUEUE, "after");

            assertThat(Jms.texts(session.createConsumer(QUEUE), 2)).containsExactly("before", "after");
        }
    }

    @Test
    void shouldRefuseAClientWithoutCertificateWhereOneIsNeeded() throws Exception {
        start(0, keys.brokerAsking(Tls.ClientAuthentication.NEED));
        String url = broker.uri().toString();

        assertThatThrownBy(() -> connect(url, false)).isInstanceOf(JMSException.class);
        try (ActiveMQConnection connection = connect(url, true)) {
            carries(connection, 10);
        }
    }

    @Test
    void shouldRefuseAPlainClient() {
        start(0, keys.broker());
        String url = "tcp://127.0.0.1:" + broker.uri().getPort() + "?wireFormat.maxInactivityDuration=5000";

        assertThatThrownBy(() -> {
                    var factory = new org.apache.activemq.ActiveMQConnectionFactory(url);
                    factory.createConnection().start();
                })
                .isInstanceOf(JMSException.class);
    }
}
