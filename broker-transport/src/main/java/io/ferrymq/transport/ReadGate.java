package io.ferrymq.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Stops reading a socket while what its peer asked for is not done: {@link #hold} when a request begins, {@link #release} when
 * it ends. Closed above the limit, open again below half of it, so that it does not flutter. Any thread.
 *
 * <p>This is how back-pressure reaches a producer that does not wait for answers, and what bounds the memory that a peer can
 * make the broker use by asking and never reading the answers.
 */
public final class ReadGate {
    /** What every connection may hold even when all together hold too much: it must be able to acknowledge and to end. */
    static final long LEAST_BYTES = 64 << 10;

    /** What the gates of one broker hold together. Above its limit each connection has to do with {@link #LEAST_BYTES}. Any thread. */
    public static final class Total {
        private final long limitBytes;
        private final AtomicLong heldBytes = new AtomicLong();

        public Total(long limitBytes) {
            this.limitBytes = limitBytes;
        }

        private boolean isExceeded() {
            return heldBytes.get() > limitBytes;
        }
    }

    private final Total total;
    private final Channel channel;
    private final long limitBytes;
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicBoolean shut = new AtomicBoolean();
    private final Valve valve = new Valve();
    /** Owned by the event loop. */
    private boolean paused;
    /** Owned by the event loop. */
    private boolean waitingForOpen;

    public ReadGate(Channel channel, long limitBytes, Total total) {
        if (limitBytes < 1) {
            throw new IllegalArgumentException("at least 1: limitBytes=" + limitBytes);
        }
        this.channel = channel;
        this.limitBytes = limitBytes;
        this.total = total;
    }

    private long currentLimit() {
        return total.isExceeded() ? Math.min(LEAST_BYTES, limitBytes) : limitBytes;
    }

    public void hold(long bytes) {
        total.heldBytes.addAndGet(bytes);
        if (heldBytes.addAndGet(bytes) > currentLimit() && shut.compareAndSet(false, true)) {
            apply();
        }
    }

    public void release(long bytes) {
        total.heldBytes.addAndGet(-bytes);
        if (heldBytes.addAndGet(-bytes) <= currentLimit() / 2 && shut.get() && shut.compareAndSet(true, false)) {
            apply();
        }
    }

    public boolean isShut() {
        return shut.get();
    }

    /** What this peer may hold while all together do not hold too much. */
    public long limitBytes() {
        return limitBytes;
    }

    public long heldBytes() {
        return heldBytes.get();
    }

    /** On the event loop the latest state is applied, so it does not matter in which order the tasks come. */
    private void apply() {
        if (channel.eventLoop().inEventLoop()) {
            settle();
        } else {
            Tasks.execute(channel.eventLoop(), this::settle);
        }
    }

    private void settle() {
        if (shut.get() && heldBytes.get() <= currentLimit() / 2) {
            shut.set(false);
        }
        if (waitingForOpen && !shut.get() && !paused) {
            waitingForOpen = false;
            valve.flow();
        }
        channel.config().setAutoRead(!shut.get() && !paused);
    }

    /** Nothing is read until the gate is open, and then the bytes that have come are looked at again. On the event loop, while it is shut. */
    public void awaitOpen() {
        waitingForOpen = true;
    }

    /** Goes into the pipeline before the handler that collects bytes; needed for {@link #pause}. */
    public ChannelHandler valve() {
        return valve;
    }

    /** Nothing is read from now on, however much is shut or open. On the event loop only. */
    public void pause() {
        paused = true;
        settle();
    }

    /** Whether {@link #pause} was called last. On the event loop only. */
    public boolean isPaused() {
        return paused;
    }

    /** The bytes that have come are looked at again, then reading goes on. On the event loop only. */
    public void resume() {
        paused = false;
        valve.flow();
        settle();
    }

    /**
     * Netty's decoders go on reading while they have half a frame, even when nobody reads automatically. While all is paused, or
     * waits for the gate, their wish ends here.
     */
    private final class Valve extends ChannelOutboundHandlerAdapter {
        private @Nullable ChannelHandlerContext context;

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        @Override
        public void read(ChannelHandlerContext current) {
            if (!paused && !waitingForOpen) {
                current.read();
            }
        }

        private void flow() {
            ChannelHandlerContext current = context;
            if (current != null && !current.isRemoved()) {
                current.fireChannelRead(Unpooled.EMPTY_BUFFER);
                current.fireChannelReadComplete();
            }
        }
    }
}
