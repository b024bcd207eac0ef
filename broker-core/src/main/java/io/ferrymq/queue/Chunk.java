package io.ferrymq.queue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@link #SIZE} messages that came one after the other, some in the heap as entries, the others as a few numbers in arrays: 25 bytes
 * for a message whose body is only in the journal. Owned by the queue's shard.
 */
final class Chunk {
    static final int BITS = 8;
    static final int SIZE = 1 << BITS;
    static final int MASK = SIZE - 1;

    private static final int FEW = 16;
    private static final int MS_PER_S = 1000;

    /** What is left of the messages that are only in the journal; an LSN of 0 is none. */
    private static final class Stored {
        private long[] lsns;
        private int[] footprints;
        private int[] expirationsS;
        private byte[] redeliveries;
        /** How often, by place, for those whose number a byte does not hold. */
        private @Nullable Map<Integer, Integer> manyRedeliveries;

        private Stored(int capacity) {
            lsns = new long[capacity];
            footprints = new int[capacity];
            expirationsS = new int[capacity];
            redeliveries = new byte[capacity];
        }

        private void grow(int capacity) {
            lsns = Arrays.copyOf(lsns, capacity);
            footprints = Arrays.copyOf(footprints, capacity);
            expirationsS = Arrays.copyOf(expirationsS, capacity);
            redeliveries = Arrays.copyOf(redeliveries, capacity);
        }

        private int redeliveries(int at) {
            int few = redeliveries[at];
            return few < Byte.MAX_VALUE || manyRedeliveries == null ? few : manyRedeliveries.getOrDefault(at, few);
        }

        private void redeliveries(int at, int count) {
            redeliveries[at] = (byte) Math.min(Byte.MAX_VALUE, count);
            if (count > Byte.MAX_VALUE) {
                Map<Integer, Integer> many = manyRedeliveries == null ? new HashMap<>() : manyRedeliveries;
                many.put(at, count);
                manyRedeliveries = many;
            } else if (manyRedeliveries != null) {
                manyRedeliveries.remove(at);
            }
        }
    }

    private long[] sequences;
    private @Nullable QueueEntry @Nullable [] entries;
    private @Nullable Stored stored;
    private int appended;
    private int resident;
    /** How many of these have a record, and so may leave the heap; may be too high: a record can turn out to be damaged. */
    private int journaled;

    private int away;
    /** No message in here has a smaller one; may be too small. */
    private long leastLsn = Long.MAX_VALUE;
    /** None of them that waits expires before that; may be too early. */
    private long leastExpirationMs = Long.MAX_VALUE;

    /** @param small it may stay nearly empty: the queue has no other messages */
    Chunk(boolean small) {
        sequences = new long[small ? FEW : SIZE];
    }

    boolean isEmpty() {
        return resident + away == 0;
    }

    /** Whether there may be a message in the heap that is in the journal, too. */
    boolean mayStore() {
        return journaled > 0;
    }

    /** How many messages it has had. */
    int appended() {
        return appended;
    }

    void append(QueueEntry entry) {
        put(nextPlace(entry.sequence()), entry);
    }

    private int nextPlace(long sequence) {
        if (appended == sequences.length) {
            grow(Math.min(SIZE, appended * 2));
        }
        sequences[appended] = sequence;
        return appended++;
    }

    /** A message that comes without its body. */
    void append(Absent message) {
        store(nextPlace(message.sequence()), message);
    }

    private void put(int at, QueueEntry entry) {
        @Nullable QueueEntry[] in = entries;
        if (in == null) {
            in = new QueueEntry[sequences.length];
            entries = in;
        }
        in[at] = entry;
        resident++;
        noteExpiration(entry.message().expirationMs());
        if (entry.isJournaled()) {
            journaled++;
            leastLsn = Math.min(leastLsn, entry.lsn());
        }
    }

    private void grow(int capacity) {
        sequences = Arrays.copyOf(sequences, capacity);
        if (entries != null) {
            entries = Arrays.copyOf(entries, capacity);
        }
        if (stored != null) {
            stored.grow(capacity);
        }
    }

    /** The message in the heap at this place, or null. */
    @Nullable
    QueueEntry entry(int at) {
        return entries == null || at >= appended ? null : entries[at];
    }

    boolean isStored(int at) {
        return stored != null && at < appended && stored.lsns[at] != 0;
    }

    /** Whether there is a message whose body is in the journal only. */
    boolean isBodyAway(int at) {
        QueueEntry entry = entry(at);
        return entry == null ? isStored(at) : entry.isLight();
    }

    /** The first place from here on with a message, or {@link #appended}. */
    int seek(int from) {
        int at = from;
        while (at < appended && entry(at) == null && !isStored(at)) {
            at++;
        }
        return at;
    }

    /** Removes the message at this place, wherever it is. */
    void remove(int at) {
        QueueEntry entry = entry(at);
        if (entry != null) {
            removeEntry(at, entry);
        } else if (isStored(at)) {
            removeStored(at);
        }
    }

    private void removeEntry(int at, QueueEntry entry) {
        journaled -= entry.isJournaled() ? 1 : 0;
        if (entries != null) {
            entries[at] = null;
            resident--;
            if (resident == 0 && appended == SIZE) {
                entries = null;
            }
        }
    }

    private void removeStored(int at) {
        if (stored != null) {
            stored.lsns[at] = 0;
            away--;
            if (away == 0) {
                stored = null;
            }
        }
    }

    /** The message at this place leaves the heap; it is in the journal. */
    void store(int at, QueueEntry entry) {
        store(at, Absent.of(entry));
        removeEntry(at, entry);
    }

    private void store(int at, Absent message) {
        Stored to = stored;
        if (to == null) {
            to = new Stored(sequences.length);
            stored = to;
        }
        to.lsns[at] = message.lsn();
        to.footprints[at] = message.footprintBytes();
        to.expirationsS[at] = message.expirationS();
        to.redeliveries(at, message.redeliveries());
        away++;
        noteExpiration(expirationMs(at));
        leastLsn = Math.min(leastLsn, message.lsn());
    }

    /** What is to be known of the message at this place, wherever its body is. */
    Absent picture(int at) {
        QueueEntry entry = entry(at);
        return entry == null ? absent(at) : Absent.of(entry);
    }

    /** What there is at a place with a stored message. */
    Absent absent(int at) {
        return new Absent(
                sequence(at), lsn(at), footprint(at), stored == null ? 0 : stored.expirationsS[at], redeliveries(at));
    }

    /** The message at this place is in the heap again. */
    void bringBack(int at, QueueEntry entry) {
        removeStored(at);
        put(at, entry);
    }

    /** Of the message that came to this place. */
    long sequence(int at) {
        return sequences[at];
    }

    /** Of a message that is in the journal, wherever else it is; 0 without one. */
    long lsn(int at) {
        QueueEntry entry = entry(at);
        if (entry != null) {
            return entry.lsn();
        }
        return stored == null ? 0 : stored.lsns[at];
    }

    /** What the message takes with its body. */
    int footprint(int at) {
        QueueEntry entry = entry(at);
        if (entry != null) {
            return entry.footprintBytes();
        }
        return stored == null ? 0 : stored.footprints[at];
    }

    /** This and the following are asked for places with a stored message only. */
    boolean isExpiredAt(int at, long nowMs) {
        int expirationS = stored == null ? 0 : stored.expirationsS[at];
        return expirationS > 0 && nowMs / MS_PER_S >= expirationS;
    }

    /** {@code Long.MAX_VALUE} for one that never expires. */
    long expirationMs(int at) {
        int expirationS = stored == null ? 0 : stored.expirationsS[at];
        return expirationS == 0 ? Long.MAX_VALUE : (long) expirationS * MS_PER_S;
    }

    int redeliveries(int at) {
        return stored == null ? 0 : stored.redeliveries(at);
    }

    void countAtLeast(int at, int count) {
        if (stored != null && stored.redeliveries(at) < count) {
            stored.redeliveries(at, count);
        }
    }

    /** Its record is another one now. */
    void moved(int at, long lsn) {
        QueueEntry entry = entry(at);
        if (entry != null) {
            entry.movedTo(lsn);
        } else if (stored != null) {
            stored.lsns[at] = lsn;
        }
    }

    /** Whether a message in here may have a record up to this one. */
    boolean mayReachTo(long lsn) {
        return leastLsn <= lsn;
    }

    /** Looks at all of them again. */
    long leastLsn() {
        long least = Long.MAX_VALUE;
        for (int at = seek(0); at < appended; at = seek(at + 1)) {
            long lsn = lsn(at);
            least = lsn > 0 ? Math.min(least, lsn) : least;
        }
        leastLsn = least;
        return least;
    }

    /** A message in here that waits expires then; 0 is never. */
    void noteExpiration(long expirationMs) {
        if (expirationMs > 0) {
            leastExpirationMs = Math.min(leastExpirationMs, expirationMs);
        }
    }

    long leastExpirationMs() {
        return leastExpirationMs;
    }

    /** Somebody has looked at all of them. */
    void setLeastExpirationMs(long found) {
        leastExpirationMs = found;
    }

    /** The place of the message with this sequence, or -1; where sequences grow. */
    int find(long sequence) {
        int at = Arrays.binarySearch(sequences, 0, appended, sequence);
        return at >= 0 && (entry(at) != null || isStored(at)) ? at : -1;
    }
}
