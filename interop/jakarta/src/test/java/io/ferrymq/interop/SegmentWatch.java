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

/** Looks at the segment files of a journal that another process writes. */
final class SegmentWatch {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);

    private final Path journal;

    SegmentWatch(Path data) {
        this.journal = data.resolve("journal");
    }

    /** Returns at the moment a segment appears; false when none does for a while. */
    boolean awaitNewest() {
        return awaitChange(() -> files(Stream::max));
    }

    /** Returns at the moment the oldest segment goes; false when it does not for a while. */
    boolean awaitOldest() {
        return awaitChange(() -> files(Stream::min));
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
    private Optional<String> files(Choice choice) {
        try (Stream<Path> files = Files.walk(journal, 2)) {
            return choice.of(
                    files.map(file -> journal.relativize(file).toString())
                            .filter(name -> name.endsWith(".segment") || name.endsWith(".cq4")),
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
