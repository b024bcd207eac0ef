package io.ferrymq.store;

import io.ferrymq.time.Clock;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the free space on a thread of its own, {@code ferrymq-disk-watch}: at least twice a second, ten times while
 * something is written or space is low, and at once when much has been written or somebody lacks space. It makes the ballast
 * and deletes it; the writer must wait for neither.
 */
final class DiskWatch implements Room, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

    private static final long BUSY_NS = 100_000_000;
    private static final long IDLE_NS = 500_000_000;
    private static final long RETRY_NS = 20_000_000;
    /** Brokers that live shorter, in tests mostly, are spared the ballast. */
    private static final long BALLAST_AFTER_NS = 5_000_000_000L;
    /** With less than this some write is bound to fail: a file system needs blocks for itself too. */
    private static final long USED_UP = 1 << 20;

    private final DiskGuard guard;
    private final Clock clock;
    private final long quantum;
    private volatile boolean givenUp;
    private volatile boolean busy;
    /** Owned by the writer, as is {@link #appended}. */
    private long reported;

    private @Nullable Thread thread;

    DiskWatch(DiskGuard guard, long segmentBytes, Clock clock) {
        this.guard = guard;
        this.quantum = segmentBytes / 8;
        this.clock = clock;
    }

    /** Looks once, here and now, then again and again. */
    void start() {
        guard.check(this::isGivenUp);
        Thread starting = new Thread(this::run, "ferrymq-disk-watch");
        starting.setDaemon(true);
        thread = starting;
        starting.start();
    }

    private void run() {
        long ballastFrom = clock.nanoTime() + BALLAST_AFTER_NS;
        while (!givenUp) {
            boolean often = busy || guard.isLow();
            busy = false;
            guard.check(this::isGivenUp);
            if (clock.nanoTime() - ballastFrom >= 0) {
                guard.ballast(this::isGivenUp);
            }
            LockSupport.parkNanos(this, often ? BUSY_NS : IDLE_NS);
        }
    }

    boolean isLow() {
        return guard.isLow();
    }

    /** The writer has appended so much in all. */
    void appended(long total) {
        if (!busy) {
            busy = true;
        }
        if (total - reported >= quantum) {
            reported = total;
            ask();
        }
    }

    /**
     * Returns when there is so much space, or throws when there is no use in waiting.
     *
     * @param patient false: do not wait
     */
    void await(long bytes, boolean patient) throws IOException {
        boolean told = false;
        while (guard.usableForSegment() < bytes) {
            if (givenUp || !patient) {
                throw new IOException(
                        "too little space for a new segment: free=" + guard.usableBytes() + ", needed=" + bytes);
            }
            if (!told) {
                LOG.error(
                        "the disk is full: the journal waits for space: free={}, needed={}",
                        guard.usableBytes(),
                        bytes);
                told = true;
            }
            ask();
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    @Override
    public boolean isUsedUp() {
        try {
            return guard.usableBytes() < USED_UP;
        } catch (IOException e) {
            LOG.warn("the free space cannot be read: {}", e.toString());
            return false;
        }
    }

    @Override
    public void ask() {
        LockSupport.unpark(thread);
    }

    @Override
    public boolean isGivenUp() {
        return givenUp;
    }

    /** From now on nobody waits for space. */
    void giveUp() {
        givenUp = true;
        ask();
    }

    @Override
    public void close() {
        giveUp();
        if (thread != null) {
            Uninterruptibly.await(thread::join);
        }
    }
}
