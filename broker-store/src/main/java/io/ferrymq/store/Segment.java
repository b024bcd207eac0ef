package io.ferrymq.store;

import java.util.BitSet;

/**
 * A segment and which of its records are live. Owned by whoever owns its {@link Segments}; only {@link #blocks} is read by
 * others.
 */
final class Segment {
    private final SegmentFile file;
    private final BlockIndex blocks;
    private final BitSet live = new BitSet();
    private long firstLive;
    private int liveCount;
    private long pins;
    private long pinnedBytes;
    private long fence;
    private boolean askedToEmpty;

    Segment(SegmentFile file) {
        this.file = file;
        this.blocks = new BlockIndex();
    }

    /** As a snapshot has it: nothing in it is live until {@link #revive}. */
    Segment(SegmentFile file, SnapshotFormat.SegmentPicture picture) {
        this.file = file;
        this.blocks = picture.blocks();
        boolean begins = picture.blocks().firstLsn() < Long.MAX_VALUE; // else no record begins in it yet
        this.firstLive = begins ? picture.blocks().firstLsn() : 0;
        this.pins = picture.pins();
        this.pinnedBytes = picture.pinnedBytes();
    }

    SnapshotFormat.SegmentPicture picture() {
        return new SnapshotFormat.SegmentPicture(file.id(), blocks, pins, pinnedBytes);
    }

    /** A record that is live according to a snapshot; false when that is known. */
    boolean revive(long lsn) {
        int index = Math.toIntExact(lsn - firstLive);
        if (live.get(index)) {
            return false;
        }
        live.set(index);
        liveCount++;
        return true;
    }

    SegmentFile file() {
        return file;
    }

    BlockIndex blocks() {
        return blocks;
    }

    int liveCount() {
        return liveCount;
    }

    /** What the live records take, estimated: as if all that ever were live had the same size. */
    long liveBytes() {
        return liveCount == 0 ? 0 : pinnedBytes * liveCount / pins;
    }

    /** How much of the file is used. */
    long bytes() {
        return blocks.end();
    }

    boolean isAskedToEmpty() {
        return askedToEmpty;
    }

    void askedToEmpty() {
        askedToEmpty = true;
    }

    /**
     * True when this is the first live record here; then {@link #firstLive} is set.
     *
     * @param bytes what it takes on the disk
     */
    boolean add(long lsn, long bytes) {
        boolean first = firstLive == 0;
        if (first) {
            firstLive = lsn;
        }
        live.set(Math.toIntExact(lsn - firstLive));
        liveCount++;
        pins++;
        pinnedBytes += bytes;
        return first;
    }

    /**
     * Releasing twice, or what was never live, changes nothing.
     *
     * @param releaseFence what must have been synced before the release counts
     */
    boolean release(long lsn, long releaseFence) {
        long index = lsn - firstLive;
        if (index < 0 || index > Integer.MAX_VALUE || !live.get((int) index)) {
            return false;
        }
        live.clear((int) index);
        liveCount--;
        fence = releaseFence;
        return true;
    }

    /** Nothing in it is needed, and what made it so is synced. */
    boolean isDead(long syncedFence) {
        return liveCount == 0 && fence <= syncedFence;
    }
}
