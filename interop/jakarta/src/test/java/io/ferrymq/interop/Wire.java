package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.transport.Pipe;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.transport.DefaultTransportListener;

/** What can happen to a connection without its client wanting it. */
final class Wire {
    private Wire() {}

    /**
     * Resets the socket, or what is in its place: the broker hears no goodbye, the client cannot send what it still had. A client that has none,
     * because it connects again just then, is waited for.
     */
    static void cut(ActiveMQConnection connection) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> isCut(connection));
    }

    private static boolean isCut(ActiveMQConnection connection) throws IOException {
        Pipe pipe = connection.getTransport().narrow(Pipe.class);
        Socket socket = connection.getTransport().narrow(Socket.class);
        if (pipe != null) {
            pipe.close();
        } else if (socket != null) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
        return pipe != null || socket != null;
    }

    /** Resets the socket and waits until the client knows, and has connected again. */
    static void cutAndReconnect(ActiveMQConnection connection) {
        Reconnection reconnection = new Reconnection();
        connection.addTransportListener(reconnection);
        cut(connection);
        try {
            assertThat(reconnection.resumed.await(Jms.PATIENCE_MS, TimeUnit.MILLISECONDS))
                    .as("connected again")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            connection.removeTransportListener(reconnection);
        }
    }

    private static final class Reconnection extends DefaultTransportListener {
        private final CountDownLatch resumed = new CountDownLatch(1);

        @Override
        public void transportResumed() {
            resumed.countDown();
        }
    }
}
