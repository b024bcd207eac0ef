package io.ferrymq.journal;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MemoryJournal} writes to: records as bytes, in segments, like the files of a broker. A second journal over
 * the same log finds what the first one left. Interacted with only inside the monitor of the journal that has it open.
 */
public final class MemoryLog {
    private final long segmentBytes;
    private final boolean keeping;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private long lastLsn;
    private boolean open;
    private boolean stoppedCleanly;
    private @Nullable List<Stored> snapshot;
    private long snapshotAt;

    /** A log that rolls to a new segment after so many bytes. */
    public MemoryLog(long segmentBytes) {
        this(segmentBytes, true);
    }

    MemoryLog(long segmentBytes, boolean keeping) {
        this.segmentBytes = segmentBytes;
        this.keeping = keeping;
        roll();
    }

    synchronized void open() {
        if (open) {
            throw new BrokerException(Code.STORE_LOCKED, "another journal has this log open");
        }
        open = true;
    }

    synchronized void close() {
        open = false;
    }

    /** A broker runs on it again: a stop before that says nothing about how it ends now. */
    void resume() {
        stoppedCleanly = false;
    }

    long append(List<Record> records) {
        long bytes = 0;
        for (Record record : records) {
            lastLsn++;
            stoppedCleanly = record.type() == Record.Type.STOPPED_CLEANLY;
            bytes += keeping ? keep(record) : 0;
        }
        return bytes;
    }

    private long keep(Record record) {
        Stored stored = stored(lastLsn, record);
        Segment current = segments.getLast();
        current.records.add(stored);
        current.bytes += stored.bytes.length;
        if (record.type().live()) {
            current.live.add(lastLsn);
        }
        return stored.bytes.length;
    }

    boolean isSegmentFull() {
        return segments.getLast().bytes >= segmentBytes;
    }

    void roll() {
        segments.add(new Segment());
        dropDead();
    }

    void release(long lsn) {
        for (Segment segment : segments) {
            if (segment.live.remove(lsn)) {
                break;
            }
        }
        dropDead();
    }

    /** Strictly from the old end, never the current one. */
    private void dropDead() {
        while (segments.size() > 1 && segments.getFirst().live.isEmpty()) {
            segments.removeFirst();
        }
    }

    /**
     * The last LSN of the oldest segment when that segment should be emptied by its owners: it is not the newest, and at least
     * half of all records are dead. Otherwise 0.
     */
    long roomWanted() {
        Segment oldest = segments.getFirst();
        long records =
                segments.stream().mapToLong(segment -> segment.records.size()).sum();
        boolean mostlyDead = 2 * liveRecords() <= records;
        return segments.size() > 1 && !oldest.live.isEmpty() && mostlyDead
                ? oldest.records.get(oldest.records.size() - 1).lsn
                : 0;
    }

    /** The record with this LSN, or null when it is not there. */
    @Nullable
    Record read(long lsn) {
        for (Segment segment : segments) {
            Stored stored = segment.find(lsn);
            if (stored != null) {
                return stored.record();
            }
        }
        return null;
    }

    boolean keeps() {
        return keeping;
    }

    /** A snapshot for the next recovery. */
    void keep(Consumer<Journal.Visitor> state) {
        List<Stored> told = new ArrayList<>();
        if (keeping && stoppedCleanly) {
            state.accept((lsn, record) -> told.add(stored(lsn, record)));
            snapshot = told;
            snapshotAt = lastLsn;
        }
    }

    /** What makes a snapshot from the one before and the log behind it. */
    public interface Maker {
        void make(Consumer<Journal.Visitor> before, Consumer<Journal.Visitor> behind, Journal.Visitor to);
    }

    /** Makes a snapshot for the next recovery as the disk stands now. A broker may be running on it. */
    public synchronized void snapshot(Maker maker) {
        long from = isSnapshotUsable() ? snapshotAt : 0;
        List<Stored> old = isSnapshotUsable() ? snapshot : List.of();
        List<Stored> told = new ArrayList<>();
        maker.make(
                visitor -> tell(old, visitor),
                visitor -> segments.stream()
                        .flatMap(segment -> segment.records.stream())
                        .filter(stored -> stored.lsn > from)
                        .forEach(stored -> visitor.onRecord(stored.lsn, stored.record())),
                (lsn, record) -> told.add(stored(lsn, record)));
        snapshot = told;
        snapshotAt = lastLsn;
    }

    /** The same log, for a journal of its own. */
    public synchronized MemoryLog copy(boolean withSnapshot) {
        MemoryLog copy = new MemoryLog(segmentBytes, keeping);
        copy.segments.clear();
        for (Segment segment : segments) {
            Segment copied = new Segment();
            copied.records.addAll(segment.records);
            copied.live.addAll(segment.live);
            copied.bytes = segment.bytes;
            copy.segments.add(copied);
        }
        copy.lastLsn = lastLsn;
        copy.stoppedCleanly = stoppedCleanly;
        copy.snapshot = withSnapshot ? snapshot : null;
        copy.snapshotAt = snapshotAt;
        return copy;
    }

    private boolean isSnapshotUsable() {
        return snapshot != null && snapshotAt >= firstLsn();
    }

    private long firstLsn() {
        return segments.stream()
                .filter(segment -> !segment.records.isEmpty())
                .mapToLong(segment -> segment.records.get(0).lsn)
                .findFirst()
                .orElse(lastLsn + 1);
    }

    private void tell(List<Stored> told, Journal.Visitor visitor) {
        StillThere there = new StillThere(firstLsn(), visitor);
        told.forEach(stored -> there.onRecord(stored.lsn, stored.record()));
    }

    private static Stored stored(long lsn, Record record) {
        ByteBuffer buffer = ByteBuffer.allocate(RecordCodec.maxLength(record));
        RecordCodec.encode(record, buffer);
        return new Stored(lsn, record.type().code(), Arrays.copyOf(buffer.array(), buffer.position()));
    }

    /** What is live is what the snapshot tells; returns how many records it has. */
    private long replaySnapshot(List<Stored> told, Journal.Visitor visitor) {
        tell(told, (lsn, record) -> {
            for (long live : record.liveAt(lsn)) {
                keepAlive(live);
            }
            visitor.onRecord(lsn, record);
        });
        return told.size();
    }

    private void keepAlive(long lsn) {
        for (Segment segment : segments) {
            boolean here = !segment.records.isEmpty()
                    && segment.records.get(0).lsn <= lsn
                    && lsn <= segment.records.get(segment.records.size() - 1).lsn;
            if (here) {
                segment.live.add(lsn);
            }
        }
    }

    Journal.Recovery replay(Journal.Visitor visitor) {
        List<Segment> all = List.copyOf(segments); // what it tells may release some
        long from = isSnapshotUsable() ? snapshotAt : 0;
        all.forEach(segment -> segment.reviveAfter(from));
        long records = from > 0 ? replaySnapshot(snapshot, visitor) : 0;
        for (Segment segment : all) {
            for (Stored stored : segment.records) {
                if (stored.lsn > from) {
                    visitor.onRecord(stored.lsn, stored.record());
                    records++;
                }
            }
        }
        dropDead(); // a snapshot tells what is live, and releases nothing
        return new Journal.Recovery(records, lastLsn, 0, stoppedCleanly);
    }

    long lastLsn() {
        return lastLsn;
    }

    int segments() {
        return segments.size();
    }

    long liveRecords() {
        return segments.stream().mapToLong(segment -> segment.live.size()).sum();
    }

    private record Stored(long lsn, byte type, byte[] bytes) {
        private Record record() {
            return RecordCodec.decode(type, ByteBuffer.wrap(bytes));
        }
    }

    private static final class Segment {
        private final List<Stored> records = new ArrayList<>();
        private final Set<Long> live = new HashSet<>();
        private long bytes;

        /** As after a crash: of what is behind this nobody knows what has been released. */
        private void reviveAfter(long from) {
            live.clear();
            for (Stored stored : records) {
                if (stored.lsn > from
                        && Record.Type.of(stored.type).orElseThrow().live()) {
                    live.add(stored.lsn);
                }
            }
        }

        private @Nullable Stored find(long lsn) {
            long index = records.isEmpty() ? -1 : lsn - records.get(0).lsn;
            return index >= 0 && index < records.size() ? records.get((int) index) : null;
        }
    }
}
