package io.ferrymq.session;

import io.ferrymq.BrokerException;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.journal.Record;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A journal whose disk can stall, fill up and fail: what it takes meanwhile is not durable, and lost in a crash. */
final class StallingJournal implements Journal {
    private final MemoryJournal disk;
    private final Deque<JournalEntry> waiting = new ArrayDeque<>();
    private Listener listener;
    private int room = Integer.MAX_VALUE;
    private final Set<Long> damaged = new HashSet<>();
    private boolean failed;
    private int largestEntry;
    private boolean spaceLow;

    StallingJournal(MemoryJournal disk) {
        this.disk = disk;
    }

    /** From now on nothing becomes durable, and after {@code entries} entries there is no room for more. */
    void stall(int entries) {
        room = entries;
    }

    boolean isStalled() {
        return room < Integer.MAX_VALUE;
    }

    /** All that has waited becomes durable, and all that comes. */
    void letThrough() {
        room = Integer.MAX_VALUE;
        while (!waiting.isEmpty()) {
            disk.offer(waiting.remove());
        }
    }

    /** The first of those that have waited become durable. */
    void letThrough(int entries) {
        for (int i = 0; i < entries; i++) {
            disk.offer(waiting.remove());
        }
    }

    /** As when there is no room in the current segment for what comes next. */
    void beginSegment() {
        listener.segmentStarted();
    }

    /** The most records that came as one entry. */
    int largestEntry() {
        return largestEntry;
    }

    /** The record at this position cannot be read any more. */
    void damage(long lsn) {
        damaged.add(lsn);
    }

    void spaceLow(boolean value) {
        spaceLow = value;
    }

    @Override
    public boolean isSpaceLow() {
        return spaceLow;
    }

    void fail() {
        failed = true;
        listener.failed(new BrokerException(BrokerException.Code.STORE_FAILED, "the disk is gone"));
    }

    @Override
    public String id() {
        return disk.id();
    }

    @Override
    public Recovery recover(Visitor visitor) {
        return disk.recover(visitor);
    }

    @Override
    public void start(Listener newListener) {
        listener = newListener;
        disk.start(newListener);
    }

    @Override
    public boolean offer(JournalEntry entry) {
        if (failed || waiting.size() >= room) {
            return false;
        }
        largestEntry = Math.max(largestEntry, entry.records().size());
        if (!isStalled()) {
            return disk.offer(entry);
        }
        return waiting.add(entry);
    }

    @Override
    public void close(Consumer<Visitor> state) {
        disk.close(state);
    }

    @Override
    public long durablePosition() {
        return disk.durablePosition();
    }

    @Override
    public void release(long lsn) {
        disk.release(lsn);
    }

    @Override
    public @Nullable Record[] read(long[] lsns) {
        @Nullable Record[] records = disk.read(lsns);
        for (int i = 0; i < lsns.length; i++) {
            if (lsns[i] < 1) {
                throw new AssertionError("no record has this LSN: " + lsns[i]);
            }
            records[i] = damaged.contains(lsns[i]) ? null : records[i];
        }
        return records;
    }

    @Override
    public boolean keeps() {
        return disk.keeps();
    }

    @Override
    public Status status() {
        Status status = disk.status();
        return new Status(
                status.engine(),
                status.durablePosition(),
                status.segments(),
                status.liveRecords(),
                status.appendedBytes(),
                status.syncs(),
                status.damagedReads(),
                failed,
                "none",
                spaceLow);
    }

    @Override
    public void close() {
        disk.close();
    }
}
