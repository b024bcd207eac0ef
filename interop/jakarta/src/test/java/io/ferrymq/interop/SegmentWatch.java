package io.ferrymq.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Looks at the segment files and the snapshots of a journal that another process writes. */
final class SegmentWatch {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);

    private final Path journal;
    private final Path snapshots;

    SegmentWatch(Path data) {
        this.journal = data.resolve("journal");
        this.snapshots = data.resolve("snapshots");
    }

    /** Returns at the moment a segment appears; false when none does for a while. */
    boolean awaitNewest() {
        return awaitChange(() -> files(journal, Stream::max));
    }

    /** Returns at the moment the oldest segment goes; false when it does not for a while. */
    boolean awaitOldest() {
        return awaitChange(() -> files(journal, Stream::min));
    }

    /** Returns at the moment a snapshot is begun or finished; false when none is for a while. */
    boolean awaitSnapshot() {
        return awaitChange(() -> files(snapshots, Stream::max));
    }

    private static boolean awaitChange(Supplier<Optional<String>> file) {
        Optional<String> before = file.get();
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (System.nanoTime() < deadline) {
            if (!file.get().equals(before)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** By name, within a run of the broker: the names of both engines grow. */
    private static Optional<String> files(Path directory, Choice choice) {
        try (Stream<Path> files = Files.walk(directory, 2)) {
            return choice.of(
                    files.map(file -> directory.relativize(file).toString())
                            .filter(name -> name.matches(".*\\.(segment|cq4|snapshot|tmp)")),
                    Comparator.naturalOrder());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UncheckedIOException e) {
            // a file that went while it was listed
            return Optional.of(e.toString());
        }
    }

    /** The first or the last. */
    private interface Choice {
        Optional<String> of(Stream<String> names, Comparator<String> order);
    }
}
