package io.ferrymq.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What one connection still has to write. Owned by the connection's event loop; {@link #enqueue} is for any thread.
 *
 * <p>Many threads deliver to one connection, and waking an event loop costs far more than encoding a small frame. So a command
 * only goes into a queue, and whoever puts the first one in wakes the loop; the loop then encodes everything that has come
 * into few large buffers and flushes once. The more load, the larger the batches.
 *
 * <pre>
 *   any thread      enqueue ---> [ MPSC queue ] --- drain (one task per batch) ---> [ 64 KiB buffers ] ---> flush
 *                                                     ^ stops while the socket takes no more
 * </pre>
 *
 * <p>Nothing here bounds the queue: credit bounds deliveries, and a {@link ReadGate} bounds answers.
 *
 * @param <C> the type of commands
 */
public final class OutboundQueue<C> extends ChannelInboundHandlerAdapter {
    private static final int CHUNK_COMMANDS = 64;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int SMALL_BUFFER_BYTES = 1 << 10;
    private static final int PIECE_BYTES = 128 << 10;
    /** After so much one connection lets the others of its event loop work. */
    private static final int TURN_BYTES = 1 << 20;

    /** Turns a command into bytes. Called on the event loop; whatever it throws ends the connection. */
    public interface Encoder<C> {
        void encode(C command, ByteBuf out);

        /** About how many bytes it will be: a good guess saves copies, a bad one does no harm. */
        int estimateBytes(C command);

        /** It will never be written, because the connection is over. Called on the event loop. */
        default void dropped(C command) {}
    }

    private final Encoder<C> encoder;
    private final MpscUnboundedArrayQueue<C> queue = new MpscUnboundedArrayQueue<>(CHUNK_COMMANDS);
    private final AtomicBoolean scheduled = new AtomicBoolean(true);
    private @Nullable ChannelHandlerContext context;
    private boolean open;
    private boolean draining;

    /** Made closed: commands wait until {@link #open}. */
    public OutboundQueue(Encoder<C> encoder) {
        this.encoder = encoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** From now on commands are written; the protocol's handshake is over. */
    public void open() {
        open = true;
        drain();
    }

    /** Any thread. Commands of one thread are written in the order they came; those of a closed connection are dropped. */
    public void enqueue(C command) {
        queue.offer(command);
        schedule();
    }

    private void schedule() {
        // First the flag: it is false only after open(), and publishes the context that was set before.
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            Tasks.execute(Objects.requireNonNull(context, "context").executor(), this::drain);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
        if (open && changed.channel().isWritable()) {
            drain();
        }
        changed.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        scheduled.set(
                false); // before the queue is emptied: who comes later finds it so, and has the loop empty it again
        dropAll();
        inactive.fireChannelInactive();
    }

    /**
     * Writes what is there. While the socket takes no more, {@code scheduled} stays set, so that nobody wakes the loop in vain;
     * writability does.
     */
    private void drain() {
        ChannelHandlerContext current = context;
        if (current == null || draining) {
            return;
        }
        draining = true;
        int written = 0;
        try {
            while (written < TURN_BYTES && current.channel().isWritable() && !queue.isEmpty()) {
                written += writeBatch(current);
            }
        } catch (RuntimeException | Error e) {
            // an error too, as when there is no memory: scheduled stays set, so nobody would write here any more
            dropAll();
            current.pipeline().fireExceptionCaught(e);
            return;
        } finally {
            draining = false;
        }
        if (!current.channel().isActive()) {
            dropAll();
        } else if (!current.channel().isWritable()) {
            return;
        }
        scheduled.set(false);
        if (!queue.isEmpty()) {
            schedule();
        }
    }

    private void dropAll() {
        for (C command = queue.poll(); command != null; command = queue.poll()) {
            encoder.dropped(command);
        }
    }

    private int writeBatch(ChannelHandlerContext current) {
        int written = 0;
        while (current.channel().isWritable() && written < TURN_BYTES) {
            ByteBuf buffer = fill(current);
            if (buffer == null) {
                break;
            }
            written += buffer.readableBytes();
            current.write(buffer, current.voidPromise());
        }
        current.flush();
        return written;
    }

    private @Nullable ByteBuf fill(ChannelHandlerContext current) {
        C command = queue.poll();
        if (command == null) {
            return null;
        }
        ByteBuf buffer = bufferFor(command, current);
        try {
            for (; command != null; command = buffer.readableBytes() < BUFFER_BYTES ? queue.poll() : null) {
                encoder.encode(command, buffer);
            }
            return buffer;
        } catch (RuntimeException | Error e) {
            buffer.release();
            throw e;
        }
    }

    private ByteBuf bufferFor(C command, ChannelHandlerContext current) {
        try {
            int bytes = Math.max(encoder.estimateBytes(command), queue.isEmpty() ? SMALL_BUFFER_BYTES : BUFFER_BYTES);
            return bytes > BUFFER_BYTES
                    ? large(current, bytes)
                    : current.alloc().ioBuffer(bytes);
        } catch (RuntimeException | Error e) {
            encoder.dropped(command); // it is in the queue no more
            throw e;
        }
    }

    /** Of pieces that an allocator keeps: one of a mebibyte and more it takes from the system, which clears it, each time. */
    private static ByteBuf large(ChannelHandlerContext current, int bytes) {
        int pieces = (bytes - 1) / PIECE_BYTES + 1;
        CompositeByteBuf whole = current.alloc().compositeDirectBuffer(pieces + 1);
        boolean complete = false;
        try {
            for (int i = 0; i < pieces; i++) {
                whole.addComponent(false, current.alloc().ioBuffer(PIECE_BYTES).writerIndex(PIECE_BYTES));
            }
            complete = true;
        } finally {
            if (!complete) {
                whole.release(); // there is no memory for all of it
            }
        }
        return whole;
    }
}
