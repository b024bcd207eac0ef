package io.ferrymq.store;

/**
 * Whether a sync is likely to be so short that a thread with other things to do may wait for it. One that was not keeps such threads away for
 * some time as long as it took: so they stand still for a small part of their time at most, however the disk behaves. Owned by whoever
 * runs the writer.
 */
final class QuickSync {
    /** Longer than most syncs of a local SSD, and shorter than any of a disk that turns or is far away. */
    private static final long QUICK_NS = 500_000;

    private static final int TIMES_AWAY = 10;

    private long againNs;

    /** @param nowNs from now on */
    QuickSync(long nowNs) {
        this.againNs = nowNs;
    }

    /** A sync is over. */
    void took(long beganNs, long endedNs) {
        long ns = endedNs - beganNs;
        long untilNs = endedNs + TIMES_AWAY * ns;
        if (ns > QUICK_NS && untilNs - againNs > 0) {
            againNs = untilNs;
        }
    }

    boolean isLikely(long nowNs) {
        return nowNs - againNs >= 0;
    }
}
