package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start makes of the log: the segments and which of their records are live, the records for the broker, and copies of
 * what is damaged. Used once, on the recovering thread.
 */
final class LogRecovery implements LogReplay.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    private final List<SegmentFile> files;
    private final Segments segments;
    private final Journal.Visitor visitor;
    private final SetAside setAside;
    private final List<Segment> begun = new ArrayList<>();
    private final OptionalLong goesOnAt;

    LogRecovery(List<SegmentFile> files, Segments segments, Journal.Visitor visitor, SetAside setAside) {
        this(files, segments, visitor, setAside, OptionalLong.empty());
    }

    /** @param goesOnAt the first file is known up to here */
    LogRecovery(
            List<SegmentFile> files,
            Segments segments,
            Journal.Visitor visitor,
            SetAside setAside,
            OptionalLong goesOnAt) {
        this.goesOnAt = goesOnAt;
        this.files = files;
        this.segments = segments;
        this.visitor = visitor;
        this.setAside = setAside;
    }

    @Override
    public void onSegment(int file) {
        boolean known = file == 0 && goesOnAt.isPresent();
        if (!known) {
            segments.begin(files.get(file));
        }
        begun.add(segments.newest());
        setAside.begins(files.get(file));
        if (known) {
            setAside.goodUpTo(goesOnAt.getAsLong());
        }
    }

    @Override
    public void onHeader(long offset) {
        setAside.headerEndsAt(offset);
    }

    @Override
    public void onFrame(int file, FrameScanner frame) {
        BlockIndex blocks = begun.get(file).blocks();
        blocks.add(frame.type(), frame.chunk(), frame.lsn(), frame.offset(), frame.bytes());
        blocks.publish();
    }

    @Override
    public void onTornOff(long offset) {
        setAside.goodUpTo(offset);
    }

    @Override
    public void onRecord(long lsn, Record record, long place, int bytes) {
        if (record.type().live()) {
            segments.addLive(begun.get(Place.segment(place)), lsn, bytes);
        }
        visitor.onRecord(lsn, record);
    }

    @Override
    public void onUnreadable(long lsn, long place, MalformedRecordException why) {
        throw LogReplay.unreadable(lsn, why);
    }

    @Override
    public void onEntryEnd(long place) {
        setAside.goodUpTo(Place.offset(place));
    }

    @Override
    public void onLost(LostRecords lost) {
        LOG.error("Journal is damaged: the records with LSN {} to {} cannot be read", lost.firstLsn(), lost.lastLsn());
        int file = Place.segment(lost.goesOn());
        boolean goesOn = file < files.size();
        setAside.keep(goesOn ? Place.offset(lost.goesOn()) : Long.MAX_VALUE, lost.firstLsn(), lost.lastLsn());
        if (goesOn) {
            LOG.error("Journal goes on behind the damage: offset={}, {}", Place.offset(lost.goesOn()), files.get(file));
        }
    }

    @Override
    public void onTail(int file, long lastLsn) {
        LOG.info("Journal ends at LSN {}: nobody was promised what follows in {}", lastLsn, files.get(file));
    }
}
