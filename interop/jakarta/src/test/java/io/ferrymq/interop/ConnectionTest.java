package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrymq.Broker;
import io.ferrymq.flow.Limits;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.transaction.xa.XAException;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.MaxFrameSizeExceededException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    @Test
    void shouldConnectAndClose() throws JMSException {
        ActiveMQConnection connection = jms.connect();

        assertThat(connection.isStarted()).isTrue();
        connection.close();

        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void shouldTellItsName() throws JMSException {
        assertThat(jms.connect().getBrokerName()).isNotBlank();
    }

    @Test
    void shouldServeManyConnectionsOneAfterAnother() throws JMSException {
        Queue queue = jms.queue();
        for (int i = 0; i < 30; i++) {
            ActiveMQConnection connection = jms.connect();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Jms.send(session, queue, "m" + i);
            assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("m" + i);
            connection.close();
        }
    }

    @Test
    void shouldServeManyConnectionsAtOnce() throws JMSException {
        Queue queue = jms.queue();
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            sessions.add(jms.session("jms.prefetchPolicy.all=0"));
            Jms.send(sessions.get(i), queue, "m" + i);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(Jms.text(sessions.get(i).createConsumer(queue))).isEqualTo("m" + i);
        }
    }

    @Test
    void shouldGenerateAClientId() throws JMSException {
        assertThat(jms.connect().getClientID()).startsWith("ID:");
    }

    @Test
    void shouldRefuseAClientIdThatIsConnected() throws JMSException {
        String clientId = jms.name();
        connectAs(clientId);

        assertThatThrownBy(() -> connectAs(clientId))
                .isInstanceOf(InvalidClientIDException.class)
                .hasMessageMatching(
                        "Broker: \\S+ - Client: \\Q" + clientId + "\\E already connected from tcp://\\S+:\\d+");
    }

    @Test
    void shouldLeaveTheFirstConnectionAloneWhenItsClientIdIsClaimed() throws JMSException {
        String clientId = jms.name();
        Queue queue = jms.queue();
        Session session = connectAs(clientId).createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);

        assertThatThrownBy(() -> connectAs(clientId)).isInstanceOf(InvalidClientIDException.class);
        Jms.send(session, queue, "still here");

        assertThat(Jms.text(consumer)).isEqualTo("still here");
    }

    @Test
    void shouldAcceptAClientIdAgainAfterItsConnectionClosed() throws JMSException {
        String clientId = jms.name();
        connectAs(clientId).close();

        assertThat(connectAs(clientId).getClientID()).isEqualTo(clientId);
    }

    @Test
    void shouldAcceptAClientIdAgainAfterItsSocketBroke() throws JMSException {
        String clientId = jms.name();
        Wire.cut(connectAs(clientId));

        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().untilAsserted(() -> connectAs(clientId));
    }

    @Test
    void shouldServeManySessionsOfOneConnection() throws JMSException {
        Connection connection = jms.connect();
        List<Session> sessions = new ArrayList<>();
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = jms.queue();
            sessions.add(session);
            consumers.add(session.createConsumer(queue));
            Jms.send(session, queue, "s" + i);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(Jms.text(consumers.get(i))).isEqualTo("s" + i);
            sessions.get(i).close();
        }
    }

    @Test
    void shouldDeliverNothingBeforeTheConnectionIsStarted() throws JMSException {
        Queue queue = jms.queue();
        jms.send(queue, "early");
        ActiveMQConnection connection = jms.connect();
        connection.stop();
        MessageConsumer consumer =
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);

        assertThat(consumer.receiveNoWait()).isNull();
        connection.start();

        assertThat(Jms.text(consumer)).isEqualTo("early");
    }

    @Test
    void shouldConnectWithTightEncodingAndWithout() throws JMSException {
        for (String tight : List.of("true", "false")) {
            for (String cache : List.of("true", "false")) {
                Queue queue = jms.queue();
                Session session =
                        jms.session("wireFormat.tightEncodingEnabled=" + tight, "wireFormat.cacheEnabled=" + cache);
                Jms.send(session, queue, tight + cache);
                assertThat(Jms.text(session.createConsumer(queue))).isEqualTo(tight + cache);
            }
        }
    }

    @Test
    void shouldConnectWithEveryVersionTheClientSpeaks() throws JMSException {
        for (int version : new int[] {1, 9, 10, 11, 12}) {
            Queue queue = jms.queue();
            Session session = jms.session("wireFormat.version=" + version);
            Jms.send(session, queue, "v" + version);
            assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("v" + version);
        }
    }

    @Test
    void shouldKeepAnIdleConnectionAlive() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer consumer = jms.session(
                        "wireFormat.maxInactivityDuration=400", "wireFormat.maxInactivityDurationInitalDelay=400")
                .createConsumer(queue);
        assertThat(consumer.receive(1_600)).isNull();
        jms.send(queue, "still here");

        assertThat(Jms.text(consumer)).isEqualTo("still here");
    }

    @Test
    void shouldLetAFailoverClientWaitWhileThereAreTooManyConnections() throws JMSException {
        assumeTrue(BrokerUnderTest.ferry(), "the limit is one that is set for FerryMQ here");
        try (Broker full = Broker.builder()
                .name(jms.name())
                .tcp("127.0.0.1", 0)
                .limits(Limits.defaults().withConnections(1))
                .start()) {
            ActiveMQConnection first =
                    jms.connect(new ActiveMQConnectionFactory(full.uri().toString()));
            ActiveMQConnectionFactory waiting = new ActiveMQConnectionFactory("failover:(" + full.uri() + ")");
            CompletableFuture<ActiveMQConnection> second = CompletableFuture.supplyAsync(() -> connect(waiting));
            await().during(Duration.ofMillis(500)).until(() -> !second.isDone());
            first.close();

            assertThat(second).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    private ActiveMQConnection connect(ActiveMQConnectionFactory factory) {
        try {
            return jms.connect(factory);
        } catch (JMSException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void shouldTellAClientThatItsMessageIsTooLarge() throws JMSException {
        assumeTrue(BrokerUnderTest.ferry(), "the limit is that of FerryMQ");
        // without its own check the client sends it
        ActiveMQConnection connection = jms.connect("wireFormat.maxFrameSizeEnabled=false");
        List<String> heard = new CopyOnWriteArrayList<>();
        connection.setExceptionListener(failure -> heard.add(failure.getMessage()));
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[12 << 20]);

        assertThatThrownBy(() -> session.createProducer(jms.queue()).send(message))
                .isInstanceOf(JMSException.class);

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(heard)
                .anyMatch(text -> text.contains("Frame size of 12 MB is larger than max allowed 10 MB")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRefuseAMessageThatIsTooLargeAndGoOn(boolean failover) throws JMSException {
        Queue queue = jms.queue();
        Session session = failover ? jms.failover().createSession(false, Session.AUTO_ACKNOWLEDGE) : jms.session();
        MessageProducer producer = session.createProducer(queue);

        assertThatThrownBy(() -> producer.send(tooLarge(session)))
                .isInstanceOf(JMSException.class)
                .hasCauseInstanceOf(MaxFrameSizeExceededException.class);
        producer.send(session.createTextMessage("next"));

        assertThat(Jms.text(session.createConsumer(queue))).isEqualTo("next");
    }

    @Test
    void shouldNotCommitATransactionOfWhichAMessageWasTooLarge() throws JMSException {
        assumeTrue(BrokerUnderTest.ferry(), "with ActiveMQ the client refuses to send it");
        Queue queue = jms.queue();
        Session session = jms.transacted();
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("before"));
        producer.send(tooLarge(session));

        assertThatThrownBy(session::commit)
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("rollback only")
                .hasCauseInstanceOf(XAException.class);
        producer.send(session.createTextMessage("after"));
        session.commit();

        assertThat(Jms.text(jms.session().createConsumer(queue))).isEqualTo("after");
    }

    /** ActiveMQ closes the connection, again and again. The client acknowledges ranges, in which the message must not be. */
    @Test
    void shouldGiveUpWhatIsTooLargeForItsConsumer() throws JMSException {
        assumeTrue(BrokerUnderTest.ferry(), "with ActiveMQ the consumer is disconnected");
        Queue queue = jms.queue();
        Session sends = jms.session();
        MessageProducer producer = sends.createProducer(queue);
        producer.send(sends.createTextMessage("before"));
        producer.send(sends.createTextMessage("x".repeat(100_000)));
        producer.send(sends.createTextMessage("after"));

        Session session = jms.transacted("wireFormat.maxFrameSize=50000");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(Jms.text(consumer)).isEqualTo("before");
        assertThat(Jms.text(consumer)).isEqualTo("after");
        session.commit();

        assertThat(jms.browse(queue)).isEmpty();
        assertThat(new DeadLetters(sends).next(queue).getStringProperty(DeadLetters.CAUSE))
                .contains("too large for the peer", "limit=50000");
    }

    private static BytesMessage tooLarge(Session session) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[12 << 20]);
        return message;
    }

    private ActiveMQConnection connectAs(String clientId) throws JMSException {
        var factory = jms.factory();
        factory.setClientID(clientId);
        return jms.connect(factory);
    }
}
