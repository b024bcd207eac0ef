package io.ferrymq.flow;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the footprint of all messages in the heap against {@code Limits.memoryBytes}. Shared by all shards; any thread. */
public final class MemoryBudget {
    /** Transactions may use a quarter more: half of the heap and a quarter of that leave room for everything else. */
    private static final long OVERDRAFT_SHARE = 4;

    private final AtomicLong usedBytes = new AtomicLong();
    private final long limitBytes;

    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
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

    public long usedBytes() {
        return usedBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }
}
