package io.ferrymq.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All segments of the log, oldest first, and which record pins which. Owned by the thread that recovers, then by the writer.
 *
 * <p>Only the oldest may go. That makes dropping safe without knowing what is in a segment: whatever ends the life of a
 * record is younger than the record, so it can only go after it.
 */
final class Segments {
    private static final int LITTLE = 64;

    private final Deque<Segment> all = new ArrayDeque<>();
    private final TreeMap<Long, Segment> byFirstLive = new TreeMap<>();
    private final ReadIndex index = new ReadIndex();
    private long live;
    private long closedBytes;
    private long closedLiveBytes;

    void begin(SegmentFile file) {
        add(new Segment(file));
    }

    private void add(Segment segment) {
        if (!all.isEmpty()) {
            Segment closed = all.getLast();
            closed.blocks().seal();
            closedBytes += closed.bytes();
            closedLiveBytes += closed.liveBytes();
        }
        all.addLast(segment);
        index.begin(new ReadIndex.Readable(segment.file(), segment.blocks()));
    }

    /** A segment as a snapshot has it. */
    void restore(SegmentFile file, SnapshotFormat.SegmentPicture picture) {
        Segment segment = new Segment(file, picture);
        add(segment);
        if (picture.blocks().firstLsn() < Long.MAX_VALUE) {
            byFirstLive.put(picture.blocks().firstLsn(), segment);
        }
    }

    /** A snapshot says that this record is live. */
    void keepAlive(long lsn) {
        Map.Entry<Long, Segment> found = byFirstLive.floorEntry(lsn);
        if (found == null) {
            throw new IllegalStateException("the snapshot has a record that is in no segment: lsn=" + lsn);
        }
        Segment segment = found.getValue();
        long before = segment.liveBytes();
        if (segment.revive(lsn)) {
            liveBytesChanged(segment, before);
            live++;
        }
    }

    List<SegmentFile> files() {
        return all.stream().map(Segment::file).toList();
    }

    List<SnapshotFormat.SegmentPicture> pictures() {
        return all.stream().map(Segment::picture).toList();
    }

    /** A record in the newest segment, which takes so many bytes. */
    void addLive(long lsn, long bytes) {
        addLive(all.getLast(), lsn, bytes);
    }

    void addLive(Segment segment, long lsn, long bytes) {
        long before = segment.liveBytes();
        if (segment.add(lsn, bytes)) {
            byFirstLive.put(lsn, segment);
        }
        liveBytesChanged(segment, before);
        live++;
    }

    void release(long lsn, long fence) {
        Map.Entry<Long, Segment> found = byFirstLive.floorEntry(lsn);
        if (found == null) {
            return;
        }
        Segment segment = found.getValue();
        long before = segment.liveBytes();
        if (segment.release(lsn, fence)) {
            liveBytesChanged(segment, before);
            live--;
        }
    }

    private void liveBytesChanged(Segment segment, long before) {
        if (segment != all.getLast()) {
            closedLiveBytes += segment.liveBytes() - before;
        }
    }

    /** Takes the dead segments off the old end; never the newest one. */
    List<SegmentFile> takeDead(long syncedFence) {
        List<SegmentFile> dead = new ArrayList<>();
        while (all.size() > 1 && all.getFirst().isDead(syncedFence)) {
            Segment segment = all.removeFirst();
            byFirstLive.values().remove(segment);
            closedBytes -= segment.bytes();
            index.dropOldest();
            dead.add(segment.file());
        }
        return dead;
    }

    /**
     * The last LSN of the oldest segment when that segment should be emptied by its owners, so that it can go: half of what the
     * closed segments take is dead, or an eighth where space is short; of a single one all but a 64th, so that it goes, and its file is used
     * again, before the next one is full. Once per segment; otherwise 0.
     *
     * <p>What is moved is never more than what is gained times seven, however long it goes on.
     */
    long takeRoomWanted(boolean spaceShort) {
        Segment oldest = all.getFirst();
        int closed = all.size() - 1;
        if (closed < 1 || oldest.liveCount() == 0 || oldest.isAskedToEmpty()) {
            return 0;
        }
        boolean dead = closed > 1 && 2 * closedLiveBytes <= closedBytes
                || spaceShort && 8 * closedLiveBytes <= 7 * closedBytes
                || LITTLE * closedLiveBytes <= closedBytes;
        if (!dead) {
            return 0;
        }
        oldest.askedToEmpty();
        return oldest.blocks().lastLsn();
    }

    /** Whether the owners of what is in the oldest segment have been asked, and some of it is still there. */
    boolean isEmptying() {
        Segment oldest = all.getFirst();
        return all.size() > 1 && oldest.isAskedToEmpty() && oldest.liveCount() > 0;
    }

    /** What readers on other threads see of the segments. */
    ReadIndex index() {
        return index;
    }

    /** The LSN that the log begins with; 0 when no record begins in any of them. */
    long firstLsn() {
        long first = all.stream()
                .mapToLong(segment -> segment.blocks().firstLsn())
                .min()
                .orElse(Long.MAX_VALUE);
        return first == Long.MAX_VALUE ? 0 : first;
    }

    /** The id of the newest one with a header, or 0: a crash may leave a file in which nothing was begun. */
    long newestBegun() {
        return all.stream()
                .filter(segment -> segment.bytes() > 0)
                .mapToLong(segment -> segment.file().id())
                .max()
                .orElse(0);
    }

    SegmentFile oldest() {
        return all.getFirst().file();
    }

    Segment newest() {
        return all.getLast();
    }

    int count() {
        return all.size();
    }

    long live() {
        return live;
    }
}
