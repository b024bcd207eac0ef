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
    private final Deque<Segment> all = new ArrayDeque<>();
    private final TreeMap<Long, Segment> byFirstLive = new TreeMap<>();
    private long live;

    void begin(SegmentFile file) {
        all.addLast(new Segment(file));
    }

    /** Records in the newest segment. */
    void addLive(long lsn) {
        addLive(all.getLast(), lsn);
    }

    void addLive(Segment segment, long lsn) {
        if (segment.add(lsn)) {
            byFirstLive.put(lsn, segment);
        }
        live++;
    }

    void release(long lsn, long fence) {
        Map.Entry<Long, Segment> found = byFirstLive.floorEntry(lsn);
        if (found != null && found.getValue().release(lsn, fence)) {
            live--;
        }
    }

    /** Takes the dead segments off the old end; never the newest one. */
    List<SegmentFile> takeDead(long syncedFence) {
        List<SegmentFile> dead = new ArrayList<>();
        while (all.size() > 1 && all.getFirst().isDead(syncedFence)) {
            Segment segment = all.removeFirst();
            byFirstLive.values().remove(segment);
            dead.add(segment.file());
        }
        return dead;
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
