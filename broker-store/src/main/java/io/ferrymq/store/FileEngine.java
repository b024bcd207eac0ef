package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Segments as plain files that are written with positional writes behind a zeroed lead. Needs no JVM flag and works on every
 * platform. Owned by whoever runs the writer.
 */
final class FileEngine implements SegmentEngine {
    static final String NAME = "nio";
    private static final String SUFFIX = ".segment";

    private final Path directory;
    private final long segmentBytes;
    private final Room room;
    private final CurrentSegment current;

    FileEngine(Path directory, long segmentBytes) {
        this(directory, segmentBytes, Room.NONE);
    }

    /** @param room what to do when the disk is full */
    FileEngine(Path directory, long segmentBytes, Room room) {
        this.room = room;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.current = new CurrentSegment(directory);
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
        SegmentFile file = new SegmentFile(id, directory.resolve("%016d%s".formatted(id, SUFFIX)));
        boolean again = current.goOnIn(file.path());
        if (!again) {
            Files.createFile(file.path());
        }
        current.begin(new SegmentTail(file, room, ZeroAhead.WRITTEN, again ? segmentBytes : 0, segmentBytes));
        append(header);
        force();
        Directories.force(directory);
        return file;
    }

    @Override
    public long room() {
        return segmentBytes - current.tail().position();
    }

    @Override
    public boolean isReady(int bytes) {
        return room() >= bytes && current.tail().isReady(bytes);
    }

    @Override
    public void append(ByteBuffer frames) throws IOException {
        SegmentTail tail = current.tail();
        tail.await(frames.remaining());
        tail.append(frames);
    }

    @Override
    public void force() throws IOException {
        current.tail().force();
    }

    @Override
    public void drop(SegmentFile segment) throws IOException {
        current.drop(segment);
        Directories.force(directory);
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
