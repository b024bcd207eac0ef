package io.ferrymq.server.cli;

import jakarta.jms.JMSException;
import java.io.EOFException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.transport.RequestTimedOutIOException;
import org.apache.activemq.transport.TransportDisposedIOException;
import org.apache.activemq.transport.TransportListener;
import picocli.CommandLine.Option;

/** What every verb over the wire needs to know, and the connection made from it. */
final class WireOptions {
    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+]*:[/(]");

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "tcp://127.0.0.1:61616",
            description = "The broker's address. Default: ${DEFAULT-VALUE}.")
    private String url = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = QuantityConverters.OfDuration.class,
            description = "How long to wait for the broker, or for the next message. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ZERO;

    Duration timeout() {
        return timeout;
    }

    String url() {
        return url;
    }

    /** A factory that gives up after the timeout, whatever the client would wait for. */
    ActiveMQConnectionFactory factory() {
        if (!SCHEME.matcher(url).lookingAt()) {
            throw new CommandFailure(ExitCode.USAGE, "--url: '" + url + "' is no broker URL like tcp://HOST:PORT");
        }
        try {
            ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url);
            factory.setConnectResponseTimeout((int) timeout.toMillis());
            factory.setSendTimeout((int) timeout.toMillis());
            factory.setWatchTopicAdvisories(false);
            return factory;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--url: '" + url + "' is no broker URL: " + e.getMessage(), e);
        }
    }

    /** Does {@code work} on a started connection; what goes wrong on the wire becomes the user's one line. */
    int onConnection(ActiveMQConnectionFactory factory, Work work) {
        try (ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection()) {
            connection.start();
            return work.on(connection);
        } catch (JMSException e) {
            throw new CommandFailure(ExitCode.FAILED, url + ": " + reason(e), e);
        }
    }

    int onConnection(ActiveMQConnectionFactory factory, TransportListener listener, Work work) {
        factory.setTransportListener(listener);
        return onConnection(factory, work);
    }

    private String reason(JMSException failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root instanceof EOFException || root instanceof TransportDisposedIOException || isAfterFailure(root)) {
            return "the other side has closed the connection; is it a broker, and does it still run?";
        }
        if (root instanceof RequestTimedOutIOException) {
            return "no answer within " + timeout.toMillis()
                    + " ms (--timeout); a broker whose memory or disk is full holds producers"
                    + " until somebody consumes, and says so in its log";
        }
        String message = root.getMessage();
        return message == null || message.isBlank() ? root.getClass().getSimpleName() : message;
    }

    /** The client was about to say more when it noticed: it has no class for that. */
    private static boolean isAfterFailure(Throwable failure) {
        return failure.getMessage() != null
                && failure.getMessage().startsWith("Cannot send, channel has already failed");
    }

    /** What a verb does with its connection; answers with the exit code. */
    interface Work {
        int on(ActiveMQConnection connection) throws JMSException;
    }
}
