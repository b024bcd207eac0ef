package io.ferrymq.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks for messages that have expired; those whose bodies are away have to come back first, a few chunks at a time. A walk goes on
 * where it has stopped, and passes chunks in which nothing is due. Owned by the queue's shard.
 */
final class Expiry {
    private static final int CHUNKS_AT_ONCE = 4;
    /** A look that has found so many goes on with the next one. */
    private static final int MESSAGES_AT_ONCE = 1_024;

    /**
     * What one look has found.
     *
     * @param expired those that are here
     * @param absent the first places of those that have to come back first
     * @param chunks how many it has come to
     */
    record Found(List<QueueEntry> expired, List<Long> absent, int chunks) {
        private static final Found NOTHING = new Found(List.of(), List.of(), 0);
    }

    private final Backlog backlog;
    /** None that waits expires before that, those excepted that the walk has still to come to. */
    private long earliestMs = Long.MAX_VALUE;

    private boolean walking;
    /** Where the walk goes on. */
    private long place;

    Expiry(Backlog backlog) {
        this.backlog = backlog;
    }

    /** It waits, and may expire. */
    void note(QueueEntry entry) {
        long expirationMs = entry.message().expirationMs();
        if (expirationMs > 0) {
            earliestMs = Math.min(earliestMs, expirationMs);
            Chunk chunk = backlog.chunk(entry.level, entry.order);
            if (chunk != null) {
                chunk.noteExpiration(expirationMs);
            }
        }
    }

    /** Nothing is known of what is there. */
    void lookAgain() {
        earliestMs = 0;
    }

    /** Cheap while nothing can have expired. */
    Found look(long nowMs) {
        if (!walking && nowMs < earliestMs) {
            return Found.NOTHING;
        }
        if (!walking) {
            walking = true;
            earliestMs = Long.MAX_VALUE;
            place = Backlog.place(Backlog.LEVELS - 1, 0);
        }
        Walk walk = new Walk(nowMs);
        backlog.eachChunkFrom(place, walk);
        boolean full = walk.expired.size() >= MESSAGES_AT_ONCE;
        walking = full || !walk.absent.isEmpty();
        // a read that is under way may not bring all of that chunk
        place = walk.absent.isEmpty() ? walk.last : walk.absent.get(0);
        return new Found(walk.expired, walk.absent, walk.chunks);
    }

    private final class Walk implements Backlog.ChunkVisitor {
        private final long nowMs;
        private final List<QueueEntry> expired = new ArrayList<>();
        private final List<Long> absent = new ArrayList<>();
        private int chunks;
        /** The chunk it came to last. */
        private long last;

        private Walk(long nowMs) {
            this.nowMs = nowMs;
        }

        @Override
        public boolean on(Chunk chunk, long firstPlace) {
            chunks++;
            last = firstPlace;
            if (chunk.leastExpirationMs() > nowMs || lookAt(chunk, firstPlace)) {
                earliestMs = Math.min(earliestMs, chunk.leastExpirationMs());
            }
            return absent.size() < CHUNKS_AT_ONCE && expired.size() < MESSAGES_AT_ONCE;
        }

        /** False when the chunk is to be looked at again. */
        private boolean lookAt(Chunk chunk, long firstPlace) {
            long least = Long.MAX_VALUE;
            boolean away = false;
            for (int at = chunk.seek(0); at < chunk.appended(); at = chunk.seek(at + 1)) {
                QueueEntry entry = chunk.entry(at);
                if (isExpiredAway(chunk, at)) {
                    if (!away) {
                        absent.add(firstPlace + at);
                    }
                    away = true;
                } else if (entry != null && isExpired(entry)) {
                    expired.add(entry);
                } else {
                    least = Math.min(least, expirationMs(chunk, at));
                }
            }
            if (!away) {
                chunk.setLeastExpirationMs(least);
            }
            return !away;
        }

        private boolean isExpiredAway(Chunk chunk, int at) {
            QueueEntry entry = chunk.entry(at);
            return entry == null ? chunk.isExpiredAt(at, nowMs) : entry.isLight() && isExpired(entry);
        }

        private boolean isExpired(QueueEntry entry) {
            return entry.state == QueueEntry.State.READY && entry.message().isExpiredAt(nowMs);
        }
    }

    /** Of one that a consumer has it is noted when it is back. */
    private static long expirationMs(Chunk chunk, int at) {
        QueueEntry entry = chunk.entry(at);
        if (entry == null) {
            return chunk.expirationMs(at);
        }
        long expirationMs = entry.message().expirationMs();
        return expirationMs > 0 && entry.state == QueueEntry.State.READY ? expirationMs : Long.MAX_VALUE;
    }
}
