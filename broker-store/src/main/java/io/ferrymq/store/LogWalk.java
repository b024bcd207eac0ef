package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads the log for people: what is live, with the place of each record, what each segment has, and every damage with where it is.
 * Used once, on one thread.
 */
final class LogWalk implements LogReplay.Listener {
    private final List<SegmentFile> files;
    private final LiveState state;
    private final DamageProbe probe;
    private final LogReplay replay;
    private final List<Tally> tallies = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final List<Damage> unreadable = new ArrayList<>();
    private Journal.Recovery recovery = new Journal.Recovery(0, 0, 0, false);

    /** What was counted in one segment. */
    static final class Tally {
        long bytes;
        long firstLsn;
        long lastLsn;
        long records;
    }

    LogWalk(List<SegmentFile> files, SegmentBounds bounds, long salt, LiveState state) {
        this.files = files;
        this.state = state;
        this.probe = new DamageProbe(files);
        this.replay = new LogReplay(files, bounds, salt, this);
    }

    void run() throws IOException {
        recovery = replay.run();
    }

    @Override
    public void onSegment(int file) throws IOException {
        Tally tally = new Tally();
        tally.bytes = Files.size(files.get(file).path());
        tallies.add(tally);
    }

    @Override
    public void onHeader(long offset) {}

    /** A record counts where it begins. */
    @Override
    public void onFrame(int file, FrameScanner frame) {
        if (frame.chunk() == 0 && frame.type() != FrameFormat.SEGMENT_HEADER) {
            Tally tally = tallies.get(file);
            tally.firstLsn = tally.firstLsn == 0 ? frame.lsn() : tally.firstLsn;
            tally.lastLsn = frame.lsn();
            tally.records++;
        }
    }

    @Override
    public void onTornOff(long offset) {}

    @Override
    public void onRecord(long lsn, Record record, long place, int bytes) {
        state.onRecord(record, place, bytes);
    }

    @Override
    public void onUnreadable(long lsn, long place, MalformedRecordException why) {
        unreadable.add(new Damage(
                probe.name(Place.segment(place)),
                Place.offset(place),
                lsn,
                lsn,
                "the record is intact, but this build cannot read it: " + why.getMessage(),
                List.of()));
    }

    @Override
    public void onEntryEnd(long place) {}

    @Override
    public void onLost(LostRecords lost) throws IOException {
        damages.add(probe.damage(lost));
    }

    @Override
    public void onTail(int file, long lastLsn) {}

    List<Tally> tallies() {
        return tallies;
    }

    /** Those of the log, and intact records that this build cannot read. */
    List<Damage> damages() {
        List<Damage> all = new ArrayList<>(damages);
        all.addAll(unreadable);
        return List.copyOf(all);
    }

    Optional<StoreView.Tail> tail() throws IOException {
        OptionalLong end = replay.end();
        return files.isEmpty() || end.isEmpty()
                ? Optional.empty()
                : probe.tail(end.getAsLong(), recovery.lastLsn() + 1);
    }

    /** What a start would find. */
    Journal.Recovery recovery() {
        return recovery;
    }

    List<StoreView.MissingSegments> missing() {
        return List.copyOf(replay.missing());
    }

    long firstLsn() {
        return recovery.records() == 0 ? 0 : replay.firstLsn();
    }
}
