package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * Segments as the cycle files of a Chronicle queue. Chronicle appends; everything that makes it safe is here or above: a
 * fresh queue directory per start (so it never opens a file that a crash left), our own {@code force} on the file instead of
 * its sync, a logical clock that rolls by size, zeros written ahead of its mapping, and no tailer ever.
 *
 * <p>The queue belongs to the thread that rolls. It writes one document per append; frames find themselves in it.
 */
final class ChronicleEngine implements SegmentEngine {
    static final String NAME = "chronicle";
    private static final String SUFFIX = "LX.cq4";
    private static final int BLOCK = 16 << 20;
    /** What Chronicle may put between our documents: their headers, alignment, an index page. */
    private static final int SLACK = 64 << 10;

    private final Path parent;
    private final Path directory;
    private final long segmentBytes;
    private final Room room;
    private final LogicalClock clock = new LogicalClock();
    private @Nullable SingleChronicleQueue queue;
    private @Nullable ExcerptAppender appender;
    private @Nullable Current current;

    /** @param epoch which start this is; names the directory of its queue */
    ChronicleEngine(Path parent, int epoch, long segmentBytes) {
        this(parent, epoch, segmentBytes, Room.NONE);
    }

    /** @param room what to do when the disk is full */
    ChronicleEngine(Path parent, int epoch, long segmentBytes, Room room) {
        this.room = room;
        this.parent = parent;
        this.directory = parent.resolve("r%06d".formatted(epoch));
        this.segmentBytes = segmentBytes;
        ChronicleAccess.quiet();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SegmentFile> existing() throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        List<SegmentFile> segments = new ArrayList<>();
        for (Path run : list(parent)) {
            if (run.getFileName().toString().matches("r\\d{6,}")) {
                for (Path file : list(run)) {
                    if (file.getFileName().toString().endsWith(SUFFIX)) {
                        segments.add(new SegmentFile(LogicalClock.cycleOf(file), file));
                    }
                }
            }
        }
        segments.sort(Comparator.comparingLong(SegmentFile::id));
        return List.copyOf(segments);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Override
    public SegmentFile roll(long id, ByteBuffer header) throws IOException {
        if (current != null) {
            current.force();
            current.close();
            current = null;
        }
        clock.cycle = id;
        ExcerptAppender ours = appender == null ? openQueue() : appender;
        long end = write(ours, header);
        Path path = directory.resolve(ours.currentFile().getName());
        if (LogicalClock.cycleOf(path) != id) {
            throw new IOException("the queue did not roll: segment=" + id + ", file=" + path);
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        FileChannel zeros = FileChannel.open(path, StandardOpenOption.WRITE);
        long zeroEnd = Math.max(end, segmentBytes) + 2 * SLACK;
        current = new Current(channel, new ZeroAhead(zeros, room, ZeroAhead.MAPPED, end, zeroEnd), end);
        current.force();
        Directories.force(directory);
        return new SegmentFile(id, path);
    }

    private ExcerptAppender openQueue() throws IOException {
        Files.createDirectory(directory);
        Directories.force(parent);
        queue = SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(SparseRollCycles.LARGE_HOURLY_XSPARSE)
                .timeProvider(clock)
                .blockSize(BLOCK)
                .syncMode(SyncMode.NONE)
                .timeoutMS(1000)
                .build();
        appender = queue.createAppender();
        return appender;
    }

    /** Writes one document and returns where it ends in the file. */
    private static long write(ExcerptAppender appender, ByteBuffer frames) {
        DocumentContext document = appender.writingDocument();
        boolean whole = false;
        try {
            Bytes<?> bytes = document.wire().bytes();
            int length = frames.remaining();
            bytes.ensureCapacity(bytes.writePosition() + length);
            bytes.write(bytes.writePosition(), frames, frames.position(), length);
            bytes.writeSkip(length);
            frames.position(frames.limit());
            whole = true;
            return bytes.writePosition();
        } finally {
            if (!whole) {
                document.rollbackOnClose();
            }
            document.close();
        }
    }

    @Override
    public long room() {
        return segmentBytes - current().position;
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        Current to = current();
        to.zeros.await(to.position + frames.remaining() + SLACK);
        ExcerptAppender ours = appender;
        if (ours == null) {
            throw new IllegalStateException("no queue yet");
        }
        to.position = write(ours, frames);
    }

    @Override
    public void force() throws IOException {
        current().force();
    }

    @Override
    public void drop(SegmentFile segment) throws IOException {
        Path run = segment.path().getParent();
        Files.delete(segment.path());
        Directories.force(run);
        if (run.equals(directory)) {
            if (queue != null) {
                queue.refreshDirectoryListing();
            }
        } else if (list(run).stream()
                .noneMatch(file -> file.getFileName().toString().endsWith(SUFFIX))) {
            for (Path rest : list(run)) {
                Files.delete(rest);
            }
            Files.delete(run);
            Directories.force(parent);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (current != null) {
                current.close();
            }
        } finally {
            if (queue != null) {
                queue.close();
            }
        }
    }

    private Current current() {
        if (current == null) {
            throw new IllegalStateException("no segment yet");
        }
        return current;
    }

    private static final class Current {
        private final FileChannel channel;
        private final ZeroAhead zeros;
        private long position;

        Current(FileChannel channel, ZeroAhead zeros, long position) {
            this.channel = channel;
            this.zeros = zeros;
            this.position = position;
        }

        /** fdatasync covers every dirty page of the file, also those that were written through Chronicle's mapping. */
        void force() throws IOException {
            channel.force(false);
        }

        void close() throws IOException {
            zeros.close();
            channel.close();
        }
    }
}
