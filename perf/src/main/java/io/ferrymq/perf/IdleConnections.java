package io.ferrymq.perf;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.Command;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ConsumerId;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.KeepAliveInfo;
import org.apache.activemq.command.SessionId;
import org.apache.activemq.command.SessionInfo;
import org.apache.activemq.command.WireFormatInfo;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.activemq.util.ByteSequence;

/**
 * Many connections with a session and a consumer each, by one thread: stock clients would need a thread or two for each. Speaks the
 * handshake through the stock client's own codec, loose and without cache, from several addresses of the loopback network. Owned by the
 * thread that opens it. What a broker sends after that waits for {@link #keepAlive} or {@link #checkOpen}.
 */
final class IdleConnections implements AutoCloseable {
    private static final int PER_ADDRESS = 5_000;
    private static final int AT_ONCE = 100;
    private static final int LIMIT_SECONDS = 300;
    private static final int PER_QUEUE = 100;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int WIRE_FORMAT_INFO = 1;
    private static final int RESPONSE = 30;
    private static final int EXCEPTION_RESPONSE = 31;
    private static final int ANSWERS = 2;
    /** A broker takes so many periods of keep-alives without any for the end of a connection; three by stock clients. */
    private static final int LOST_PERIODS = 3;

    private final InetSocketAddress broker;
    private final OpenWireFormat format = new OpenWireFormat();
    private final int keepAliveS;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final String prefix = "ID:idle-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ":";
    private int pending;

    /** How far the handshake of one connection is. */
    private static final class Handshake {
        private final int number;
        private ByteBuffer rest = ByteBuffer.allocate(0);
        private int answers;

        Handshake(int number) {
            this.number = number;
        }
    }

    /** @param keepAliveS how often each will send one, as the broker is told; 0: never */
    IdleConnections(URI url, int keepAliveS) {
        this.keepAliveS = keepAliveS;
        broker = new InetSocketAddress(url.getHost(), url.getPort());
        format.setVersion(OpenWireFormat.DEFAULT_WIRE_VERSION);
        format.setTightEncodingEnabled(false);
        format.setCacheEnabled(false);
    }

    /** Seconds until the broker has answered all of them. */
    double open(int number) throws IOException {
        long startNs = System.nanoTime();
        if (number == 0) {
            return 0;
        }
        try (Selector selector = Selector.open()) {
            int begun = 0;
            while (begun < number || pending > 0) {
                while (begun < number && pending < AT_ONCE) {
                    begin(selector, channels.size());
                    begun++;
                }
                selector.select(TimeUnit.SECONDS.toMillis(1));
                for (SelectionKey key : selector.selectedKeys()) {
                    onReady(key);
                }
                selector.selectedKeys().clear();
                if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                    throw new LoadException("idle connections: " + (begun - pending) + " of " + number
                            + " were answered within " + LIMIT_SECONDS + " s");
                }
            }
        }
        return (System.nanoTime() - startNs) / 1e9;
    }

    /**
     * Sends the keep-alives that are due between two points in time; those of all connections lie evenly over the period.
     *
     * @param from ns of any clock
     * @param to ns of the same clock
     */
    void keepAlive(long from, long to) throws IOException {
        if (keepAliveS == 0) {
            return;
        }
        double perNs = channels.size() / (double) TimeUnit.SECONDS.toNanos(keepAliveS);
        long end = (long) (to * perNs);
        for (long next = (long) (from * perNs); next < end; next++) {
            SocketChannel channel = channels.get((int) (next % channels.size()));
            write(channel, new KeepAliveInfo());
            drain(channel);
        }
    }

    /** To be asked when all is measured: what is gone by then cost the broker nothing. */
    void checkOpen() throws IOException {
        for (SocketChannel channel : channels) {
            drain(channel);
        }
    }

    private void drain(SocketChannel channel) throws IOException {
        int read;
        do {
            read = channel.read(buffer.clear());
        } while (read > 0);
        if (read < 0) {
            throw new LoadException("an idle connection was closed by the broker");
        }
    }

    private void begin(Selector selector, int at) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channels.add(channel);
        channel.configureBlocking(false);
        channel.bind(new InetSocketAddress("127.0.0." + (2 + at / PER_ADDRESS), 0));
        pending++;
        Handshake handshake = new Handshake(at);
        if (channel.connect(broker)) {
            channel.register(selector, SelectionKey.OP_READ, handshake);
            write(channel, wireFormatInfo());
        } else {
            channel.register(selector, SelectionKey.OP_CONNECT, handshake);
        }
    }

    private void onReady(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        Handshake handshake = (Handshake) key.attachment();
        if (key.isConnectable() && channel.finishConnect()) {
            key.interestOps(SelectionKey.OP_READ);
            write(channel, wireFormatInfo());
        } else if (key.isReadable()) {
            read(channel, handshake);
            if (handshake.answers == ANSWERS) {
                key.cancel();
                pending--;
            }
        }
    }

    private void read(SocketChannel channel, Handshake handshake) throws IOException {
        buffer.clear().put(handshake.rest);
        if (channel.read(buffer) < 0) {
            throw new LoadException("idle connection " + handshake.number + " was closed by the broker");
        }
        buffer.flip();
        while (buffer.remaining() > Integer.BYTES
                && buffer.remaining() >= Integer.BYTES + buffer.getInt(buffer.position())) {
            int length = buffer.getInt();
            int next = buffer.position() + length;
            onFrame(channel, handshake, buffer.get(buffer.position()));
            buffer.position(next);
        }
        byte[] rest = new byte[buffer.remaining()];
        buffer.get(rest);
        handshake.rest = ByteBuffer.wrap(rest);
    }

    private void onFrame(SocketChannel channel, Handshake handshake, int type) throws IOException {
        switch (type) {
            case WIRE_FORMAT_INFO -> subscribe(channel, handshake.number);
            case RESPONSE -> handshake.answers++;
            case EXCEPTION_RESPONSE ->
                throw new LoadException("idle connection " + handshake.number + " was refused by the broker");
            default -> {
                // what a broker tells of itself
            }
        }
    }

    private WireFormatInfo wireFormatInfo() throws IOException {
        WireFormatInfo info = new WireFormatInfo();
        info.setVersion(OpenWireFormat.DEFAULT_WIRE_VERSION);
        info.setMaxFrameSize(Long.MAX_VALUE);
        info.setProviderName("ActiveMQ");
        info.setProviderVersion("6.3.1");
        info.setTcpNoDelayEnabled(true);
        if (keepAliveS > 0) {
            info.setMaxInactivityDuration(TimeUnit.SECONDS.toMillis((long) LOST_PERIODS * keepAliveS));
            info.setMaxInactivityDurationInitalDelay(TimeUnit.SECONDS.toMillis(keepAliveS));
        }
        return info;
    }

    private void subscribe(SocketChannel channel, int number) throws IOException {
        ConnectionInfo connection = new ConnectionInfo(new ConnectionId(prefix + number));
        connection.setClientId(prefix + number);
        connection.setResponseRequired(true);
        connection.setCommandId(1);
        SessionInfo session = new SessionInfo(new SessionId(connection.getConnectionId(), 1));
        session.setCommandId(2);
        ConsumerInfo consumer = new ConsumerInfo(new ConsumerId(session.getSessionId(), 1));
        consumer.setDestination(new ActiveMQQueue("idle." + number / PER_QUEUE));
        consumer.setPrefetchSize(1);
        consumer.setDispatchAsync(true);
        consumer.setResponseRequired(true);
        consumer.setCommandId(3);
        write(channel, connection);
        write(channel, session);
        write(channel, consumer);
    }

    /** A handshake fits into the buffer of an empty socket. */
    private void write(SocketChannel channel, Command command) throws IOException {
        ByteSequence bytes = format.marshal(command);
        ByteBuffer out = ByteBuffer.wrap(bytes.getData(), bytes.getOffset(), bytes.getLength());
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
