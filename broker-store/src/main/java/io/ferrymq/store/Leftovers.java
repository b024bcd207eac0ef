package io.ferrymq.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that were dropped and are there all the same: a drop was cut short, or somebody has put them back. Their records are not
 * read: what ended their life may be gone. Used by a start.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final SegmentEngine engine;
    private final SegmentBounds bounds;
    private final Path directory;

    /** @param directory where to put what somebody has brought back */
    Leftovers(SegmentEngine engine, SegmentBounds bounds, Path directory) {
        this.engine = engine;
        this.bounds = bounds;
        this.directory = directory;
    }

    /** Returns those that belong to the log; the others are gone from the journal, if that can be done. */
    List<SegmentFile> clear(List<SegmentFile> files) {
        List<SegmentFile> log =
                files.stream().filter(file -> !bounds.isDropped(file)).toList();
        for (SegmentFile file : files) {
            if (bounds.isDropped(file)) {
                clear(file, !log.isEmpty());
            }
        }
        return log;
    }

    private void clear(SegmentFile file, boolean mayDelete) {
        try {
            if (mayDelete && file.id() >= bounds.dropped()) {
                engine.drop(file);
                LOG.info("A segment that was being dropped is dropped: {}", file);
            } else {
                LOG.warn(
                        "A segment that was dropped is there again; it is not read: {}, set aside as {}",
                        file,
                        setAside(file));
            }
        } catch (IOException e) {
            LOG.warn(
                    "A segment that was dropped is there; it is not read and cannot be removed: {}: {}",
                    file,
                    e.toString());
        }
    }

    private Path setAside(SegmentFile file) throws IOException {
        Path source = file.path();
        Path aside = directory.resolve("%d-%s".formatted(file.id(), source.getFileName()));
        Directories.create(directory);
        Files.move(source, aside, StandardCopyOption.ATOMIC_MOVE);
        Directories.force(directory);
        Path parent = source.getParent();
        if (parent != null) {
            Directories.force(parent);
        }
        return aside;
    }
}
