package io.ferrymq.store;

import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordOutline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the bytes that could not be read, before their segment goes: each stretch between what is good before and behind it is
 * copied to a file, once, and what can still be made out in it is named. Used by {@link LogRecovery}, on its thread, and by
 * {@link LogReader}. What cannot be copied is only named; it stops nothing.
 */
final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);
    private static final int MOST_OF_A_STRETCH = 16 << 20;
    private static final int MOST_NAMED = 20;

    private final Path directory;
    private final long mostBytes;
    private final List<Stretch> open = new ArrayList<>();

    /** What follows the last good entry, in one file. */
    private record Stretch(SegmentFile file, long from) {}

    SetAside(Path directory) {
        this(directory, 256L << 20);
    }

    /** @param mostBytes of all stretches; what comes then is not copied */
    SetAside(Path directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    /** What comes now is in this file. */
    void begins(SegmentFile file) {
        open.add(new Stretch(file, 0));
    }

    /** The engine's bytes and the header of the current file are no damage. */
    void headerEndsAt(long offset) {
        Stretch current = open.get(open.size() - 1);
        if (current.from == 0) {
            open.set(open.size() - 1, new Stretch(current.file, offset));
        }
    }

    /** All is well up to here in the current file, and before it. */
    void goodUpTo(long offset) {
        SegmentFile current = open.get(open.size() - 1).file;
        open.clear();
        open.add(new Stretch(current, offset));
    }

    /** These records are lost: they were somewhere between what was good before and this offset of the current file. */
    void keep(long offset, long firstLsn, long lastLsn) {
        for (int i = 0; i < open.size(); i++) {
            tryToKeep(open.get(i), i == open.size() - 1 ? offset : Long.MAX_VALUE, firstLsn, lastLsn);
        }
        if (!open.isEmpty()) {
            goodUpTo(offset);
        }
    }

    /** This record of a running journal cannot be read: it was somewhere between these offsets. Any thread. */
    synchronized void keep(SegmentFile file, long from, long to, long lsn) {
        tryToKeep(new Stretch(file, from), to, lsn, lsn);
    }

    private void tryToKeep(Stretch stretch, long to, long firstLsn, long lastLsn) {
        try {
            keep(stretch, to, firstLsn, lastLsn);
        } catch (IOException e) {
            LOG.error("Damaged bytes cannot be set aside: offset={}, {}: {}", stretch.from, stretch.file, e.toString());
        }
    }

    private void keep(Stretch stretch, long to, long firstLsn, long lastLsn) throws IOException {
        byte[] bytes = read(stretch, to);
        if (bytes.length < FrameFormat.HEADER) {
            return; // no record is as short as that: only zeros, or what an engine puts between records
        }
        Path copy = directory.resolve("%d-%d.bin".formatted(stretch.file.id(), stretch.from));
        boolean there = Files.exists(copy);
        boolean room = there || bytesKept() + bytes.length <= mostBytes;
        if (!there && room) {
            write(copy, bytes);
        }
        LOG.error(
                "Damaged bytes {}: offset={}, length={}, {}; records that were there: {}",
                room ? "set aside in " + copy : "not set aside, the directory is full: " + directory,
                stretch.from,
                bytes.length,
                stretch.file,
                named(ByteBuffer.wrap(bytes), firstLsn, lastLsn));
    }

    /** Without the zeros at its end. */
    private static byte[] read(Stretch stretch, long to) throws IOException {
        try (FileChannel channel = FileChannel.open(stretch.file.path(), StandardOpenOption.READ)) {
            long end = Math.min(to, channel.size());
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(MOST_OF_A_STRETCH, end - stretch.from)));
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, stretch.from + bytes.position()) < 0) {
                    break;
                }
            }
            int length = bytes.position();
            while (length > 0 && bytes.get(length - 1) == 0) {
                length--;
            }
            return Arrays.copyOf(bytes.array(), length);
        }
    }

    private long bytesKept() throws IOException {
        long total = 0;
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    total += Files.size(file);
                }
            }
        }
        return total;
    }

    /** Under its name only when it is whole and durable. */
    private void write(Path copy, byte[] bytes) throws IOException {
        if (!Files.isDirectory(directory)) {
            Directories.create(directory);
        }
        ReplacedFile.write(copy, bytes);
    }

    /** What looks like the frame of one of the lost records; the first one also where its magic is damaged. */
    static List<String> named(ByteBuffer bytes, long firstLsn, long lastLsn) {
        List<String> names = new ArrayList<>();
        int more = 0;
        for (int at = 0; at + FrameFormat.HEADER <= bytes.limit(); at += 4) {
            long lsn = bytes.getLong(at + 16);
            boolean begins = at <= 4 || bytes.getShort(at) == FrameFormat.MAGIC;
            if (begins && lsn >= firstLsn && lsn <= lastLsn && bytes.getShort(at + 6) == 0) {
                Optional<Record.Type> type = Record.Type.of(bytes.get(at + 3));
                if (type.isPresent() && names.size() < MOST_NAMED) {
                    names.add(name(bytes, at, lsn, type.get()));
                } else if (type.isPresent()) {
                    more++;
                }
            }
        }
        if (more > 0) {
            names.add("and " + more + " more");
        } else if (names.isEmpty()) {
            payload(bytes).ifPresent(outline -> names.add("perhaps " + outline));
        }
        return names;
    }

    private static String name(ByteBuffer bytes, int at, long lsn, Record.Type type) {
        String outline = RecordOutline.of(type.code(), rest(bytes, at + FrameFormat.HEADER))
                .orElse("");
        return ("lsn=" + lsn + " " + type + " " + outline).strip();
    }

    /** The message behind a header that says nothing any more. */
    private static Optional<String> payload(ByteBuffer bytes) {
        byte added = Record.Type.MESSAGE_ADDED.code();
        return RecordOutline.of(added, rest(bytes, FrameFormat.HEADER))
                .or(() -> RecordOutline.of(added, rest(bytes, FrameFormat.HEADER + 4)));
    }

    private static ByteBuffer rest(ByteBuffer bytes, int from) {
        int at = Math.min(from, bytes.limit());
        return bytes.slice(at, Math.min(FrameFormat.MAX_PAYLOAD, bytes.limit() - at));
    }
}
