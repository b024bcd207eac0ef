package io.ferrymq.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks for messages that have expired; those whose bodies are away have to come back first. Used once, on the queue's shard. */
final class Expiry implements Backlog.Visitor {
    private static final int CHUNKS_AT_ONCE = 4;

    private final long nowMs;
    private final List<QueueEntry> expired = new ArrayList<>();
    private final Map<Long, Long> firstInChunk = new LinkedHashMap<>();
    private long earliestMs = Long.MAX_VALUE;

    Expiry(long nowMs) {
        this.nowMs = nowMs;
    }

    @Override
    public boolean on(Chunk chunk, int at, long place) {
        QueueEntry entry = chunk.entry(at);
        if (entry == null) {
            return onStored(chunk, at, place);
        }
        long expirationMs = entry.message().expirationMs();
        if (entry.state == QueueEntry.State.READY && expirationMs > 0) { // else its consumer has it
            if (entry.message().isExpiredAt(nowMs)) {
                expired.add(entry);
            } else {
                earliestMs = Math.min(earliestMs, expirationMs);
            }
        }
        return true;
    }

    private boolean onStored(Chunk chunk, int at, long place) {
        if (!chunk.isExpiredAt(at, nowMs)) {
            earliestMs = Math.min(earliestMs, chunk.expirationMs(at));
            return true;
        }
        firstInChunk.putIfAbsent(place & ~(long) Chunk.MASK, place);
        earliestMs = 0; // looked at again: a read that is under way may not bring it
        return firstInChunk.size() < CHUNKS_AT_ONCE;
    }

    /** Those that are here. */
    List<QueueEntry> expired() {
        return expired;
    }

    /** The first places of those that have to come back first. */
    Collection<Long> absent() {
        return firstInChunk.values();
    }

    /** When to look again. */
    long earliestMs() {
        return earliestMs;
    }
}
