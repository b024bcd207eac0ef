package io.ferrymq.store;

import java.util.BitSet;

/** A segment and which of its records are live. Owned by whoever owns its {@link Segments}. */
final class Segment {
    private final SegmentFile file;
    private final BitSet live = new BitSet();
    private long firstLive;
    private int liveCount;
    private long fence;

    Segment(SegmentFile file) {
        this.file = file;
    }

    SegmentFile file() {
        return file;
    }

    int liveCount() {
        return liveCount;
    }

    /** True when this is the first live record here; then {@link #firstLive} is set. */
    boolean add(long lsn) {
        boolean first = firstLive == 0;
        if (first) {
            firstLive = lsn;
        }
        live.set(Math.toIntExact(lsn - firstLive));
        liveCount++;
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
