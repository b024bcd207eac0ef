package io.ferrymq.flow;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the footprint of all messages in the heap against {@code Limits.memoryBytes}. Shared by all shards; any thread. */
public final class MemoryBudget {
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

    public long usedBytes() {
        return usedBytes.get();
    }

    public long limitBytes() {
        return limitBytes;
    }
}
