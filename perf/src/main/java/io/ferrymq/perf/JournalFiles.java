package io.ferrymq.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How much FerryMQ has appended to its journal, from outside: up to the end of the last frame in each segment; behind it are zeros, or what is
 * left of a segment whose file it was before. Looks so often that it sees every segment before it is dropped; one that is gone was full, which
 * its file need not have been: an engine may round that up.
 */
final class JournalFiles implements AutoCloseable {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int CHUNK = 256 << 10;
    private static final int FRAME_HEADER = 32;
    private static final short FRAME_MAGIC = 0x464D;
    /** What an engine puts in front of its first frame is more than what it puts between them. */
    private static final int MOST_BETWEEN_FRAMES = 64 << 10;

    private final Path journal;
    private final long segmentBytes;
    private final Map<Path, Long> sizes = new HashMap<>();
    private final Thread looking = new Thread(this::look, "journal-files");
    private volatile boolean closed;

    /** @param segmentBytes of the broker's configuration */
    JournalFiles(Path data, long segmentBytes) {
        this.journal = data.resolve("journal");
        this.segmentBytes = segmentBytes;
        looking.setDaemon(true);
        looking.start();
    }

    private void look() {
        while (!closed) {
            seen();
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private synchronized void seen() {
        if (!Files.isDirectory(journal)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(journal)) {
            for (Path file : tree.filter(JournalFiles::isSegment).toList()) {
                sizes.merge(file, Files.size(file), Math::max);
            }
        } catch (NoSuchFileException | UncheckedIOException e) {
            return; // dropped while it was looked at: next time
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the segments that are there take. */
    static long segmentBytes(Path data) throws IOException {
        try (Stream<Path> tree = Files.walk(data.resolve("journal"))) {
            long sum = 0;
            for (Path file : tree.filter(JournalFiles::isSegment).toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    private static boolean isSegment(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".segment") || name.endsWith(".cq4");
    }

    /** Bytes appended since the journal was created. */
    synchronized long appended() throws IOException {
        seen();
        long sum = 0;
        for (Map.Entry<Path, Long> each : List.copyOf(sizes.entrySet())) {
            try {
                sum += extent(each.getKey());
            } catch (NoSuchFileException e) {
                sum += Math.min(segmentBytes, each.getValue()); // full, as the type says
            }
        }
        return sum;
    }

    /** Where the frames end, or the last byte that is not zero in a file without any. */
    static long extent(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = endOfFrames(channel);
            return end > 0 ? end : endOfBytes(channel);
        }
    }

    /** The numbers of frames grow; what a file holds of an older segment has smaller ones. The format: docs/journal-format.md. */
    private static long endOfFrames(FileChannel channel) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(FRAME_HEADER);
        long end = 0;
        long lsn = 0;
        long at = 0;
        while (at <= end + MOST_BETWEEN_FRAMES && read(channel, header.clear(), at)) {
            boolean next = header.getShort(0) == FRAME_MAGIC && header.getLong(16) >= lsn;
            if (next) {
                lsn = header.getLong(16);
                end = at + FRAME_HEADER + (header.getInt(24) + 3 & ~3);
            }
            at = next ? end : at + 4;
        }
        return end;
    }

    /** The whole buffer; false at the end of the file. */
    private static boolean read(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {
            // until it is whole
        }
        return !buffer.hasRemaining();
    }

    private static long endOfBytes(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        long end = channel.size();
        while (end > 0) {
            long start = Math.max(0, end - CHUNK);
            read(channel, buffer.clear().limit((int) (end - start)), start);
            for (int i = buffer.position() - 1; i >= 0; i--) {
                if (buffer.get(i) != 0) {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(looking);
    }
}
