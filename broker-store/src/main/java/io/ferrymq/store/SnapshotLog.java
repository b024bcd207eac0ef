package io.ferrymq.store;

import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import io.ferrymq.snapshot.SnapshotFold;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log for a snapshot, up to what was durable when it began or as far as the fold has room. It puts up with no damage: a
 * snapshot made over a damaged record would hide it from the next recovery. Used once, by one thread.
 */
final class SnapshotLog implements LogReplay.Listener {
    private final LogRecovery found;
    private final SnapshotFold fold;
    private final long upTo;
    private @Nullable LogReplay replay;
    private long lastLsn;
    private boolean done;

    SnapshotLog(LogRecovery found, SnapshotFold fold, long upTo) {
        this.found = found;
        this.fold = fold;
        this.upTo = upTo;
    }

    /** The replay that this listens to, and ends. */
    void ends(LogReplay listenedTo) {
        replay = listenedTo;
    }

    @Override
    public void onSegment(int file) {
        if (!done) {
            found.onSegment(file);
        }
    }

    @Override
    public void onHeader(long offset) {
        found.onHeader(offset);
    }

    @Override
    public void onFrame(int file, FrameScanner frame) {
        found.onFrame(file, frame);
    }

    @Override
    public void onTornOff(long offset) {
        found.onTornOff(offset);
    }

    @Override
    public void onRecord(long lsn, Record record, long place, int bytes) {
        found.onRecord(lsn, record, place, bytes);
        lastLsn = lsn;
    }

    @Override
    public void onUnreadable(long lsn, long place, MalformedRecordException why) {
        found.onUnreadable(lsn, place, why);
    }

    @Override
    public void onEntryEnd(long place) {
        found.onEntryEnd(place);
        if (lastLsn >= upTo || fold.isFull()) {
            done = true;
            if (replay != null) {
                replay.stop();
            }
        }
    }

    @Override
    public void onLost(LostRecords lost) throws IOException {
        throw new DamagedRecordException("lsn=" + lost.firstLsn() + " to " + lost.lastLsn());
    }

    @Override
    public void onTail(int file, long last) {} // its end is looked at afterwards
}
