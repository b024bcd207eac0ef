package io.ferrymq.store;

import io.ferrymq.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether space is low, and has the ballast released and made again. Below the floor no new messages are taken; the
 * floor, and the ballast on top of it, are for what has been taken by then, for acknowledgements and for compaction. Owned by
 * the thread that calls {@link #check}; {@link #isLow} is for any thread.
 */
final class DiskGuard {
    private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);

    private static final long MOST_FLOOR = 1L << 30;
    private static final long MOST_BALLAST = 64L << 20;
    private static final int FLOOR_SHARE = 20;
    private static final int BALLAST_SHARE = 16;
    private static final int SMALL_SHARE = 4;

    private final DiskSpace space;
    private final Ballast ballast;
    private final StoreLayout layout;
    private final long floor;
    private final long hysteresis;
    private volatile boolean low;
    private boolean unreadable;
    private boolean withoutBallast;

    /** @param floor so much is to be left free */
    DiskGuard(StoreLayout layout, DiskSpace space, Ballast ballast, long floor) {
        this.layout = layout;
        this.space = space;
        this.ballast = ballast;
        this.floor = floor;
        this.hysteresis = Math.max(layout.segmentBytes() / 2, floor / 8);
    }

    static DiskGuard of(StoreLayout layout, DiskSpace space, StoreConfig config) throws IOException {
        long total = space.totalBytes();
        long segment = layout.segmentBytes();
        Ballast ballast = new Ballast(layout.data().resolve(Ballast.FILE), ballastBytes(segment, total, config));
        return new DiskGuard(layout, space, ballast, floor(segment, total, config));
    }

    /** The default is less where a file system is small for its segments: it must not be below the floor for ever. */
    static long floor(long segmentBytes, long totalBytes, StoreConfig config) {
        long least = 2 * segmentBytes;
        if (config.minFreeBytes() >= 0) {
            return Math.max(least, config.minFreeBytes());
        }
        long floor = Math.max(least, Math.min(MOST_FLOOR, least + totalBytes / FLOOR_SHARE));
        long most = totalBytes / SMALL_SHARE;
        if (floor > most) {
            LOG.warn(
                    "the file system of the data directory is small: bytes={}, segmentBytes={}, kept free={};"
                            + " a smaller store.segmentBytes suits it better",
                    totalBytes,
                    segmentBytes,
                    most);
        }
        return Math.min(floor, most);
    }

    static long ballastBytes(long segmentBytes, long totalBytes, StoreConfig config) {
        long wanted = config.ballastBytes() >= 0 ? config.ballastBytes() : Math.min(MOST_BALLAST, 4 * segmentBytes);
        return Math.min(wanted, totalBytes / BALLAST_SHARE);
    }

    /** Any thread. */
    boolean isLow() {
        return low;
    }

    /** @param givenUp making the ballast may take a while; true when it is to stop */
    void check(BooleanSupplier givenUp) {
        try {
            long usable = usableWithoutSpare();
            if (usable < floor) {
                begin(usable);
            } else if (low) {
                end(usable, givenUp);
            }
            unreadable = false;
        } catch (IOException e) {
            if (!unreadable) {
                LOG.warn("the free space cannot be looked after: {}: {}", layout.data(), e.toString());
            }
            unreadable = true;
        }
    }

    /** The file that waits to become a segment is the first to go. */
    private long usableWithoutSpare() throws IOException {
        long usable = space.usableBytes();
        boolean deleted = (low || usable < floor) && Files.deleteIfExists(layout.spare());
        return deleted ? space.usableBytes() : usable;
    }

    private void begin(long usable) throws IOException {
        boolean begins = !low;
        low = true;
        long released = ballast.release();
        if (begins) {
            LOG.warn(
                    "the disk is nearly full: free={}, floor={}, ballast released={}, directory={}; persistent messages are"
                            + " not accepted until there is space, consumers go on; consume, or make space there",
                    usable,
                    floor,
                    released,
                    layout.data());
        }
    }

    private void end(long usable, BooleanSupplier givenUp) throws IOException {
        long needed = withoutBallast ? floor + hysteresis : floor + ballast.missing() + hysteresis;
        if (usable < needed) {
            return;
        }
        makeBallast(givenUp);
        long left = space.usableBytes();
        if (left >= floor && !givenUp.getAsBoolean()) {
            low = false;
            LOG.info("the disk has space again: free={}, floor={}; persistent messages are accepted", left, floor);
        }
    }

    /** Puts the ballast there where it is missing and there is space for it. */
    void ballast(BooleanSupplier givenUp) {
        try {
            if (!low
                    && !withoutBallast
                    && ballast.missing() > 0
                    && space.usableBytes() >= floor + ballast.missing() + hysteresis) {
                makeBallast(givenUp);
            }
        } catch (IOException e) {
            withoutBallast(e);
        }
    }

    /** Without it there is still the floor. */
    private void makeBallast(BooleanSupplier givenUp) {
        try {
            if (!withoutBallast) {
                ballast.make(givenUp);
            }
        } catch (IOException e) {
            withoutBallast(e);
        }
    }

    private void withoutBallast(IOException cause) {
        LOG.warn("there is no ballast for when the disk is full: {}: {}", layout.data(), cause.toString());
        withoutBallast = true;
    }

    long usableBytes() throws IOException {
        return space.usableBytes();
    }

    /** What a segment that begins may take: the file that waits for it has its space already. */
    long usableForSegment() throws IOException {
        return space.usableBytes() + layout.spare().toFile().length(); // 0 when there is none
    }
}
