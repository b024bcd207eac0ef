package io.ferrymq.interop;

import io.ferrymq.transport.Pipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import org.apache.activemq.ActiveMQConnection;

/** What can happen to a connection without its client wanting it. */
final class Wire {
    private Wire() {}

    /** Resets the socket, or what is in its place: the broker hears no goodbye, the client cannot send what it still had. */
    static void cut(ActiveMQConnection connection) {
        Pipe pipe = connection.getTransport().narrow(Pipe.class);
        if (pipe != null) {
            pipe.close();
            return;
        }
        Socket socket = connection.getTransport().narrow(Socket.class);
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
