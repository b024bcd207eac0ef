package io.ferrymq.queue;

import org.jspecify.annotations.Nullable;

/**
 * The messages of one priority in the order they came. An order is a number that stays valid when messages before it leave, so
 * that whoever has looked at the messages up to some order can go on from there. Owned by the queue's shard.
 */
final class Lane {
    private static final int CHUNK_BITS = 8;
    private static final int CHUNK_SIZE = 1 << CHUNK_BITS;
    private static final int CHUNK_MASK = CHUNK_SIZE - 1;
    private static final int FEW_CHUNKS = 4;

    private static final class Chunk {
        private final @Nullable QueueEntry[] entries = new QueueEntry[CHUNK_SIZE];
        private int used;
    }

    /** A ring: the chunk with number {@code firstChunk} is at {@code head}; a chunk without messages is null. */
    private @Nullable Chunk[] ring = new Chunk[FEW_CHUNKS];

    private int head;
    private int covered;
    private long firstChunk;
    private long end;

    /** The order that the next message will get. */
    long end() {
        return end;
    }

    void append(QueueEntry entry) {
        long number = end >>> CHUNK_BITS;
        if (number - firstChunk >= covered) {
            addChunk();
        }
        Chunk chunk = chunk(number);
        if (chunk == null) {
            throw new IllegalStateException("the last chunk is gone: order=" + end);
        }
        entry.order = end++;
        chunk.entries[(int) entry.order & CHUNK_MASK] = entry;
        chunk.used++;
    }

    void remove(QueueEntry entry) {
        long number = entry.order >>> CHUNK_BITS;
        Chunk chunk = chunk(number);
        if (chunk == null) {
            return;
        }
        chunk.entries[(int) entry.order & CHUNK_MASK] = null;
        chunk.used--;
        boolean full = (number + 1) << CHUNK_BITS <= end;
        if (chunk.used == 0 && full) {
            ring[slot(number)] = null;
            dropEmptyHead();
        }
    }

    /** The first message with this order or a later one, or null. */
    @Nullable
    QueueEntry from(long order) {
        long at = Math.max(order, firstChunk << CHUNK_BITS);
        while (at < end) {
            Chunk chunk = chunk(at >>> CHUNK_BITS);
            if (chunk == null) {
                at = ((at >>> CHUNK_BITS) + 1) << CHUNK_BITS;
            } else {
                QueueEntry entry = chunk.entries[(int) at & CHUNK_MASK];
                if (entry != null) {
                    return entry;
                }
                at++;
            }
        }
        return null;
    }

    private void addChunk() {
        if (covered == 0) {
            firstChunk = end >>> CHUNK_BITS;
        }
        if (covered == ring.length) {
            grow();
        }
        ring[(head + covered) % ring.length] = new Chunk();
        covered++;
    }

    private void grow() {
        @Nullable Chunk[] larger = new Chunk[ring.length * 2];
        for (int i = 0; i < covered; i++) {
            larger[i] = ring[(head + i) % ring.length];
        }
        ring = larger;
        head = 0;
    }

    private void dropEmptyHead() {
        while (covered > 0 && ring[head] == null) {
            head = (head + 1) % ring.length;
            firstChunk++;
            covered--;
        }
    }

    private int slot(long number) {
        return (head + (int) (number - firstChunk)) % ring.length;
    }

    private @Nullable Chunk chunk(long number) {
        long distance = number - firstChunk;
        return distance < 0 || distance >= covered ? null : ring[slot(number)];
    }
}
