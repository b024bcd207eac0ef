package io.ferrymq.flow;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the footprint of all messages in the heap against {@code Limits.memoryBytes}. Shared by all shards; any thread. */
public final class MemoryBudget {
    /** Transactions may use a quarter more: half of the heap and a quarter of that leave room for everything else. */
    private static final long OVERDRAFT_SHARE = 4;

    /** From a half on bodies come back only for whoever takes them at once. */
    private static final long TIGHT_SHARE = 2;

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
     * @param atHandBytes what it may have after that when somebody takes from it, until memory is tight
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

    /** True when a half is used: nothing stays in the heap, or comes back to it, that can wait in the journal. */
    public boolean isTight() {
        return usedBytes.get() >= limitBytes / TIGHT_SHARE;
    }

    /**
     * How many bytes of messages that wait, and can be read from the journal again, one destination may have in the heap now.
     *
     * @param inUse somebody takes from it: the next ones are kept at hand, as long as that is not too much in all
     */
    public long waitingShare(boolean inUse) {
        if (usedBytes.get() < waiting.enoughBytes()) {
            return waiting.destinationBytes();
        }
        return inUse && !isTight() ? waiting.atHandBytes() : 0;
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }
}
