package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code bounds} beside the journal: two slots of {@link SegmentBounds}, written in turn and in place, so that a change
 * needs no new block on a full disk and what was before it stays until it is durable. Owned by the thread that recovers and starts,
 * then by the writer.
 */
final class BoundsFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BoundsFile.class);
    private static final String FILE = "bounds";
    private static final int SLOT = 512;

    private final Path file;
    private final String store;
    private SegmentBounds bounds = SegmentBounds.NONE;
    private long change;
    private @Nullable FileChannel channel;

    /**
     * What the file says.
     *
     * @param said NONE where there is no file, or none that can be read
     * @param isWhole whether all of it holds; else a build that does not know the file has written since, or a slot is damaged, and
     *     only what is dropped is certain
     */
    record Content(SegmentBounds said, boolean isWhole) {
        /** What must be there. */
        SegmentBounds claims() {
            return isWhole ? said : SegmentBounds.NONE;
        }
    }

    BoundsFile(Path data, String store) {
        this.file = data.resolve(FILE);
        this.store = store;
    }

    /** @param epoch of the FORMAT marker: whoever knows the bounds writes them first */
    Content read(int epoch) throws IOException {
        if (!Files.exists(file)) {
            return new Content(SegmentBounds.NONE, false);
        }
        byte[] bytes = Arrays.copyOf(Files.readAllBytes(file), 2 * SLOT);
        boolean damaged = false;
        Optional<SegmentBounds.Change> newest = Optional.empty();
        for (int at = 0; at < bytes.length; at += SLOT) {
            byte[] slot = Arrays.copyOfRange(bytes, at, at + SLOT);
            if (!Arrays.equals(slot, new byte[SLOT])) {
                Optional<SegmentBounds.Change> found = SegmentBounds.of(slot, store);
                damaged |= found.isEmpty();
                newest = newest.isEmpty()
                                || found.isPresent()
                                        && found.get().number() > newest.get().number()
                        ? found
                        : newest;
            }
        }
        if (damaged) {
            LOG.warn("Which segments must be there is not certain, the file is damaged: {}", file);
        }
        SegmentBounds said = newest.map(SegmentBounds.Change::bounds).orElse(SegmentBounds.NONE);
        return new Content(said, !damaged && newest.isPresent() && said.epoch() >= epoch);
    }

    /**
     * The journal has been recovered and is about to be written. What was missing stays missing until what is older is dropped.
     *
     * @param content as it was read before
     */
    void begin(Content content, int epoch, Segments segments, long lastLsn) throws IOException {
        SegmentBounds said = content.said();
        boolean any = segments.count() > 0;
        long newest = Math.max(said.newest(), segments.newestBegun());
        if (content.isWhole()) {
            bounds = new SegmentBounds(epoch, said.dropped(), said.oldest(), said.firstLsn(), newest, lastLsn);
        } else {
            long oldest =
                    Math.max(Math.max(1, said.oldest()), any ? segments.oldest().id() : 0);
            long first = any ? segments.firstLsn() : lastLsn + 1;
            bounds = new SegmentBounds(epoch, oldest, oldest, first, newest, lastLsn);
        }
        ReplacedFile.write(file, Arrays.copyOf(bounds.lines(store, change), 2 * SLOT));
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
    }

    /** A segment has been begun; all up to this LSN is durable. */
    void begun(SegmentFile segment, long durable) throws IOException {
        change(bounds.begun(segment.id(), durable));
    }

    /** Segments from this one on are about to be dropped; those that stay are these. */
    void dropping(SegmentFile first, Segments staying) throws IOException {
        change(bounds.floor(first.id(), staying.oldest().id(), staying.firstLsn()));
    }

    /** The journal ends here, and all of it is durable. */
    void ended(long durable) throws IOException {
        change(bounds.begun(bounds.newest(), durable));
    }

    private void change(SegmentBounds next) throws IOException {
        FileChannel to = channel;
        if (to == null) {
            throw new IllegalStateException("the bounds are not begun");
        }
        change++;
        ByteBuffer slot = ByteBuffer.wrap(Arrays.copyOf(next.lines(store, change), SLOT));
        long at = change % 2 * SLOT;
        while (slot.hasRemaining()) {
            to.write(slot, at + slot.position());
        }
        to.force(false);
        bounds = next;
    }

    /** What the next segment is called: no id is used twice. */
    long nextSegment(Segments segments) {
        long newest = segments.count() == 0 ? 0 : segments.newest().file().id();
        return Math.max(bounds.newest(), newest) + 1;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
