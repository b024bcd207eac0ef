package io.ferrymq.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.Broker;
import io.ferrymq.junit.EmbeddedBroker.Inject;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@EmbeddedBroker
class EmbeddedBrokerTest {
    @Inject
    private static Broker shared;

    private static URI sharedUri;
    private static Path methodDirectory;

    @Inject
    private ConnectionFactory factory;

    @Inject
    private URI address;

    private final Broker constructed;

    EmbeddedBrokerTest(Broker broker) {
        constructed = broker;
    }

    @BeforeAll
    static void remember(Broker broker) {
        assertThat(broker).isSameAs(shared);
        sharedUri = broker.uri();
    }

    @AfterAll
    static void shouldHaveDeletedTheDirectoryOfATest() {
        assertThat(methodDirectory).isNotNull().doesNotExist();
    }

    @Test
    void shouldBeOneBrokerForAllTests(Broker broker, URI uri) {
        assertThat(broker).isSameAs(shared).isSameAs(constructed);
        assertThat(uri).isEqualTo(sharedUri).isEqualTo(address);
        assertThat(uri.getHost()).isEqualTo("127.0.0.1");
        assertThat(broker.config().name()).isEqualTo("EmbeddedBrokerTest");
        assertThat(broker.config().dataDirectory()).isEmpty();
    }

    @Test
    void shouldMakeConnectionFactories(ConnectionFactory parameter, ActiveMQConnectionFactory stock)
            throws JMSException {
        assertThat(stock.getBrokerURL()).isEqualTo(sharedUri.toString());
        try (Connection connection = parameter.createConnection()) {
            connection.start();
        }
        try (Connection connection = factory.createConnection()) {
            connection.start();
        }
    }

    @Test
    @EmbeddedBroker(name = "own", persistent = true)
    void shouldHaveABrokerOfItsOwn(Broker broker) throws IOException {
        assertThat(broker).isNotSameAs(shared);
        assertThat(address).isEqualTo(broker.uri()).isNotEqualTo(sharedUri);
        assertThat(broker.config().name()).isEqualTo("own");
        methodDirectory = broker.config().dataDirectory().orElseThrow().getParent();
        assertThat(Files.isDirectory(methodDirectory)).isTrue();
        try (Socket socket = new Socket("127.0.0.1", sharedUri.getPort())) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @Test
    void shouldSayWhichClientIsMissing() {
        try (RunningBroker broker = RunningBroker.start("x", false)) {
            assertThatThrownBy(() -> broker.as(String.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("take 5.x for javax.jms, 6.x for jakarta.jms");
        }
    }

    @Nested
    class Inside {
        @Inject
        private Broker inner;

        @Test
        void shouldUseTheBrokerOfTheClassAround(Broker broker) {
            assertThat(broker).isSameAs(shared).isSameAs(inner);
        }
    }

    @Nested
    @EmbeddedBroker(name = "inside")
    class InsideWithItsOwn {
        @Inject
        private Broker inner;

        @Test
        void shouldUseItsOwn(Broker broker) {
            assertThat(broker).isNotSameAs(shared).isSameAs(inner);
            assertThat(broker.config().name()).isEqualTo("inside");
        }
    }
}
