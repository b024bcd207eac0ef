package io.ferrymq.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import org.apache.activemq.ActiveMQConnection;

/** What can happen to a connection without its client wanting it. */
final class Wire {
    private Wire() {}

    /** Resets the socket: the broker hears no goodbye, the client cannot send what it still had. */
    static void cut(ActiveMQConnection connection) {
        Socket socket = connection.getTransport().narrow(Socket.class);
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
