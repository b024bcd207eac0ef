import io.ferrymq.Broker;
import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.activemq.ActiveMQConnectionFactory;

/**
 * An application with a broker inside: how long from the first line of its code until the stock client has sent and received a persistent
 * message, with everything still to be loaded. Argument: the data directory.
 */
public final class EmbeddedPeer {
    private static final long WAIT_MS = 60_000;

    private EmbeddedPeer() {}

    public static void main(String[] args) throws Exception {
        long startNs = System.nanoTime();
        try (Broker broker = Broker.builder()
                .tcp("127.0.0.1", 0)
                .dataDirectory(Path.of(args[0]))
                .start()) {
            ActiveMQConnectionFactory factory =
                    new ActiveMQConnectionFactory(broker.uri().toString());
            try (Connection connection = factory.createConnection()) {
                connection.start();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                session.createProducer(session.createQueue("first")).send(session.createTextMessage("first"));
                if (session.createConsumer(session.createQueue("first")).receive(WAIT_MS) != null) {
                    System.out.printf(
                            Locale.ROOT, "first message after ms: %.1f%n", (System.nanoTime() - startNs) / 1e6);
                }
            }
        }
    }
}
