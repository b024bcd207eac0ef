package io.ferrymq.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;

/**
 * The file of a segment that was dropped waits here to become the next one: then no zeros need to be written ahead of the frames.
 * What it holds is no part of the log any more, and no frame in it validates under the id of another segment. Owned by the thread
 * that rolls; where space is low the {@link DiskGuard} deletes the file meanwhile, so it is there or it is not.
 */
final class SpareFile {
    private final Path path;
    /** Whose files the disk has given all the space of; what earlier runs have left is not known. */
    private final Set<Long> whole = new HashSet<>();

    /** @param directory of the segments */
    SpareFile(Path directory) {
        this.path = directory.resolve(StoreLayout.SPARE);
    }

    /** The first segment of this run begins: what an earlier run has left goes. */
    void begin() throws IOException {
        Files.deleteIfExists(path);
    }

    /** Nothing more is appended to this segment. */
    void ended(SegmentTail tail) {
        if (tail.isWhole()) {
            whole.add(tail.file().id());
        }
    }

    /** Removes the segment from its directory, which is to be synced then: as the spare, in place of an older one, or for good. */
    void take(SegmentFile dropped) throws IOException {
        if (whole.remove(dropped.id())) {
            Files.move(dropped.path(), path, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.delete(dropped.path());
        }
    }

    /** Makes it the file of a segment; false when there is none. */
    boolean become(Path segment) throws IOException {
        try {
            Files.move(path, segment, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException none) {
            return false;
        }
    }
}
