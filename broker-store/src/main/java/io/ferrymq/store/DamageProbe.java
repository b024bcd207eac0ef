package io.ferrymq.store;

import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at bytes that are no valid frames, for what they may have been. Everything it finds is a guess: a checksum did not match.
 * Owned by {@link LogWalk}.
 */
final class DamageProbe {
    private static final int MAX_SUSPECTS = 100;
    private static final int PIECE = 4 << 20;

    private final List<SegmentFile> files;

    DamageProbe(List<SegmentFile> files) {
        this.files = files;
    }

    /** For people: the file's name, and the directory of its run where it has one. */
    String name(int segment) {
        if (files.isEmpty()) {
            return "journal";
        }
        return name(files.get(Math.min(segment, files.size() - 1)));
    }

    static String name(SegmentFile file) {
        Path path = file.path();
        Path parent = path.getParent();
        boolean ofRun = parent != null && parent.getFileName().toString().matches("r\\d+");
        return (ofRun ? parent.getFileName() + "/" : "") + path.getFileName();
    }

    /** Describes a damage. */
    Damage damage(LostRecords lost) throws IOException {
        long firstLsn = lost.firstLsn();
        long lastLsn = lost.lastLsn();
        int begins = Place.segment(lost.whole());
        int goesOn = Place.segment(lost.goesOn());
        List<Damage.Suspect> suspects = new ArrayList<>();
        for (int i = begins; i <= goesOn && i < files.size(); i++) {
            long from = i == begins ? Place.offset(lost.whole()) : 0;
            long to = i == goesOn
                    ? Place.offset(lost.goesOn())
                    : Files.size(files.get(i).path());
            scan(i, from, to, (buffer, at, offset) -> suspect(buffer, at, firstLsn, lastLsn, suspects));
        }
        int good = Place.segment(lost.good());
        return new Damage(name(good), Place.offset(lost.good()), firstLsn, lastLsn, lost.what(), List.copyOf(suspects));
    }

    /** What looks like a frame with the next LSN behind the end of the log. */
    Optional<StoreView.Tail> tail(long good, long nextLsn) throws IOException {
        int segment = Place.segment(good);
        List<StoreView.Tail> found = new ArrayList<>();
        scan(segment, Place.offset(good), Files.size(files.get(segment).path()), (buffer, at, offset) -> {
            if (found.isEmpty() && buffer.getLong(at + 16) == nextLsn && buffer.get(at + 3) != 0) {
                found.add(new StoreView.Tail(name(segment), offset, nextLsn));
            }
            return 0;
        });
        return found.stream().findFirst();
    }

    /** Something that begins like a frame; says how many bytes were understood, or 0. */
    private interface Look {
        int at(ByteBuffer buffer, int at, long offset);
    }

    private void scan(int segment, long from, long to, Look look) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(0, to - from)));
        long start = from;
        try (FileChannel channel = FileChannel.open(files.get(segment).path(), StandardOpenOption.READ)) {
            while (start + FrameFormat.HEADER <= to) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), to - start));
                int read = channel.read(buffer, start);
                if (read < FrameFormat.HEADER) {
                    return;
                }
                start += look(buffer.flip(), start, look);
            }
        }
    }

    /** Returns where to go on: before what may lie over the end of the piece. */
    private static int look(ByteBuffer buffer, long start, Look look) {
        int at = 0;
        while (at + FrameFormat.HEADER <= buffer.limit()) {
            boolean begins = buffer.getShort(at) == FrameFormat.MAGIC && buffer.get(at + 2) == FrameFormat.VERSION;
            int length = begins ? buffer.getInt(at + 24) : 0;
            boolean over = begins
                    && length > 0
                    && length <= FrameFormat.MAX_PAYLOAD
                    && at + FrameFormat.HEADER + length > buffer.limit();
            if (over && at > 0) {
                return at;
            }
            at += Math.max(4, begins ? look.at(buffer, at, start + at) : 0);
        }
        return at;
    }

    private static int suspect(ByteBuffer buffer, int at, long firstLsn, long lastLsn, List<Damage.Suspect> suspects) {
        long lsn = buffer.getLong(at + 16);
        int length = buffer.getInt(at + 24);
        Optional<Record.Type> type = Record.Type.of(buffer.get(at + 3));
        boolean plausible = type.isPresent() && lsn >= firstLsn && lsn <= lastLsn && length > 0;
        if (!plausible || buffer.getShort(at + 6) != 0) {
            return 0;
        }
        boolean there = length <= buffer.limit() - at - FrameFormat.HEADER;
        Record record = there ? record(type.get(), buffer.slice(at + FrameFormat.HEADER, length)) : null;
        if (suspects.size() < MAX_SUSPECTS) {
            Message message = record == null ? null : LiveState.messageIn(record);
            Optional<DestinationName> destination =
                    record == null ? Optional.empty() : Optional.ofNullable(destination(record));
            suspects.add(new Damage.Suspect(
                    lsn,
                    type.get().name(),
                    destination,
                    Optional.ofNullable(message).map(found -> found.id().toString())));
        }
        return record == null ? 0 : FrameFormat.HEADER + FrameFormat.padded(length);
    }

    private static @Nullable Record record(Record.Type type, ByteBuffer payload) {
        try {
            return RecordCodec.decode(type.code(), payload);
        } catch (RuntimeException damaged) {
            return null; // what does not decode is only named by its LSN
        }
    }

    private static @Nullable DestinationName destination(Record record) {
        Message message = LiveState.messageIn(record);
        if (message != null) {
            return message.destination();
        }
        return record instanceof Record.MessagesRemoved removed ? removed.destination() : null;
    }
}
