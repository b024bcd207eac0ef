package io.ferrymq.queue;

import org.jspecify.annotations.Nullable;

/**
 * The messages of one priority in the order they came. An order is a number that stays valid when messages before it leave, so
 * that whoever has looked at the messages up to some order can go on from there. Owned by the queue's shard.
 */
final class Lane {
    private static final int FEW_CHUNKS = 4;

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

    static long chunkOf(long order) {
        return order >>> Chunk.BITS;
    }

    static int placeOf(long order) {
        return (int) order & Chunk.MASK;
    }

    static long startOf(long chunk) {
        return chunk << Chunk.BITS;
    }

    void append(QueueEntry entry) {
        lastChunk().append(entry);
        entry.order = end++;
    }

    /** A message that comes without its body. */
    void append(Absent message) {
        lastChunk().append(message);
        end++;
    }

    private Chunk lastChunk() {
        long number = chunkOf(end);
        if (number - firstChunk >= covered) {
            addChunk();
        }
        Chunk chunk = chunk(number);
        if (chunk == null) {
            throw new IllegalStateException("the last chunk is gone: order=" + end);
        }
        return chunk;
    }

    /** Removes the message with this order, wherever it is. */
    void remove(long order) {
        long number = chunkOf(order);
        Chunk chunk = chunk(number);
        if (chunk == null) {
            return;
        }
        chunk.remove(placeOf(order));
        if (chunk.isEmpty() && startOf(number + 1) <= end) {
            ring[slot(number)] = null;
            dropEmptyHead();
        }
    }

    /** The first order from here on that has a message, or {@link #end}. */
    long seek(long order) {
        long at = Math.max(order, startOf(firstChunk));
        while (at < end) {
            long number = chunkOf(at);
            Chunk chunk = chunk(number);
            if (chunk != null) {
                int place = chunk.seek(placeOf(at));
                if (place < chunk.appended()) {
                    return startOf(number) + place;
                }
            }
            at = startOf(number + 1);
        }
        return end;
    }

    /** Where the first chunk begins. */
    long start() {
        return startOf(firstChunk);
    }

    /** The order of the message with this sequence, or -1; for a lane that sequences grow in. */
    long find(long sequence) {
        long low = 0;
        long high = covered - 1L;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            long number = firstChunk + middle;
            Chunk chunk = chunk(number);
            while (chunk == null && number > firstChunk + low) {
                chunk = chunk(--number);
            }
            if (chunk == null) {
                low = middle + 1;
            } else if (sequence < chunk.sequence(0)) {
                high = number - firstChunk - 1;
            } else if (sequence > chunk.sequence(chunk.appended() - 1)) {
                low = middle + 1;
            } else {
                int place = chunk.find(sequence);
                return place < 0 ? -1 : startOf(number) + place;
            }
        }
        return -1;
    }

    private void addChunk() {
        if (covered == 0) {
            firstChunk = chunkOf(end);
        }
        if (covered == ring.length) {
            grow();
        }
        ring[(head + covered) % ring.length] = new Chunk(covered == 0);
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

    /** The chunk with this number, or null when it has no messages. */
    @Nullable
    Chunk chunk(long number) {
        long distance = number - firstChunk;
        return distance < 0 || distance >= covered ? null : ring[slot(number)];
    }

    /** The number behind the last chunk. */
    long endChunk() {
        return firstChunk + covered;
    }
}
