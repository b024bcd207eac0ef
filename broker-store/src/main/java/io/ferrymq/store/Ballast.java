package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A file that only takes space, with real blocks, so that there is something to give up when the disk is full. Its content is
 * noise, because some file systems keep zeros for nothing. Owned by the thread of {@link DiskWatch}.
 */
final class Ballast {
    static final String FILE = "ballast";

    /** A sync per step, so that the journal's syncs meanwhile have little to wait for. */
    private static final int STEP = 2 << 20;

    private static final long PAUSE_NS = 10_000_000;

    private final Path file;
    private final long bytes;

    /** @param bytes its size; 0 for none */
    Ballast(Path file, long bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /** How much is there to give up. */
    long held() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** How much space it would take to have it whole. */
    long missing() throws IOException {
        return Math.max(0, bytes - held());
    }

    /** Writes it, unless it is whole; stops half-way, with nothing left, when {@code given up}. */
    void make(BooleanSupplier givenUp) throws IOException {
        if (missing() == 0) {
            return;
        }
        boolean whole = false;
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] noise = new byte[STEP];
            SplittableRandom random = new SplittableRandom();
            for (long at = 0; at < bytes && !givenUp.getAsBoolean(); ) {
                random.nextBytes(noise);
                ByteBuffer step = ByteBuffer.wrap(noise, 0, (int) Math.min(STEP, bytes - at));
                while (step.hasRemaining()) {
                    at += channel.write(step, at);
                }
                channel.force(false);
                whole = at >= bytes;
                LockSupport.parkNanos(PAUSE_NS);
            }
        } finally {
            if (!whole) {
                Files.deleteIfExists(file);
            }
        }
        Directories.force(file.toAbsolutePath().getParent());
    }

    /** Gives its space back to the file system; returns how much. */
    long release() throws IOException {
        long held = held();
        Files.deleteIfExists(file);
        return held;
    }
}
