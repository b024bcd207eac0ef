package io.ferrymq.store;

import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Whether the data directory is still this broker's: its lock file is the one that was locked, and nobody has begun a later
 * epoch. A broker that was taken for dead, or whose lock file somebody has removed, must not write beside its successor. Owned by
 * the writer.
 */
final class Tenure {
    private static final long PERIOD_NS = 1_000_000_000L;

    private final StoreLock lock;
    private final Path data;
    private final int epoch;
    private final Clock clock;
    private long checkedNs;

    Tenure(StoreLock lock, Path data, int epoch, Clock clock) {
        this.lock = lock;
        this.data = data;
        this.epoch = epoch;
        this.clock = clock;
        this.checkedNs = clock.nanoTime();
    }

    void checkEachSecond() throws IOException {
        if (isCheckDue()) {
            check();
        }
    }

    boolean isCheckDue() {
        return clock.nanoTime() - checkedNs >= PERIOD_NS;
    }

    void check() throws IOException {
        checkedNs = clock.nanoTime();
        if (!lock.isInPlace()) {
            throw ended("its LOCK file was removed or replaced");
        }
        int newest = FormatMarker.read(data).map(FormatMarker::epoch).orElse(-1);
        if (newest != epoch) {
            throw ended("its FORMAT marker has another epoch: epoch=" + newest + ", ours=" + epoch);
        }
    }

    private IOException ended(String why) {
        return new IOException("the data directory " + data + " is not this broker's any more, " + why
                + "; another broker may have it, so this one stops");
    }
}
