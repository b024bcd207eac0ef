package io.ferrymq.store;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Turns entries into frames, collects them in one buffer and gives it to the engine; rolls to a new segment when one is full.
 * Owned by whoever runs the writer.
 */
final class FrameWriter {
    private static final int MOST_KEPT = 4 << 20;

    private final SegmentEngine engine;
    private final FrameFormat format;
    private final Segments segments;
    private final Rolls rolls;
    private final long segmentBytes;
    private final int maxPayload;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(FrameFormat.MAX_APPEND);
    /** For records of several chunks. */
    private ByteBuffer large = ByteBuffer.allocate(0);

    private long nextSegment;
    private long appendedBytes;

    /** Sees segments begin. */
    interface Rolls {
        /** What must be so before; may wait for it. */
        void beforeRoll(boolean first) throws IOException;

        /** It is there, durable, and all before it too. */
        void rolled(SegmentFile segment, boolean first) throws IOException;
    }

    /** @param firstSegment of this run */
    FrameWriter(
            SegmentEngine engine,
            FrameFormat format,
            Segments segments,
            long segmentBytes,
            Rolls rolls,
            long firstSegment) {
        this.engine = engine;
        this.format = format;
        this.segments = segments;
        this.rolls = rolls;
        this.segmentBytes = segmentBytes;
        this.maxPayload = (int) Math.min(FrameFormat.MAX_PAYLOAD, segmentBytes / 4) - FrameFormat.HEADER;
        this.nextSegment = firstSegment;
    }

    /** The first segment of this run. */
    void open(long lsn) throws IOException {
        roll(lsn, 0, true);
    }

    /** @param durable what is known to be durable: goes into every frame */
    void append(JournalEntry entry, long durable) throws IOException {
        List<Record> records = entry.records();
        for (int i = 0; i < records.size(); i++) {
            int flags = (i > 0 ? FrameFormat.CONTINUES_ENTRY : 0)
                    | (i < records.size() - 1 ? FrameFormat.MORE_IN_ENTRY : 0);
            append(records.get(i), entry.firstLsn() + i, flags, durable);
        }
    }

    private void append(Record record, long lsn, int flags, long durable) throws IOException {
        long unsynced = lsn - 1 - durable;
        int most = RecordCodec.maxLength(record);
        if (most > maxPayload) {
            appendInChunks(record, most, lsn, flags, unsynced);
            return;
        }
        int start = reserve(most, lsn, 0);
        RecordCodec.encode(record, buffer);
        format.seal(buffer, start, record.type().code(), flags, 0, unsynced, lsn);
        pin(record, lsn, buffer.position() - start);
    }

    private void appendInChunks(Record record, int most, long lsn, int flags, long unsynced) throws IOException {
        ByteBuffer whole = large(most);
        RecordCodec.encode(record, whole);
        whole.flip();
        for (int chunk = 0; chunk == 0 || whole.hasRemaining(); chunk++) {
            int length = Math.min(maxPayload, whole.remaining());
            int start = reserve(length, lsn, chunk);
            if (chunk == 0) {
                pin(record, lsn, whole.remaining());
            }
            buffer.put(whole.slice(whole.position(), length));
            whole.position(whole.position() + length);
            int more = whole.hasRemaining() ? FrameFormat.MORE_CHUNKS : 0;
            format.seal(buffer, start, record.type().code(), flags | more, chunk, unsynced, lsn);
        }
    }

    /** What it takes for a large record is kept for the next one. */
    private ByteBuffer large(int bytes) {
        if (large.capacity() >= bytes) {
            return large.clear();
        }
        ByteBuffer larger = ByteBuffer.allocate(bytes);
        if (bytes <= MOST_KEPT) {
            large = larger;
        }
        return larger;
    }

    private void pin(Record record, long lsn, int bytes) {
        if (record.type().live()) {
            segments.addLive(lsn, bytes);
        }
    }

    /** Makes room for a frame in the buffer and in the segment; returns where it starts. */
    private int reserve(int payload, long lsn, int chunk) throws IOException {
        int bytes = FrameFormat.HEADER + FrameFormat.padded(payload);
        if (buffer.remaining() < bytes) {
            flush();
        }
        if (engine.room() < buffer.position() + bytes) {
            flush();
            roll(lsn, chunk, false);
        }
        int start = buffer.position();
        buffer.position(start + FrameFormat.HEADER);
        return start;
    }

    /** Whether the frames of an entry take at most so many bytes. */
    static boolean isAtMost(int bytes, JournalEntry entry) {
        List<Record> records = entry.records();
        long sum = 0;
        for (int i = 0; i < records.size() && sum <= bytes; i++) {
            sum += FrameFormat.HEADER + FrameFormat.padded(RecordCodec.maxLength(records.get(i)));
        }
        return sum <= bytes;
    }

    /** Gives what was collected to the engine. */
    void flush() throws IOException {
        if (buffer.position() > 0) {
            appendedBytes += buffer.flip().remaining();
            engine.append(buffer);
            if (buffer.hasRemaining()) {
                throw new IOException("short write: missing=" + buffer.remaining());
            }
            indexed(buffer);
            buffer.clear();
        }
    }

    /** Before any position that covers it is published. */
    private void indexed(ByteBuffer frames) {
        long end = segmentBytes - engine.room();
        segments.newest().blocks().appended(frames, end - frames.limit());
    }

    /** The header says which record comes next, and with which of its chunks. All before it is durable. */
    private void roll(long lsn, int chunk, boolean first) throws IOException {
        rolls.beforeRoll(first);
        ByteBuffer header = ByteBuffer.allocate(FrameFormat.HEADER).position(FrameFormat.HEADER);
        format.segment(nextSegment);
        format.seal(header, 0, FrameFormat.SEGMENT_HEADER, 0, chunk, 0, lsn);
        segments.begin(engine.roll(nextSegment, header.flip()));
        indexed(header);
        nextSegment++;
        appendedBytes += FrameFormat.HEADER;
        rolls.rolled(segments.newest().file(), first);
    }

    /** How much waits in the buffer. */
    int buffered() {
        return buffer.position();
    }

    long appendedBytes() {
        return appendedBytes;
    }
}
