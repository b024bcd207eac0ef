package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.RemoveInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the broker says when clients come and go. */
final class AdvisoryConnectionTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Advisories connections;

    @BeforeEach
    void open() throws JMSException {
        connections = Advisories.on(jms.session(), "Connection");
    }

    @Test
    void shouldAnnounceANewConnection() throws JMSException {
        ActiveMQConnection connection = connect("alice");

        ActiveMQMessage advisory = started(connection);

        Advisories.assertAdvisory(advisory);
        ConnectionInfo info = (ConnectionInfo) advisory.getDataStructure();
        assertThat(info.getClientId()).isEqualTo(connection.getClientID());
        assertThat(info.getUserName()).isEqualTo("alice");
        assertThat(info.getClientIp()).startsWith("tcp://127.0.0.1:");
    }

    @Test
    void shouldNotTellThePassword() throws JMSException {
        ConnectionInfo info = (ConnectionInfo) started(connect("alice")).getDataStructure();

        assertThat(info.getPassword()).isEmpty();
    }

    @Test
    void shouldAnnounceThatAConnectionWasClosed() throws JMSException {
        ActiveMQConnection connection = connect("alice");
        started(connection);
        connection.close();

        Advisories.assertAdvisory(ended(connection));
    }

    @Test
    void shouldAnnounceThatAConnectionBroke() throws JMSException {
        ActiveMQConnection connection = connect("alice");
        started(connection);
        Wire.cut(connection);

        Advisories.assertAdvisory(ended(connection));
    }

    @Test
    void shouldTellNewSubscribersWhoIsThere() throws JMSException {
        ActiveMQConnection connection = connect("alice");
        connections = Advisories.on(jms.session(), "Connection");

        ActiveMQMessage advisory = started(connection);

        Advisories.assertAdvisory(advisory);
        assertThat(((ConnectionInfo) advisory.getDataStructure()).getPassword()).isEmpty();
    }

    private ActiveMQConnection connect(String user) throws JMSException {
        ActiveMQConnectionFactory factory = jms.factory();
        factory.setUserName(user);
        factory.setPassword("secret");
        return jms.connect(factory);
    }

    private ActiveMQMessage started(ActiveMQConnection connection) throws JMSException {
        return connections.next(ConnectionInfo.class, info -> info.getConnectionId()
                .equals(connection.getConnectionInfo().getConnectionId()));
    }

    private ActiveMQMessage ended(ActiveMQConnection connection) throws JMSException {
        return connections.next(RemoveInfo.class, info -> info.getObjectId()
                .equals(connection.getConnectionInfo().getConnectionId()));
    }
}
