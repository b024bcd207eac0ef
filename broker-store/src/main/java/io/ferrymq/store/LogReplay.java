package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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
 * somebody and is damage, a gap above it was not, and is the end of the log. What {@link SegmentBounds} promise counts as well.
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

        void onLost(LostRecords lost) throws IOException;

        /** The log ends in this file though there is more: nobody was promised what follows. */
        void onTail(int file, long lastLsn);
    }

    private final List<SegmentFile> files;
    private final SegmentBounds bounds;
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
    private boolean endsInLoss;
    /** Behind the last frame that fitted. */
    private long good;
    /** Behind the last entry that was whole. */
    private long whole;

    private long readTwice = -1;
    private final List<StoreView.MissingSegments> missing = new ArrayList<>();
    /** Segments since the last good frame that are missing or of no use, in words. */
    private final List<String> without = new ArrayList<>();

    private long lastSegment;
    private @Nullable SnapshotPlace behind;

    /** @param bounds what must be there, as far as that is known */
    LogReplay(List<SegmentFile> files, SegmentBounds bounds, long salt, Listener listener) {
        this.files = files;
        this.bounds = bounds;
        this.salt = salt;
        this.listener = listener;
        this.entry = new EntryAssembly(listener);
    }

    /** Begins behind this place, which is in the first of the files. */
    LogReplay behind(SnapshotPlace place) {
        behind = place;
        return this;
    }

    /** For the listener: nothing more is to be handed over. */
    void stop() {
        ended = true;
    }

    Journal.Recovery run() throws IOException {
        SegmentStarts starts = SegmentStarts.of(files, salt, window);
        firstLsn = bounds.firstLsn() > 0 ? bounds.firstLsn() : starts.firstLsn();
        expected = firstLsn;
        delivered = expected - 1;
        lastSegment = bounds.oldest() > 0 || files.isEmpty()
                ? Math.max(0, bounds.oldest() - 1)
                : files.get(0).id() - 1;
        if (behind != null) {
            goOnBehind(behind);
        }
        for (int i = 0; i < files.size(); i++) {
            listener.onSegment(i);
            missUpTo(files.get(i).id());
            if (!ended) {
                walk(i, starts.endOfEpoch(i));
            }
        }
        finish();
        return new Journal.Recovery(entry.records(), delivered, damaged, entry.stoppedCleanly());
    }

    private void goOnBehind(SnapshotPlace place) {
        firstLsn = place.lsn() + 1;
        expected = firstLsn;
        delivered = place.lsn();
        lastSegment = place.segment() - 1;
        epoch = place.epoch();
        begun = true;
        good = Place.of(0, place.end());
        whole = good;
        entry.begins(place.isCleanStop());
    }

    /** The next segment is this one. */
    private void missUpTo(long segment) {
        if (segment > lastSegment + 1) {
            StoreView.MissingSegments range = new StoreView.MissingSegments(lastSegment + 1, segment - 1);
            missing.add(range);
            without.add(range.toString());
        }
        lastSegment = Math.max(lastSegment, segment);
    }

    /** Where there is nothing more, something may be missing yet. */
    private void finish() throws IOException {
        long behind = Place.of(files.size(), 0);
        missUpTo(bounds.newest() + 1);
        endsInLoss = resuming || bounds.durableLsn() > delivered || !without.isEmpty();
        if (endsInLoss) {
            entry.abandon(); // the last record that is left is not the last that was
        }
        if (resuming) {
            lost(skippedTo, behind);
        }
        // these LSNs are given again, as the sequences in the lost records are: should they come back, they must not
        // count
        long last = delivered;
        lost(bounds.durableLsn(), behind);
        lostWithoutATrace(behind);
        delivered = last;
    }

    private void walk(int file, long endOfEpoch) throws IOException {
        boolean any = false;
        try (FrameScanner scanner = new FrameScanner(files.get(file), salt, window)) {
            if (file == 0 && behind != null) {
                any = true;
                scanner.seek(behind.end());
            }
            while (!ended && scanner.next()) {
                any = true;
                onFrame(file, scanner, endOfEpoch);
            }
        }
        if (!any && files.get(file).id() == bounds.newest()) { // of an older one the next one's header tells
            without.add("nothing of segment " + bounds.newest() + " can be read");
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
        } else if (file == files.size() - 1 && readTwice != good) {
            readTwice = good;
            frame.reread(Place.segment(good) == file ? Place.offset(good) : 0);
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
        return endOfEpoch != Long.MAX_VALUE
                || bounds.durableLsn() >= expected
                || frame.durableThen() >= expected
                || isPromisedLater(file, frame.offset());
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
            listener.onLost(new LostRecords(delivered + 1, upTo, whole, good, goesOn, List.copyOf(without)));
            without.clear();
            damaged += upTo - delivered;
            delivered = upTo;
        }
    }

    /** A segment is gone and no LSN tells what was in it: the one that comes next stands for all of it. */
    private void lostWithoutATrace(long goesOn) throws IOException {
        if (!without.isEmpty()) {
            listener.onLost(new LostRecords(delivered + 1, delivered + 1, whole, good, goesOn, List.copyOf(without)));
            without.clear();
            damaged++;
        }
    }

    private void accept(int file, FrameScanner frame, boolean header) throws IOException {
        lostWithoutATrace(Place.of(file, frame.offset()));
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

    List<StoreView.MissingSegments> missing() {
        return missing;
    }

    /** The LSN that the log begins with. */
    long firstLsn() {
        return firstLsn;
    }

    /** Where the log ends; empty when that is in damage. */
    OptionalLong end() {
        return endsInLoss ? OptionalLong.empty() : OptionalLong.of(good);
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
