package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log back: every segment, oldest first, frame by frame, and hands over whole entries only.
 *
 * <p>A gap in the LSNs is either the tail that a crash tore off or damage. Two facts tell them apart. A later epoch begins
 * with the LSN where the one before it ended, so what it lacks below is damage and what it has above is the torn tail. And
 * in the last epoch every frame says which position was durable when it was written: a gap below that was promised to
 * somebody and is damage, a gap above it was not, and is the end of the log.
 *
 * <p>Used once, on one thread.
 */
final class LogReplay {
    private static final Logger LOG = LoggerFactory.getLogger(LogReplay.class);

    private static final int WINDOW = 4 << 20;

    private final List<SegmentFile> files;
    private final long salt;
    private final Segments segments;
    private final EntryAssembly entry;
    private final SetAside setAside;
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
    private int epoch;
    private long expected;
    private long delivered;
    private long damaged;
    private long skippedTo;
    private int droppedChunks;
    private boolean begun;
    private boolean resuming;
    private boolean ended;

    LogReplay(List<SegmentFile> files, long salt, Segments segments, Journal.Visitor visitor, SetAside setAside) {
        this.files = files;
        this.salt = salt;
        this.segments = segments;
        this.setAside = setAside;
        this.entry = new EntryAssembly(segments, visitor);
    }

    Journal.Recovery run() throws IOException {
        SegmentStarts starts = SegmentStarts.of(files, salt, window);
        expected = starts.firstLsn();
        delivered = expected - 1;
        for (int i = 0; i < files.size() && !ended; i++) {
            segments.begin(files.get(i));
            setAside.begins(files.get(i));
            try (FrameScanner scanner = new FrameScanner(files.get(i), salt, window)) {
                while (!ended && scanner.next()) {
                    onFrame(i, scanner, starts.endOfEpoch(i));
                }
            }
        }
        for (int i = segments.count(); i < files.size(); i++) {
            segments.begin(files.get(i));
        }
        if (resuming) {
            lost(skippedTo, Long.MAX_VALUE);
        }
        return new Journal.Recovery(entry.records(), delivered, damaged, entry.stoppedCleanly());
    }

    private void onFrame(int file, FrameScanner frame, long endOfEpoch) throws IOException {
        if (frame.lsn() >= endOfEpoch || frame.lsn() < expected) {
            return;
        }
        boolean header = frame.type() == FrameFormat.SEGMENT_HEADER;
        boolean newEpoch = frame.epoch() != epoch;
        if (newEpoch) {
            epoch = frame.epoch();
            abandonEntry();
            entry.resumed();
            if (frame.lsn() == expected) {
                setAside.goodUpTo(frame.offset()); // what lies before it was torn off, not damaged
            }
        }
        if (header) {
            setAside.headerEndsAt(frame.offset() + frame.bytes());
        }
        if (!begun) {
            droppedChunks = header ? frame.chunk() : 0;
            begun = true;
        }
        if (!resuming && isNext(frame, header)) {
            accept(frame, header);
        } else if (resuming || isDamage(file, frame, endOfEpoch)) {
            resume(file, frame, header, newEpoch);
        } else {
            LOG.info("Journal ends at LSN {}: nobody was promised what follows in {}", delivered, files.get(file));
            ended = true;
        }
    }

    /** The rest of an entry that was cut off will never come; its LSNs are given again. */
    private void abandonEntry() {
        entry.clear();
        expected = delivered + 1;
        resuming = false;
    }

    /** The log may begin with the last chunks of a record whose first ones went with a dropped segment. */
    private boolean isNext(FrameScanner frame, boolean header) {
        return frame.lsn() == expected && (header || frame.chunk() == Math.max(entry.chunk(), droppedChunks));
    }

    private boolean isDamage(int file, FrameScanner frame, long endOfEpoch) throws IOException {
        return endOfEpoch != Long.MAX_VALUE || frame.durableThen() >= expected || isPromisedLater(file, frame.offset());
    }

    private boolean isPromisedLater(int file, long offset) throws IOException {
        ByteBuffer aheadWindow = ByteBuffer.allocateDirect(WINDOW);
        for (int i = file; i < files.size(); i++) {
            try (FrameScanner ahead = new FrameScanner(files.get(i), salt, aheadWindow)) {
                while (ahead.next()) {
                    if ((i > file || ahead.offset() > offset) && ahead.durableThen() >= expected) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Goes on behind damage, at the first frame that begins an entry. */
    private void resume(int file, FrameScanner frame, boolean header, boolean newEpoch) {
        entry.clear();
        droppedChunks = 0;
        boolean begins = header ? newEpoch : frame.chunk() == 0 && !frame.has(FrameFormat.CONTINUES_ENTRY);
        if (!begins) {
            resuming = true;
            skippedTo = header ? frame.lsn() - 1 : frame.lsn();
            return;
        }
        resuming = false;
        lost(frame.lsn() - 1, frame.offset());
        LOG.error("Journal goes on behind the damage: offset={}, {}", frame.offset(), files.get(file));
        expected = frame.lsn();
        accept(frame, header);
    }

    private void lost(long upTo, long offset) {
        if (upTo > delivered) {
            LOG.error("Journal is damaged: the records with LSN {} to {} cannot be read", delivered + 1, upTo);
            setAside.keep(offset, delivered + 1, upTo);
            damaged += upTo - delivered;
            delivered = upTo;
        }
    }

    private void accept(FrameScanner frame, boolean header) {
        BlockIndex blocks = segments.newest().blocks();
        blocks.add(frame.type(), frame.chunk(), frame.lsn(), frame.offset(), frame.bytes());
        blocks.publish();
        if (header) {
            return;
        }
        boolean more = frame.has(FrameFormat.MORE_CHUNKS);
        if (droppedChunks > 0) {
            delivered += more ? 0 : 1;
            droppedChunks = more ? droppedChunks + 1 : 0;
        } else {
            entry.add(frame, segments.newest());
        }
        expected += more ? 0 : 1;
        if (entry.isWhole()) {
            delivered = entry.deliver();
            setAside.goodUpTo(frame.offset() + frame.bytes());
        }
    }

    static Record decode(long lsn, byte type, ByteBuffer bytes) {
        try {
            return RecordCodec.decode(type, bytes);
        } catch (MalformedRecordException e) {
            throw new BrokerException(
                    Code.STORE_FORMAT,
                    "the journal has an intact record this build cannot read: lsn=" + lsn + ", " + e.getMessage(),
                    e);
        }
    }
}
