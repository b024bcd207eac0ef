package io.ferrymq.store;

import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the records of an entry together from frames, with their places, and hands them over when the last one is there. Owned by
 * {@link LogReplay}.
 */
final class EntryAssembly {
    /** Sees the records of whole entries, in order. */
    interface Visitor {
        /**
         * @param place where it begins
         * @param bytes what it takes in its segments
         */
        void onRecord(long lsn, Record record, long place, int bytes);

        /** A record whose checksum is right and which says nothing to this build. Its entry may still turn out not to be whole. */
        void onUnreadable(long lsn, long place, MalformedRecordException why);
    }

    private record Pending(long lsn, Record record, long place, int bytes) {}

    private final Visitor visitor;
    private final List<Pending> pending = new ArrayList<>();
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private int chunk;
    private long place;
    private int bytes;
    private long lastLsn;
    private boolean whole;
    private long records;
    private boolean stoppedCleanly;

    EntryAssembly(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Which chunk of a record must come next. */
    int chunk() {
        return chunk;
    }

    boolean isWhole() {
        return whole;
    }

    void add(FrameScanner frame, int file) {
        if (chunk == 0) {
            place = Place.of(file, frame.offset());
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
        decode(frame, chunk > 0 ? ByteBuffer.wrap(chunks.toByteArray()) : frame.payload());
        lastLsn = frame.lsn();
        chunks.reset();
        chunk = 0;
        whole = !frame.has(FrameFormat.MORE_IN_ENTRY);
    }

    private void decode(FrameScanner frame, ByteBuffer payload) {
        try {
            pending.add(new Pending(frame.lsn(), RecordCodec.decode(frame.type(), payload), place, bytes));
        } catch (MalformedRecordException e) {
            visitor.onUnreadable(frame.lsn(), place, e);
        }
    }

    /** Hands the entry over and returns its last LSN. */
    long deliver() {
        for (Pending one : pending) {
            visitor.onRecord(one.lsn, one.record, one.place, one.bytes);
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

    /** What comes first follows a snapshot, perhaps that of a clean stop. */
    void begins(boolean afterCleanStop) {
        stoppedCleanly = afterCleanStop;
    }

    /** A broker has run on the log again: what is not whole will never be, and a stop before that says nothing. */
    void abandon() {
        clear();
        stoppedCleanly = false;
    }

    long records() {
        return records;
    }

    boolean stoppedCleanly() {
        return stoppedCleanly;
    }
}
