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
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which the log is read back, for a start and for people: every segment, oldest first, frame by frame; whole entries
 * only are handed over.
 *
 * <p>A gap in the LSNs is either the tail that a crash tore off or damage. Two facts tell them apart. A later epoch begins
 * with the LSN where the one before it ended, so what it lacks below is damage and what it has above is the torn tail. And
 * in the last epoch every frame says which position was durable when it was written: a gap below that was promised to
 * somebody and is damage, a gap above it was not, and is the end of the log.
 *
 * <p>It changes nothing. A broker may be writing meanwhile: what looks wrong in the newest segment is read a second time before
 * it is believed. Used once, on one thread.
 */
final class LogReplay {
    private static final int WINDOW = 4 << 20;

    /** What is made of the log, in its order. */
    interface Listener extends EntryAssembly.Visitor {
        /** What comes now is in this file. */
        void onSegment(int file) throws IOException;

        /** A segment header of that file, whatever it is worth: it ends here. */
        void onHeader(long offset);

        /** A frame that has its place in the log: a header, or a piece of a record. */
        void onFrame(int file, FrameScanner frame);

        /** What lies between the last whole entry and this offset of the current file was torn off, not damaged. */
        void onTornOff(long offset);

        /** The entry that was handed over ends here. */
        void onEntryEnd(long place);

        void onLost(Loss loss) throws IOException;

        /** The log ends in this file though there is more: nobody was promised what follows. */
        void onTail(int file, long lastLsn);
    }

    /**
     * Records that were promised and are not there.
     *
     * @param whole where the last whole entry before them ends
     * @param good where the last frame before them ends
     * @param goesOn where the next good entry begins; behind the last file if there is none
     */
    record Loss(long firstLsn, long lastLsn, long whole, long good, long goesOn) {}

    private final List<SegmentFile> files;
    private final long salt;
    private final Listener listener;
    private final EntryAssembly entry;
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
    private @Nullable ByteBuffer aheadWindow;
    private int epoch;
    private long firstLsn;
    private long expected;
    private long delivered;
    private long damaged;
    private long skippedTo;
    private int droppedChunks;
    private boolean begun;
    private boolean resuming;
    private boolean ended;
    /** Behind the last frame that fitted. */
    private long good;
    /** Behind the last entry that was whole. */
    private long whole;

    private long readTwice = -1;
    private @Nullable SnapshotPlace behind;

    LogReplay(List<SegmentFile> files, long salt, Listener listener) {
        this.files = files;
        this.salt = salt;
        this.listener = listener;
        this.entry = new EntryAssembly(listener);
    }

    /** Begins behind this place, which is in the first of the files. */
    LogReplay behind(SnapshotPlace place) {
        behind = place;
        return this;
    }

    Journal.Recovery run() throws IOException {
        SegmentStarts starts = SegmentStarts.of(files, salt, window);
        firstLsn = starts.firstLsn();
        if (behind != null) {
            goOnBehind(behind);
        }
        expected = firstLsn;
        delivered = expected - 1;
        for (int i = 0; i < files.size(); i++) {
            listener.onSegment(i);
            if (!ended) {
                walk(i, starts.endOfEpoch(i));
            }
        }
        if (resuming) {
            lost(skippedTo, Place.of(files.size(), 0));
        }
        return new Journal.Recovery(entry.records(), delivered, damaged, entry.stoppedCleanly());
    }

    private void goOnBehind(SnapshotPlace place) {
        firstLsn = place.lsn() + 1;
        epoch = place.epoch();
        begun = true;
        good = Place.of(0, place.end());
        whole = good;
        entry.begins(place.isCleanStop());
    }

    /** For the listener: nothing more is to be handed over. */
    void stop() {
        ended = true;
    }

    private void walk(int file, long endOfEpoch) throws IOException {
        try (FrameScanner scanner = new FrameScanner(files.get(file), salt, window)) {
            if (file == 0 && behind != null) {
                scanner.seek(behind.end());
            }
            while (!ended && scanner.next()) {
                onFrame(file, scanner, endOfEpoch);
            }
        }
    }

    private void onFrame(int file, FrameScanner frame, long endOfEpoch) throws IOException {
        if (frame.lsn() >= endOfEpoch || frame.lsn() < expected) {
            return;
        }
        boolean header = frame.type() == FrameFormat.SEGMENT_HEADER;
        boolean newEpoch = frame.epoch() != epoch;
        if (newEpoch) {
            beginEpoch(frame);
        }
        if (header) {
            listener.onHeader(frame.offset() + frame.bytes());
        }
        if (!begun) {
            droppedChunks = header ? frame.chunk() : 0;
            begun = true;
        }
        if (!resuming && isNext(frame, header)) {
            accept(file, frame, header);
        } else if (file == files.size() - 1 && Place.segment(good) == file && readTwice != good) {
            readTwice = good;
            frame.reread(Place.offset(good));
        } else if (resuming || isDamage(file, frame, endOfEpoch)) {
            resume(file, frame, header, newEpoch);
        } else {
            listener.onTail(file, delivered);
            ended = true;
        }
    }

    /** The rest of an entry that was cut off will never come; its LSNs are given again. */
    private void beginEpoch(FrameScanner frame) {
        epoch = frame.epoch();
        entry.abandon();
        expected = delivered + 1;
        resuming = false;
        if (frame.lsn() == expected) {
            listener.onTornOff(frame.offset());
        }
    }

    /** The log may begin with the last chunks of a record whose first ones went with a dropped segment. */
    private boolean isNext(FrameScanner frame, boolean header) {
        return frame.lsn() == expected && (header || frame.chunk() == Math.max(entry.chunk(), droppedChunks));
    }

    private boolean isDamage(int file, FrameScanner frame, long endOfEpoch) throws IOException {
        return endOfEpoch != Long.MAX_VALUE || frame.durableThen() >= expected || isPromisedLater(file, frame.offset());
    }

    private boolean isPromisedLater(int file, long offset) throws IOException {
        ByteBuffer into = aheadWindow == null ? ByteBuffer.allocateDirect(WINDOW) : aheadWindow;
        aheadWindow = into;
        for (int i = file; i < files.size(); i++) {
            try (FrameScanner ahead = new FrameScanner(files.get(i), salt, into.clear())) {
                ahead.seek(i > file ? 0 : offset + FrameFormat.HEADER);
                while (ahead.next()) {
                    if (ahead.durableThen() >= expected) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Goes on behind damage, at the first frame that begins an entry. */
    private void resume(int file, FrameScanner frame, boolean header, boolean newEpoch) throws IOException {
        entry.clear();
        droppedChunks = 0;
        boolean begins = header ? newEpoch : frame.chunk() == 0 && !frame.has(FrameFormat.CONTINUES_ENTRY);
        if (!begins) {
            resuming = true;
            skippedTo = header ? frame.lsn() - 1 : frame.lsn();
            return;
        }
        resuming = false;
        lost(frame.lsn() - 1, Place.of(file, frame.offset()));
        expected = frame.lsn();
        accept(file, frame, header);
    }

    private void lost(long upTo, long goesOn) throws IOException {
        if (upTo > delivered) {
            listener.onLost(new Loss(delivered + 1, upTo, whole, good, goesOn));
            damaged += upTo - delivered;
            delivered = upTo;
        }
    }

    private void accept(int file, FrameScanner frame, boolean header) {
        listener.onFrame(file, frame);
        good = Place.of(file, frame.offset() + frame.bytes());
        if (header) {
            return;
        }
        boolean more = frame.has(FrameFormat.MORE_CHUNKS);
        if (droppedChunks > 0) {
            delivered += more ? 0 : 1;
            droppedChunks = more ? droppedChunks + 1 : 0;
        } else {
            entry.add(frame, file);
        }
        expected += more ? 0 : 1;
        if (entry.isWhole()) {
            delivered = entry.deliver();
            whole = good;
            listener.onEntryEnd(whole);
        }
    }

    /** The LSN that the log begins with. */
    long firstLsn() {
        return firstLsn;
    }

    /** Where the log ends; empty when that is in damage. */
    OptionalLong end() {
        return resuming ? OptionalLong.empty() : OptionalLong.of(good);
    }

    static Record decode(long lsn, byte type, ByteBuffer bytes) {
        try {
            return RecordCodec.decode(type, bytes);
        } catch (MalformedRecordException e) {
            throw unreadable(lsn, e);
        }
    }

    static BrokerException unreadable(long lsn, MalformedRecordException why) {
        return new BrokerException(
                Code.STORE_FORMAT,
                "the journal has an intact record this build cannot read: lsn=" + lsn + ", " + why.getMessage(),
                why);
    }
}
