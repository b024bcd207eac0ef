package io.ferrymq.store;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The segment that is appended to, and the file of a dropped one that the next is given: what is the same for all engines. Owned by
 * whoever runs the writer.
 */
final class CurrentSegment implements AutoCloseable {
    private final SpareFile spare;
    private @Nullable SegmentTail tail;

    /** @param directory where the spare file waits */
    CurrentSegment(Path directory) {
        this.spare = new SpareFile(directory);
    }

    /** Ends it, with all of it durable; true when the file of the next one is there now, and was another segment before. */
    boolean goOnIn(Path next) throws IOException {
        SegmentTail ended = tail;
        if (ended == null) {
            spare.begin();
        } else {
            ended.force();
            spare.ended(ended);
            ended.close();
            tail = null;
        }
        return spare.become(next);
    }

    void begin(SegmentTail begun) {
        tail = begun;
    }

    /** Removes another segment from its directory, which is to be synced then. */
    void drop(SegmentFile segment) throws IOException {
        spare.take(segment);
    }

    SegmentTail tail() {
        if (tail == null) {
            throw new IllegalStateException("no segment yet");
        }
        return tail;
    }

    @Override
    public void close() throws IOException {
        if (tail != null) {
            tail.close();
        }
    }
}
