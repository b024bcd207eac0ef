package io.ferrymq.store;

/**
 * Whether what an answer waits for, a write and as a rule its sync, is likely to be so short that a thread with other things to do may wait
 * for it too. Once it was not, such threads are kept away for some time as long as it took, and until the journal's own thread has found
 * that it is short again: so they never try a disk that is always slow, and stand still for a small part of their time on one that
 * stalls now and then. Owned by whoever runs the writer.
 */
final class QuickSync {
    /** Longer than most syncs of a local SSD, and shorter than any of a disk that turns or is far away. */
    private static final long QUICK_NS = 500_000;

    private static final int TIMES_AWAY = 10;

    private boolean slow;
    /** While it is slow: from then on a short one counts. */
    private long againNs;

    /** An answer may leave now that has waited since then. */
    void took(long beganNs, long endedNs) {
        long ns = endedNs - beganNs;
        if (ns > QUICK_NS && !slow) {
            slow = true;
            againNs = endedNs + TIMES_AWAY * ns; // not moved by those that follow: under load one in two may be slow
        } else if (ns <= QUICK_NS && slow && endedNs - againNs >= 0) {
            slow = false;
        }
    }

    boolean isLikely() {
        return !slow;
    }
}
