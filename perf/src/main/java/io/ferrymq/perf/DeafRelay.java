package io.ferrymq.perf;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/**
 * Stands between one client and the broker. Once deaf it leaves unread what the broker sends, as a client does whose process is stopped: the
 * socket stays open and its buffers fill. Two daemon threads copy.
 */
final class DeafRelay implements Closeable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocket listener;
    private final Socket broker = new Socket();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean deaf;

    DeafRelay(String url) {
        try {
            listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            broker.setReceiveBufferSize(BUFFER_BYTES);
            broker.setTcpNoDelay(true);
            URI uri = URI.create(url);
            broker.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept, "relay-to-broker");
    }

    String url() {
        return "tcp://127.0.0.1:" + listener.getLocalPort();
    }

    void goDeaf() {
        deaf = true;
    }

    private void accept() {
        try (Socket client = listener.accept()) {
            client.setTcpNoDelay(true);
            start(() -> toClient(client), "relay-to-client");
            copy(client.getInputStream(), broker.getOutputStream(), false);
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void toClient(Socket client) {
        try (client) {
            copy(broker.getInputStream(), client.getOutputStream(), true);
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void copy(InputStream in, OutputStream out, boolean fromBroker) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            out.write(buffer, 0, length);
            if (fromBroker && deaf) {
                awaitClose();
                return;
            }
        }
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        broker.close();
        listener.close();
    }
}
