package io.ferrymq.transport;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

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
        channel.config().setAutoRead(!shut.get());
    }
}
