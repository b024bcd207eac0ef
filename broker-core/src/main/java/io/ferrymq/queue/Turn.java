package io.ferrymq.queue;

/**
 * A consumer's turn: how many messages of a queue it gets before the next consumer does. One, as in ActiveMQ, but for one that is quick, among
 * several: what it gets in a row goes to it in one write, and wakes it once. Owned by the queue's shard.
 */
final class Turn {
    /** Of the queue's consumers; with fewer, each gets one message at a time. */
    static final int FEWEST_CONSUMERS = 4;
    /** A turn is no longer than that, and a consumer that has held something for so long gets one at a time. */
    static final long QUICK_NS = 2_000_000;

    private int length = 1;
    private int given;
    private long beganNs;
    private boolean busy;
    private long busySinceNs;

    /** The consumer has been given a message; false when it is the next one's turn. */
    boolean goesOn(long nowNs) {
        if (!busy) {
            busy = true;
            busySinceNs = nowNs;
        }
        if (given == 0) {
            beganNs = nowNs;
            length = isLate(nowNs) ? 1 : length;
        }
        given++;
        return given < length;
    }

    /** Whether the consumer has been given something, and its turn goes on. */
    boolean isUnderWay() {
        return given > 0;
    }

    /** Whether that is too long ago for one more. */
    boolean hasLasted(long nowNs) {
        return nowNs - beganNs > QUICK_NS;
    }

    void end() {
        given = 0;
    }

    /** One message at a time, until it has shown again that it is quick. */
    void shorten() {
        length = 1;
    }

    /** Whether there is something for it to be {@link #done} with. */
    boolean isBusy() {
        return busy;
    }

    /**
     * The consumer has done with all it held.
     *
     * @param most how many messages it may ever get in a row
     */
    void done(long nowNs, int most) {
        length = isLate(nowNs) ? 1 : Math.min(most, length + 1);
        busy = false;
    }

    private boolean isLate(long nowNs) {
        return nowNs - busySinceNs > QUICK_NS;
    }
}
