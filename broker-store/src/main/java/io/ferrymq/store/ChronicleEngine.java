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
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.SparseRollCycles;
import org.jspecify.annotations.Nullable;

/**
 * Segments as the cycle files of a Chronicle queue. Chronicle appends; everything that makes it safe is here or above: a
 * fresh queue directory per start (so it never opens a file that a crash left), our own {@code force} on the file instead of
 * its sync, a logical clock that rolls by size, zeros written ahead of its mapping, and no tailer ever.
 *
 * <p>The queue belongs to whoever runs the writer. Frames find themselves in its documents ({@link FrameDocument}).
 */
final class ChronicleEngine implements SegmentEngine {
    static final String NAME = "chronicle";
    private static final String SUFFIX = "LX.cq4";
    static final int BLOCK = 16 << 20;
    /** What Chronicle may put between our documents: their headers, alignment, an index page. */
    private static final int SLACK = 64 << 10;
    /** More than Chronicle puts in front of the first document. */
    private static final int HEAD = 256 << 10;

    private final Path parent;
    private final Path directory;
    private final long segmentBytes;
    private final Room room;
    private final LogicalClock clock = new LogicalClock();
    private @Nullable SingleChronicleQueue queue;
    private @Nullable FrameDocument document;
    private final CurrentSegment current;

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
        this.current = new CurrentSegment(parent);
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
        SegmentFile file = new SegmentFile(id, directory.resolve(LogicalClock.nameOf(id) + SUFFIX));
        boolean patient = document != null; // a start says that there is no space
        if (document != null) {
            document.end();
        }
        boolean again = current.goOnIn(file.path());
        clock.cycle = id;
        FrameDocument ours = document == null ? openQueue() : document;
        blank(file.path(), patient);
        long end = ours.single(header);
        if (!file.path().getFileName().toString().equals(ours.fileName()) || end > HEAD) {
            throw new IOException("the queue did not roll: " + file + ", file=" + ours.fileName() + ", end=" + end);
        }
        long zeroEnd = Math.max(end, segmentBytes) + 2 * SLACK;
        SegmentTail tail = new SegmentTail(file, room, ZeroAhead.MAPPED, again ? zeroEnd : end, zeroEnd);
        tail.seek(end);
        current.begin(tail);
        force();
        Directories.force(directory);
        if (again) {
            Directories.force(parent);
        }
        return file;
    }

    /**
     * Chronicle takes a file for a new one that begins with zeros. It writes its head through a mapping, where a disk that has filled
     * since would be a fault, so the disk gives the space for it here.
     *
     * @param patient whether to wait for space
     */
    private void blank(Path path, boolean patient) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ZeroFill zeros = new ZeroFill(channel, room, ZeroAhead.MAPPED);
            long at = zeros.write(0, HEAD);
            for (IOException lack = zeros.lack(); lack != null; lack = zeros.lack()) {
                if (!patient || room.isGivenUp()) {
                    throw lack;
                }
                zeros.awaitRoom();
                at = zeros.write(at, HEAD);
            }
        }
    }

    private FrameDocument openQueue() throws IOException {
        Files.createDirectory(directory);
        Directories.force(parent);
        queue = SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(SparseRollCycles.LARGE_HOURLY_XSPARSE)
                .timeProvider(clock)
                .blockSize(BLOCK)
                .syncMode(SyncMode.NONE)
                .timeoutMS(1000)
                .build();
        document = new FrameDocument(queue.createAppender());
        return document;
    }

    @Override
    public long room() {
        return segmentBytes - current.tail().position();
    }

    @Override
    public boolean isReady(int bytes) {
        return room() >= bytes && current.tail().isReady(bytes + SLACK);
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        SegmentTail tail = current.tail();
        tail.await(frames.remaining() + SLACK);
        FrameDocument ours = document;
        if (ours == null) {
            throw new IllegalStateException("no queue yet");
        }
        tail.seek(ours.place(frames.remaining()));
        tail.append(frames);
        ours.filled(tail.position());
    }

    @Override
    public void force() throws IOException {
        current.tail().force();
    }

    @Override
    public void drop(SegmentFile segment) throws IOException {
        Path run = segment.path().getParent();
        current.drop(segment);
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
            if (document != null) {
                document.end();
            }
        } finally {
            closeFiles();
        }
    }

    private void closeFiles() throws IOException {
        try {
            current.close();
        } finally {
            if (queue != null) {
                queue.close();
            }
        }
    }
}
