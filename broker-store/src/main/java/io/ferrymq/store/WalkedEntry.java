package io.ferrymq.store;

import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the records of an entry together, with their places, and hands them over when all are there. Owned by {@link LogWalk}. */
final class WalkedEntry {
    /** Sees the records of whole entries, in order. */
    interface Visitor {
        /**
         * @param place where it begins
         * @param bytes what it takes in its segments
         */
        void onRecord(Record record, long place, int bytes);
    }

    /** A record whose checksum is right and which says nothing to this build. */
    record Unreadable(long lsn, long place, String why) {}

    private record Pending(Record record, long place, int bytes) {}

    private final Visitor visitor;
    private final List<Pending> pending = new ArrayList<>();
    private final List<Unreadable> unreadable = new ArrayList<>();
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private int chunk;
    private long place;
    private int bytes;
    private long lastLsn;
    private boolean whole;
    private long records;
    private boolean stoppedCleanly;

    WalkedEntry(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Which chunk of a record must come next. */
    int chunk() {
        return chunk;
    }

    boolean isWhole() {
        return whole;
    }

    void add(FrameScanner frame, int segment) {
        if (chunk == 0) {
            place = Place.of(segment, frame.offset());
            bytes = 0;
        }
        bytes += frame.bytes();
        boolean more = frame.has(FrameFormat.MORE_CHUNKS);
        if (more || chunk > 0) {
            byte[] payload = new byte[frame.payload().remaining()];
            frame.payload().get(payload);
            chunks.writeBytes(payload);
        }
        if (more) {
            chunk++;
            return;
        }
        Record record = decode(frame, chunk > 0 ? ByteBuffer.wrap(chunks.toByteArray()) : frame.payload());
        if (record != null) {
            pending.add(new Pending(record, place, bytes));
        }
        lastLsn = frame.lsn();
        chunks.reset();
        chunk = 0;
        whole = !frame.has(FrameFormat.MORE_IN_ENTRY);
    }

    private @Nullable Record decode(FrameScanner frame, ByteBuffer payload) {
        try {
            return RecordCodec.decode(frame.type(), payload);
        } catch (MalformedRecordException e) {
            unreadable.add(new Unreadable(frame.lsn(), place, String.valueOf(e.getMessage())));
            return null;
        }
    }

    /** Hands the entry over and returns its last LSN. */
    long deliver() {
        for (Pending one : pending) {
            visitor.onRecord(one.record, one.place, one.bytes);
            stoppedCleanly = one.record.type() == Record.Type.STOPPED_CLEANLY;
            records++;
        }
        clear();
        return lastLsn;
    }

    void clear() {
        pending.clear();
        chunks.reset();
        chunk = 0;
        whole = false;
    }

    /** A broker has run on the log again: what is not whole will never be, and a stop before that says nothing. */
    void abandon() {
        clear();
        stoppedCleanly = false;
    }

    List<Unreadable> unreadable() {
        return unreadable;
    }

    long records() {
        return records;
    }

    boolean stoppedCleanly() {
        return stoppedCleanly;
    }
}
