package io.ferrymq.openwire.connection;

import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.ActiveMQDestination;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTextMessage;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ConsumerId;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageId;
import io.ferrymq.openwire.command.ProducerId;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.SessionId;
import io.ferrymq.openwire.command.SessionInfo;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** A blocking OpenWire client that does exactly what a test says, and no more. */
final class WireClient implements AutoCloseable {
    final Socket socket;
    final String id;
    private final DataInputStream in;
    private final WireFormat format = new WireFormat(64 << 20);
    private int commandId;

    WireClient(URI uri, String id) throws IOException {
        this(new Socket(uri.getHost(), uri.getPort()), id);
    }

    WireClient(Socket socket, String id) throws IOException {
        this.id = id;
        this.socket = socket;
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    }

    /** Through the handshake up to the Response to ConnectionInfo. */
    static WireClient connected(URI uri, String id) throws IOException {
        WireClient client = new WireClient(uri, id);
        client.negotiate(12, "6.3.1");
        client.expect(BrokerInfo.class);
        client.ask(client.connectionInfo());
        return client;
    }

    static Map<String, Object> properties(String providerVersion) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("TightEncodingEnabled", true);
        properties.put("CacheEnabled", true);
        properties.put("CacheSize", 1024);
        properties.put("MaxInactivityDuration", 30_000L);
        properties.put("MaxInactivityDurationInitalDelay", 10_000L);
        properties.put("MaxFrameSize", Long.MAX_VALUE);
        properties.put("ProviderVersion", providerVersion);
        return properties;
    }

    WireFormatInfo negotiate(int version, String providerVersion) throws IOException {
        return negotiate(version, properties(providerVersion));
    }

    WireFormatInfo negotiate(int version, Map<String, Object> properties) throws IOException {
        WireFormatInfo theirs = expect(WireFormatInfo.class);
        WireFormatInfo mine = WireOptions.announce(version, properties);
        send(mine);
        format.apply(withoutSizeLimit(WireOptions.negotiate(mine, theirs)));
        return theirs;
    }

    /** It sends what the broker would not take, too: stock clients look at sizes in the tight encoding only. */
    private static WireOptions withoutSizeLimit(WireOptions agreed) {
        return new WireOptions(
                agreed.version(),
                agreed.tight(),
                agreed.cache(),
                agreed.cacheSize(),
                agreed.stackTrace(),
                agreed.sizePrefixDisabled(),
                agreed.tcpNoDelay(),
                Long.MAX_VALUE,
                agreed.maxInactivityMs(),
                agreed.initialDelayMs());
    }

    ConnectionInfo connectionInfo() {
        ConnectionInfo info = new ConnectionInfo();
        info.connectionId = new ConnectionId(id);
        info.clientId = "client-" + id;
        return info;
    }

    SessionInfo session(long session) {
        SessionInfo info = new SessionInfo();
        info.sessionId = new SessionId(id, session);
        return info;
    }

    ProducerInfo producer(long session, long value, String queue) {
        ProducerInfo info = new ProducerInfo();
        info.producerId = new ProducerId(id, session, value);
        info.destination = queue.isEmpty() ? null : new ActiveMQQueue(queue);
        return info;
    }

    ConsumerInfo consumer(long session, long value, ActiveMQDestination destination) {
        ConsumerInfo info = new ConsumerInfo();
        info.consumerId = new ConsumerId(id, session, value);
        info.destination = destination;
        info.prefetchSize = 1000;
        return info;
    }

    Message message(long session, long producer, long sequence, String queue) {
        ActiveMQTextMessage message = new ActiveMQTextMessage();
        message.producerId = new ProducerId(id, session, producer);
        message.messageId = new MessageId(message.producerId, sequence);
        message.destination = new ActiveMQQueue(queue);
        message.content = new byte[] {0, 0, 0, 1, 'x'};
        message.priority = 4;
        return message;
    }

    /** All in one write, so that the broker cannot close in between. */
    void send(DataStructure... commands) throws IOException {
        ByteBuf out = Unpooled.buffer();
        for (DataStructure command : commands) {
            format.encode(command, out);
        }
        raw(out.array(), out.readableBytes());
    }

    void raw(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
    }

    void raw(byte... bytes) throws IOException {
        raw(bytes, bytes.length);
    }

    DataStructure read() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return format.decode(Unpooled.wrappedBuffer(frame));
    }

    <T extends DataStructure> T expect(Class<T> type) throws IOException {
        DataStructure command = read();
        if (!type.isInstance(command)) {
            throw new AssertionError("expected " + type.getSimpleName() + ", got " + command);
        }
        return type.cast(command);
    }

    /** Sends with responseRequired and reads up to the answer. */
    Response ask(BaseCommand command) throws IOException {
        command.commandId = ++commandId;
        command.responseRequired = true;
        send(command);
        while (true) {
            if (read() instanceof Response response && response.correlationId == command.commandId) {
                return response;
            }
        }
    }

    /** Reads until the broker closes; how many frames came. */
    int readToEnd() throws IOException {
        int frames = 0;
        try {
            while (true) {
                read();
                frames++;
            }
        } catch (java.io.EOFException | java.net.SocketException e) {
            return frames;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
