package io.ferrymq.queue;

import org.jspecify.annotations.Nullable;

/**
 * The messages of one priority in the order they came. An order is a number that stays valid when messages before it leave, so
 * that whoever has looked at the messages up to some order can go on from there. Chunks without messages take no room, so one message
 * that stays costs one chunk, however many pass by. Owned by the queue's shard.
 */
final class Lane {
    private static final int FEW_CHUNKS = 4;

    /** A ring of the chunks in order, from {@code head} on; one that has just lost its last message is null. */
    private @Nullable Chunk[] ring = new Chunk[FEW_CHUNKS];
    /** Their numbers, and the sequences of their first messages. */
    private long[] numbers = new long[FEW_CHUNKS];

    private long[] sequences = new long[FEW_CHUNKS];

    private int head;
    private int count;
    private int emptied;
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
        lastChunk(entry.sequence()).append(entry);
        entry.order = end++;
    }

    /** A message that comes without its body. */
    void append(Absent message) {
        lastChunk(message.sequence()).append(message);
        end++;
    }

    /** @param sequence of the message that is to go into it */
    private Chunk lastChunk(long sequence) {
        long number = chunkOf(end);
        if (count == 0 || numbers[slot(count - 1)] < number) {
            addChunk(number, sequence);
        }
        Chunk chunk = ring[slot(count - 1)];
        if (chunk == null) {
            throw new IllegalStateException("the last chunk is gone: order=" + end);
        }
        return chunk;
    }

    private void addChunk(long number, long sequence) {
        if (count == ring.length) {
            rebuild(ring.length * 2);
        }
        int slot = slot(count);
        ring[slot] = new Chunk(count == 0);
        numbers[slot] = number;
        sequences[slot] = sequence;
        count++;
    }

    /** Removes the message with this order, wherever it is. */
    void remove(long order) {
        long number = chunkOf(order);
        int at = indexOf(number);
        Chunk chunk = at < 0 ? null : ring[slot(at)];
        if (chunk == null) {
            return;
        }
        chunk.remove(placeOf(order));
        if (chunk.isEmpty() && startOf(number + 1) <= end) {
            ring[slot(at)] = null;
            emptied++;
            dropEmpty();
        }
    }

    /** Those at the head at once, others when they are the half. */
    private void dropEmpty() {
        while (count > 0 && ring[head] == null) {
            head = slot(1);
            count--;
            emptied--;
        }
        if (emptied > FEW_CHUNKS && emptied > count / 2) {
            rebuild(Math.max(FEW_CHUNKS, 2 * (count - emptied)));
        }
    }

    private void rebuild(int length) {
        @Nullable Chunk[] chunks = new Chunk[length];
        long[] newNumbers = new long[length];
        long[] newSequences = new long[length];
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int slot = slot(i);
            if (ring[slot] != null) {
                chunks[kept] = ring[slot];
                newNumbers[kept] = numbers[slot];
                newSequences[kept] = sequences[slot];
                kept++;
            }
        }
        ring = chunks;
        numbers = newNumbers;
        sequences = newSequences;
        head = 0;
        count = kept;
        emptied = 0;
    }

    /** The first order from here on that has a message, or {@link #end}. */
    long seek(long order) {
        long first = chunkOf(order);
        for (int at = firstFrom(first); at < count; at++) {
            Chunk chunk = ring[slot(at)];
            if (chunk != null) {
                long number = numbers[slot(at)];
                int place = chunk.seek(number == first ? placeOf(order) : 0);
                if (place < chunk.appended()) {
                    return startOf(number) + place;
                }
            }
        }
        return end;
    }

    /** The order of the message with this sequence, or -1; for a lane that sequences grow in. */
    long find(long sequence) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (sequences[slot(middle)] <= sequence) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        Chunk chunk = high < 0 ? null : ring[slot(high)];
        int place = chunk == null ? -1 : chunk.find(sequence);
        return place < 0 ? -1 : startOf(numbers[slot(high)]) + place;
    }

    /** The chunk with this number, or null when it has no messages. */
    @Nullable
    Chunk chunk(long number) {
        int at = indexOf(number);
        return at < 0 ? null : ring[slot(at)];
    }

    /** The number of the first chunk from this one on, or {@link #endChunk}. */
    long nextChunk(long number) {
        int at = firstFrom(number);
        while (at < count && ring[slot(at)] == null) {
            at++;
        }
        return at < count ? numbers[slot(at)] : endChunk();
    }

    /** The number of the last chunk before this one, or -1. */
    long chunkBefore(long number) {
        int at = firstFrom(number) - 1;
        while (at >= 0 && ring[slot(at)] == null) {
            at--;
        }
        return at < 0 ? -1 : numbers[slot(at)];
    }

    /** The number behind the last chunk. */
    long endChunk() {
        return chunkOf(end + Chunk.MASK);
    }

    /** Where in the ring the first chunk is that has this number or a higher one. */
    private int firstFrom(long number) {
        int at = indexOf(number);
        return at < 0 ? -1 - at : at;
    }

    /** Where in the ring the chunk with this number is, or else -1 less where it would be. Mostly there is no gap behind it. */
    private int indexOf(long number) {
        if (count == 0) {
            return -1;
        }
        long behind = numbers[slot(count - 1)] - number;
        if (behind >= 0 && behind < count && numbers[slot((int) (count - 1 - behind))] == number) {
            return (int) (count - 1 - behind);
        }
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = numbers[slot(middle)];
            if (found == number) {
                return middle;
            } else if (found < number) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    /** How many chunks it has room for. */
    int slots() {
        return ring.length;
    }

    private int slot(int at) {
        int slot = head + at;
        return slot < ring.length ? slot : slot - ring.length;
    }
}
