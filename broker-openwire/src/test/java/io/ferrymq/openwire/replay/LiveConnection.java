package io.ferrymq.openwire.replay;

import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessageId;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A socket on which the client's side of a recorded connection is said once more. Used by one thread; another one reads. */
final class LiveConnection implements AutoCloseable {
    /** A broker that has refused or closed a connection does not answer on it. */
    private static final long MUTE_AFTER_MS = 1_000;

    private final Socket socket;
    private final WireFormatInfo hello;
    private final WireFormat format = new WireFormat(1 << 20);
    private final CountDownLatch negotiated = new CountDownLatch(1);
    private final Lanes lanes = new Lanes();
    private final Semaphore pongs = new Semaphore(0);
    private final Map<String, Long> numbers;
    private boolean listened = true;

    /**
     * Sends the recorded first frame as it is.
     *
     * @param numbers takes the numbers that the broker gives to messages
     */
    LiveConnection(URI uri, RecordedSession.Event first, Map<String, Long> numbers) throws IOException {
        this.numbers = numbers;
        socket = new Socket(uri.getHost(), uri.getPort());
        hello = (WireFormatInfo) first.command();
        socket.getOutputStream().write(first.frame());
        Thread reader = new Thread(this::read, "replay-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                on(format.decode(Unpooled.wrappedBuffer(frame)));
            }
        } catch (EOFException | SocketException e) {
            negotiated.countDown();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void on(DataStructure command) {
        if (command instanceof WireFormatInfo theirs) {
            format.apply(WireOptions.negotiate(hello, theirs));
            negotiated.countDown();
        }
        if (command instanceof KeepAliveInfo) {
            pongs.release();
        }
        if (command instanceof MessageDispatch dispatch && dispatch.message != null) {
            MessageId id = Objects.requireNonNull(dispatch.message.messageId);
            numbers.put(id.toString(), id.brokerSequenceId);
        }
        String lane = Lanes.laneOf(command);
        if (lane != null) {
            synchronized (lanes) {
                lanes.add(lane, command);
            }
        }
    }

    /** In the encoding that this broker has negotiated, which need not be that of the recorded one. */
    void send(DataStructure command) throws IOException, InterruptedException {
        if (!negotiated.await(10, TimeUnit.SECONDS)) {
            throw new IOException("no WireFormatInfo");
        }
        ByteBuf out = Unpooled.buffer();
        format.encode(command, out);
        socket.getOutputStream().write(out.array(), 0, out.readableBytes());
    }

    boolean covers(Lanes expected) {
        synchronized (lanes) {
            return lanes.covers(expected);
        }
    }

    List<String> take(Lanes expected) {
        synchronized (lanes) {
            return lanes.take(expected);
        }
    }

    /** Returns when the broker has looked at all that was sent, unless it does not listen any more. */
    void settle() throws InterruptedException {
        try {
            KeepAliveInfo ping = new KeepAliveInfo();
            ping.responseRequired = true;
            if (listened) {
                send(ping);
                listened = pongs.tryAcquire(MUTE_AFTER_MS, TimeUnit.MILLISECONDS);
            }
        } catch (IOException e) {
            listened = false;
        }
    }

    /** The socket breaks; nobody says goodbye. */
    void cut() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
