package io.ferrymq.flow;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the footprint of all messages in the heap against {@code Limits.memoryBytes}. Shared by all shards; any thread. */
public final class MemoryBudget {
    /** Transactions may use a quarter more: half of the heap and a quarter of that leave room for everything else. */
    private static final long OVERDRAFT_SHARE = 4;

    private final AtomicLong usedBytes = new AtomicLong();
    private final long limitBytes;
    private final Waiting waiting;

    public MemoryBudget(long limitBytes) {
        this(limitBytes, Waiting.of(limitBytes));
    }

    public MemoryBudget(long limitBytes, Waiting waiting) {
        this.limitBytes = limitBytes;
        this.waiting = waiting;
    }

    /**
     * Up to where the bodies of messages that wait may stay in the heap, when they can be read from the journal again.
     *
     * @param enoughBytes when so much is used in all, they leave: far below where producers are held
     * @param destinationBytes what one destination may have before that
     * @param atHandBytes what it may have after that when somebody takes from it
     */
    public record Waiting(long enoughBytes, long destinationBytes, long atHandBytes) {
        /** The shares of a limit that work well. */
        public static Waiting of(long limitBytes) {
            return new Waiting(limitBytes / 4, limitBytes / 32, Math.min(limitBytes / 32, 256 << 10));
        }
    }

    public void take(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    public void give(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    /** True when producers are to be held back. */
    public boolean isExhausted() {
        return usedBytes.get() >= limitBytes;
    }

    /** True when even what cannot be held back, because its end would be behind it, is to be refused. */
    public boolean isOverdrawn() {
        return usedBytes.get() >= limitBytes + limitBytes / OVERDRAFT_SHARE;
    }

    /**
     * How many bytes of messages that wait, and can be read from the journal again, one destination may have in the heap now.
     *
     * @param inUse somebody takes from it: the next ones are kept at hand, however full the heap is
     */
    public long waitingShare(boolean inUse) {
        if (usedBytes.get() < waiting.enoughBytes()) {
            return waiting.destinationBytes();
        }
        return inUse ? waiting.atHandBytes() : 0;
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }
}
