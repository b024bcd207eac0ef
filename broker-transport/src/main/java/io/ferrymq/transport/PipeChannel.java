package io.ferrymq.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The broker's end of a {@link Pipe}: a channel like that of a socket, on the same event loops. Owned by its event loop; what
 * the client's end calls says so.
 *
 * <pre>
 *   client thread --&gt; [ fromClient ] -- readAvailable --&gt; pipeline     not read while auto-read is off: the client waits
 *   client thread &lt;-- [ toClient ] &lt;---- doWrite -------- pipeline     not written while it is full: the channel is not writable
 * </pre>
 *
 * <p>Netty's own LocalChannel has no bound in either direction, and wants threads of its own.
 */
final class PipeChannel extends AbstractChannel {
    /** As much as two socket buffers of the kernel would take. */
    static final int QUEUE_BYTES = 256 << 10;

    /** After so much one connection lets the others of its event loop work. */
    private static final int TURN_BYTES = 256 << 10;

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final PipeQueue fromClient = new PipeQueue(QUEUE_BYTES);
    private final PipeQueue toClient = new PipeQueue(QUEUE_BYTES);
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final AtomicBoolean readScheduled = new AtomicBoolean();
    private final SocketAddress address;
    private boolean readWanted;

    PipeChannel(SocketAddress address) {
        super(null);
        this.address = address;
    }

    PipeQueue fromClient() {
        return fromClient;
    }

    PipeQueue toClient() {
        return toClient;
    }

    /** Any thread: there is something to read, or the end. */
    void wakeReader() {
        if (!readScheduled.get() && readScheduled.compareAndSet(false, true)) {
            Tasks.execute(eventLoop(), this::readAvailable);
        }
    }

    /** Any thread: the client has made room, or is gone. */
    void wakeWriter() {
        Tasks.execute(eventLoop(), ((PipeUnsafe) unsafe())::resume);
    }

    @Override
    protected void doBeginRead() {
        readWanted = true;
        if (fromClient.isReadable()) {
            wakeReader();
        }
    }

    private void readAvailable() {
        readScheduled.set(false);
        if (!readWanted || !open.get()) {
            return;
        }
        readWanted = false;
        int read = 0;
        do {
            byte[] chunk = fromClient.poll();
            if (chunk == null) {
                break;
            }
            read += chunk.length;
            pipeline().fireChannelRead(Unpooled.wrappedBuffer(chunk));
        } while (read < TURN_BYTES && config.isAutoRead());
        pipeline().fireChannelReadComplete();
        if (fromClient.isFinished()) {
            unsafe().close(unsafe().voidPromise());
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws ClosedChannelException {
        for (Object message = in.current(); message != null; message = in.current()) {
            if (!toClient.hasSpace()) {
                return;
            }
            ByteBuf buffer = (ByteBuf) message;
            byte[] chunk = new byte[buffer.readableBytes()];
            buffer.getBytes(buffer.readerIndex(), chunk);
            toClient.offer(chunk);
            in.remove();
        }
    }

    @Override
    protected void doClose() {
        open.set(false);
        toClient.end();
        fromClient.close();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new PipeUnsafe();
    }

    private final class PipeUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a pipe is connected when it is made"));
        }

        void resume() {
            flush0();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return address;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return address;
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException("a pipe is bound when it is made");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open.get();
    }

    @Override
    public boolean isActive() {
        return open.get();
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
