package io.ferrymq.store;

import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

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
    /** The marker that was ours: it is opened again only when there is another, since clients may have used up all file descriptors. */
    private @Nullable Version ours;

    /** A marker is replaced, never changed. The key is null where the file system has no such thing. */
    private record Version(@Nullable Object key, FileTime modified) {}

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
        Version now = version();
        if (!now.equals(ours) || now.key() == null) {
            int newest = FormatMarker.read(data).map(FormatMarker::epoch).orElse(-1);
            if (newest != epoch) {
                throw ended("its FORMAT marker has another epoch: epoch=" + newest + ", ours=" + epoch);
            }
            ours = now;
        }
    }

    private Version version() throws IOException {
        Path marker = data.resolve(FormatMarker.FILE);
        try {
            BasicFileAttributes attributes = Files.readAttributes(marker, BasicFileAttributes.class);
            return new Version(attributes.fileKey(), attributes.lastModifiedTime());
        } catch (NoSuchFileException e) {
            throw ended("its FORMAT marker was removed");
        }
    }

    private IOException ended(String why) {
        return new IOException("the data directory " + data + " is not this broker's any more, " + why
                + "; another broker may have it, so this one stops");
    }
}
