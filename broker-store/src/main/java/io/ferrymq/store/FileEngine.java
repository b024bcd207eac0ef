package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Segments as plain files that are written with positional writes behind a zeroed lead. Needs no JVM flag and works on every
 * platform. Owned by the thread that rolls.
 */
final class FileEngine implements SegmentEngine {
    static final String NAME = "nio";
    private static final String SUFFIX = ".segment";

    private final Path directory;
    private final long segmentBytes;
    private final Room room;
    private @Nullable Current current;

    FileEngine(Path directory, long segmentBytes) {
        this(directory, segmentBytes, Room.NONE);
    }

    /** @param room what to do when the disk is full */
    FileEngine(Path directory, long segmentBytes, Room room) {
        this.room = room;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SegmentFile> existing() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("\\d{16}\\" + SUFFIX))
                    .map(file -> new SegmentFile(
                            Long.parseLong(file.getFileName().toString().substring(0, 16)), file))
                    .sorted(Comparator.comparingLong(SegmentFile::id))
                    .toList();
        }
    }

    @Override
    public SegmentFile roll(long id, ByteBuffer header) throws IOException {
        if (current != null) {
            current.force();
            current.close();
            current = null;
        }
        Path path = directory.resolve("%016d%s".formatted(id, SUFFIX));
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileChannel zeros = FileChannel.open(path, StandardOpenOption.WRITE);
        current = new Current(channel, new ZeroAhead(zeros, room, ZeroAhead.WRITTEN, 0, segmentBytes));
        current.append(header);
        current.force();
        Directories.force(directory);
        return new SegmentFile(id, path);
    }

    @Override
    public long room() {
        return segmentBytes - current().position;
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        current().append(frames);
    }

    @Override
    public void force() throws IOException {
        current().force();
    }

    @Override
    public void drop(SegmentFile segment) throws IOException {
        Files.delete(segment.path());
        Directories.force(directory);
    }

    @Override
    public void close() throws IOException {
        if (current != null) {
            current.close();
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

        Current(FileChannel channel, ZeroAhead zeros) {
            this.channel = channel;
            this.zeros = zeros;
        }

        void append(ByteBuffer frames) throws IOException {
            zeros.await(position + frames.remaining());
            while (frames.hasRemaining()) {
                position += channel.write(frames, position);
            }
        }

        void force() throws IOException {
            channel.force(false);
        }

        void close() throws IOException {
            zeros.close();
            channel.close();
        }
    }
}
