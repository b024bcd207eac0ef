package io.ferrymq.interop;

import static org.awaitility.Awaitility.await;

import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.activemq.ActiveMQConnection;

/** The durable subscriptions of one client id, of which at most one connection is open. */
final class Subscriptions {
    private final Jms jms;
    private final String clientId;
    private final String[] options;
    private ActiveMQConnection connection;

    Subscriptions(Jms jms, String... options) {
        this.jms = jms;
        this.clientId = jms.name();
        this.options = options;
    }

    String clientId() {
        return clientId;
    }

    ActiveMQConnection connection() throws JMSException {
        if (connection == null) {
            // a broker may need a moment to see that a socket broke, and refuses the client id until then
            connection = await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                    .ignoreException(InvalidClientIDException.class)
                    .until(() -> jms.connectAs(clientId, options), Objects::nonNull);
        }
        return connection;
    }

    Session session(int acknowledgeMode) throws JMSException {
        return connection().createSession(acknowledgeMode == Session.SESSION_TRANSACTED, acknowledgeMode);
    }

    /** Opens the subscription in a session of its own that acknowledges by itself. */
    MessageConsumer open(Topic topic, String name) throws JMSException {
        return session(Session.AUTO_ACKNOWLEDGE).createDurableSubscriber(topic, name);
    }

    /** Makes sure that the subscription exists, and leaves. */
    void create(Topic topic, String name) throws JMSException {
        open(topic, name);
        leave();
    }

    /** Everybody goes away, the subscriptions stay. */
    void leave() throws JMSException {
        connection.close();
        connection = null;
    }

    /** The socket breaks. */
    void cut() {
        Wire.cut(connection);
        forget();
    }

    /** The broker ended the connection: the next one is a new one. */
    void forget() {
        connection = null;
    }

    /** Opens the subscription, takes this many messages, and leaves. */
    List<String> take(Topic topic, String name, int count) throws JMSException {
        List<String> texts = Jms.texts(open(topic, name), count);
        leave();
        return texts;
    }
}
