package io.ferrymq.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where in a segment's file a record is to be looked for: the first record that begins in each 64 KiB of the file, 8 bytes
 * each. Written by the owner of the {@link Segments}, read by any thread: entries are never changed once {@link #size} has
 * passed them.
 */
final class BlockIndex {
    /** How much of a file at most lies between two entries, unless a record is larger. */
    static final int BLOCK = 64 << 10;

    private long base;
    private long nextBlock;
    private long lastLsn;
    private long unpublishedEnd;
    private volatile long[] entries = new long[16];
    private volatile int size;
    private volatile long end;

    /** All frames of an append, which begins at {@code offset} of the file. */
    void appended(ByteBuffer frames, long offset) {
        int at = 0;
        while (at < frames.limit()) {
            int length = FrameFormat.HEADER + FrameFormat.padded(frames.getInt(at + 24));
            add(frames.get(at + 3), frames.getShort(at + 6) & 0xFFFF, frames.getLong(at + 16), offset + at, length);
            at += length;
        }
        publish();
    }

    /** One more frame, behind all others. Only the first chunk of a record is found by its LSN. */
    void add(byte type, int chunk, long lsn, long offset, int length) {
        unpublishedEnd = offset + length;
        if (chunk > 0) {
            return;
        }
        if (type != FrameFormat.SEGMENT_HEADER) {
            lastLsn = lsn;
        }
        if (offset >= nextBlock) {
            nextBlock = (offset / BLOCK + 1) * BLOCK;
            addEntry(lsn, offset);
        }
    }

    private void addEntry(long lsn, long offset) {
        int count = size;
        if (count == 0) {
            base = lsn;
        }
        if (lsn - base > Integer.MAX_VALUE) {
            return; // no segment has so many records; what is not in the index takes longer to find
        }
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, 2 * count);
        }
        entries[count] = lsn - base << 32 | offset >>> 2;
        size = count + 1;
    }

    /** What was added may be read. */
    void publish() {
        end = unpublishedEnd;
    }

    /** Where the last entry's frame begins; 0 without one. */
    long lastEntryAt() {
        return size == 0 ? 0 : from(size - 1);
    }

    /** How many bytes {@link #save} writes. */
    int savedBytes() {
        return 3 * Long.BYTES + Integer.BYTES + size * Long.BYTES;
    }

    /** For a snapshot, when nothing is added any more. */
    void save(ByteBuffer to) {
        to.putLong(base).putLong(lastLsn).putLong(end).putInt(size);
        for (int i = 0; i < size; i++) {
            to.putLong(entries[i]);
        }
    }

    static BlockIndex saved(ByteBuffer from) {
        BlockIndex index = new BlockIndex();
        index.base = from.getLong();
        index.lastLsn = from.getLong();
        index.end = from.getLong();
        int count = from.getInt();
        index.entries = new long[Math.max(1, count)];
        for (int i = 0; i < count; i++) {
            index.entries[i] = from.getLong();
        }
        index.size = count;
        return index;
    }

    /** Nothing more will be added. */
    void seal() {
        entries = Arrays.copyOf(entries, Math.max(1, size));
    }

    /** For the owner: the last LSN whose record begins here; 0 for none. */
    long lastLsn() {
        return lastLsn;
    }

    /** Where the last frame ends: how much of the file is used. */
    long end() {
        return end;
    }

    /** The LSN from which on records are here; {@link Long#MAX_VALUE} when none begins here. */
    long firstLsn() {
        return size == 0 ? Long.MAX_VALUE : base;
    }

    /** The entry to begin looking at for this LSN, which is at least {@link #firstLsn}. */
    int entryOf(long lsn) {
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (base + (entries[middle] >>> 32) <= lsn) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Where the frame of an entry begins. */
    long from(int entry) {
        return (entries[entry] & 0xFFFFFFFFL) << 2;
    }

    /** Where the frames between this entry and the next one end. */
    long until(int entry) {
        long used = end;
        return entry + 1 < size ? from(entry + 1) : used;
    }
}
