package io.ferrymq.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between clients and the broker, and can lose what the broker answers. Its threads end with their sockets. */
final class Relay implements AutoCloseable {
    private final BrokerUnderTest broker;
    private final ServerSocket server;
    private final List<Pair> pairs = new CopyOnWriteArrayList<>();

    private Relay(BrokerUnderTest broker) throws IOException {
        this.broker = broker;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    static Relay before(BrokerUnderTest broker) {
        try {
            Relay relay = new Relay(broker);
            daemon(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String uri() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    /** What the broker says from here on does not arrive; what clients say does. Connections made later are not concerned. */
    void mute() {
        pairs.forEach(pair -> pair.muted = true);
    }

    /** Ends the connections there are. */
    void cut() {
        pairs.forEach(Pair::close);
        pairs.clear();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                URI uri = URI.create(broker.uri());
                Pair pair = new Pair(client, new Socket(uri.getHost(), uri.getPort()));
                pairs.add(pair);
                daemon(() -> pair.pump(pair.client, pair.broker, false));
                daemon(() -> pair.pump(pair.broker, pair.client, true));
            } catch (IOException e) {
                continue; // closed, or the broker is away: the client tries again
            }
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    /** The two sockets of one connection. */
    private static final class Pair {
        private final Socket client;
        private final Socket broker;
        private volatile boolean muted;

        Pair(Socket client, Socket broker) {
            this.client = client;
            this.broker = broker;
        }

        void pump(Socket from, Socket to, boolean mutable) {
            byte[] bytes = new byte[8192];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                    if (!(mutable && muted)) {
                        out.write(bytes, 0, length);
                    }
                }
            } catch (IOException e) {
                close();
            }
        }

        void close() {
            try (client;
                    broker) {
                muted = true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
