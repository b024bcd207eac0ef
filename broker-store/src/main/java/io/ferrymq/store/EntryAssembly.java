package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the records of an entry together from frames and hands them over when the last one is there. Used during recovery, on
 * its thread.
 */
final class EntryAssembly {
    private final Segments segments;
    private final Journal.Visitor visitor;
    private final List<Pending> pending = new ArrayList<>();
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private long recordBytes;
    private int chunk;
    private @Nullable Segment startedIn;
    private boolean whole;
    private long records;
    private boolean stoppedCleanly;

    EntryAssembly(Segments segments, Journal.Visitor visitor) {
        this.segments = segments;
        this.visitor = visitor;
    }

    /** Which chunk of a record must come next. */
    int chunk() {
        return chunk;
    }

    boolean isWhole() {
        return whole;
    }

    void add(FrameScanner frame, Segment segment) {
        Segment started = startedIn == null ? segment : startedIn;
        boolean more = frame.has(FrameFormat.MORE_CHUNKS);
        recordBytes += frame.bytes();
        if (more || chunk > 0) {
            byte[] bytes = new byte[frame.payload().remaining()];
            frame.payload().get(bytes);
            chunks.writeBytes(bytes);
        }
        if (more) {
            chunk++;
            startedIn = started;
            return;
        }
        ByteBuffer bytes = chunk > 0 ? ByteBuffer.wrap(chunks.toByteArray()) : frame.payload();
        Record record = LogReplay.decode(frame.lsn(), frame.type(), bytes);
        pending.add(new Pending(frame.lsn(), record, started, recordBytes));
        chunks.reset();
        recordBytes = 0;
        chunk = 0;
        startedIn = null;
        whole = !frame.has(FrameFormat.MORE_IN_ENTRY);
    }

    /** Hands the entry over and returns its last LSN. */
    long deliver() {
        long last = 0;
        for (Pending one : pending) {
            if (one.record.type().live()) {
                segments.addLive(one.segment, one.lsn, one.bytes);
            }
            visitor.onRecord(one.lsn, one.record);
            stoppedCleanly = one.record.type() == Record.Type.STOPPED_CLEANLY;
            records++;
            last = one.lsn;
        }
        clear();
        return last;
    }

    void clear() {
        pending.clear();
        chunks.reset();
        recordBytes = 0;
        chunk = 0;
        startedIn = null;
        whole = false;
    }

    long records() {
        return records;
    }

    /** A broker has run on the log again: a stop before that says nothing about how it ends. */
    void resumed() {
        stoppedCleanly = false;
    }

    boolean stoppedCleanly() {
        return stoppedCleanly;
    }

    private record Pending(long lsn, Record record, Segment segment, long bytes) {}
}
