package io.ferrymq.shard;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One shard's way to the journal: appends, keeps what waits for durability parked in order, gathers the removals of a duty
 * cycle into one record per queue, and holds entries back while the journal is full. Owned by the shard.
 */
final class JournalOutlet {
    /** What happens once the entry before it is durable. */
    interface WhenDurable {
        /** @param firstLsn LSN of the first record of its entry; 0 where it had none */
        void apply(long firstLsn);
    }

    private record Parked(@Nullable JournalEntry entry, WhenDurable action) {
        boolean isDurable(long position) {
            return entry == null || (entry.firstLsn() > 0 && entry.lastLsn() <= position);
        }
    }

    private record Releasing(JournalEntry entry, Supplier<long[]> lsns) {}

    private final Journal journal;
    private final Deque<Parked> parked = new ArrayDeque<>();
    private final Deque<Releasing> releasing = new ArrayDeque<>();
    private final Deque<JournalEntry> unsent = new ArrayDeque<>();
    private final Map<DestinationName, LongList> removals = new LinkedHashMap<>();
    private final LongList removedLsns = new LongList();
    private final Deque<Runnable> waitingForIdle = new ArrayDeque<>();
    private boolean failed;
    private @Nullable JournalEntry lastSent;
    /** Set before an entry is handed over, so that whoever has synced that entry sees it set. */
    private volatile boolean awaiting;

    JournalOutlet(Journal journal) {
        this.journal = journal;
    }

    /** Appends the records as one entry and runs the action when they are durable, after all that was parked before. */
    JournalEntry appendAndPark(List<Record> records, WhenDurable action) {
        JournalEntry entry = new JournalEntry(records, true);
        if (!failed) {
            send(entry);
            parked.add(new Parked(entry, action));
        }
        return entry;
    }

    /** Runs the action after all that is parked now: at once when nothing is. */
    void afterParked(WhenDurable action) {
        if (failed) {
            return;
        }
        if (parked.isEmpty()) {
            action.apply(0);
        } else {
            parked.add(new Parked(null, action));
        }
    }

    /**
     * Appends a record nobody waits for; the one in {@code obsolete} is released once it is durable. That one was appended
     * earlier and so has its LSN by then, though perhaps not yet.
     */
    JournalEntry append(Record record, @Nullable JournalEntry obsolete) {
        return append(List.of(record), obsolete);
    }

    /** Likewise for an entry of several records. */
    JournalEntry append(List<? extends Record> records, @Nullable JournalEntry obsolete) {
        JournalEntry entry = new JournalEntry(List.copyOf(records), false);
        if (!failed) {
            flushRemovals();
            send(entry);
            if (obsolete != null) {
                releasing.add(new Releasing(entry, () -> lsns(obsolete)));
            }
        }
        return entry;
    }

    /**
     * A message has left a queue: written down, with those of the same duty cycle, at its end.
     *
     * @param last no other queue needs its record
     */
    void remove(DestinationName queue, long sequence, long lsn, boolean last) {
        removals.computeIfAbsent(queue, any -> new LongList()).add(sequence);
        if (last) {
            removedLsns.add(lsn);
        }
    }

    /** The record at this position is not needed any more; the entry that says so is durable. */
    void release(long lsn) {
        journal.release(lsn);
    }

    void release(long[] lsns) {
        for (long lsn : lsns) {
            journal.release(lsn);
        }
    }

    /** No record of this entry is needed any more; the entry that says so is durable. */
    void release(JournalEntry obsolete) {
        release(lsns(obsolete));
    }

    /** These records are not needed any more once this entry is durable. */
    void releaseAfter(JournalEntry entry, long[] lsns) {
        if (!failed && lsns.length > 0) {
            releasing.add(new Releasing(entry, () -> lsns));
        }
    }

    private static long[] lsns(JournalEntry entry) {
        return LongStream.rangeClosed(entry.firstLsn(), entry.lastLsn()).toArray();
    }

    /** How much the journal has written since it was opened. */
    long appendedBytes() {
        return journal.status().appendedBytes();
    }

    /** End of a duty cycle: hands over what was gathered and what the journal had no room for. */
    int flush() {
        flushRemovals();
        int sent = 0;
        while (!unsent.isEmpty() && journal.offerQuietly(unsent.peek())) {
            unsent.poll();
            sent++;
        }
        if (!unsent.isEmpty() && journal.status().failed()) {
            fail(); // the command that says so waits in an inbox that a congested shard does not read
        }
        while (!waitingForIdle.isEmpty() && isIdle()) {
            waitingForIdle.remove().run();
        }
        return sent;
    }

    /** What was appended is to be written by the journal's own thread: nobody else is going to. */
    void wakeJournal() {
        journal.wake();
    }

    /** Runs the action once all that was asked for until then is durable and handed over. */
    void whenIdle(Runnable action) {
        waitingForIdle.add(action);
    }

    /** Runs what has become durable, at most {@code limit} actions. */
    int drainDurable(int limit) {
        long position = journal.durablePosition();
        int done = 0;
        while (done < limit && !parked.isEmpty() && parked.peek().isDurable(position)) {
            Parked next = parked.poll();
            next.action.apply(next.entry == null ? 0 : next.entry.firstLsn());
            done++;
        }
        while (!releasing.isEmpty() && isDurable(releasing.peek().entry, position)) {
            release(releasing.poll().lsns.get());
        }
        if (awaiting && (lastSent == null || isDurable(lastSent, position))) {
            lastSent = null; // nor are its messages kept any longer
            awaiting = done == limit; // then some of it is still to be handed over
        }
        return done;
    }

    /** Any thread: whether the shard is to look when the journal has moved. */
    boolean awaitsJournal() {
        return awaiting;
    }

    /** The journal is full: take no more commands until {@link #flush} has made room. */
    boolean isCongested() {
        return !unsent.isEmpty();
    }

    /** The journal's disk is nearly full: see {@link Journal#isSpaceLow}. */
    boolean isSpaceLow() {
        return journal.isSpaceLow();
    }

    /** Nothing is on its way to the disk, and all that has been has taken effect. */
    boolean isIdle() {
        return parked.isEmpty() && unsent.isEmpty() && removals.isEmpty();
    }

    /** The journal has failed: nothing parked is ever answered, nothing more is written. */
    void fail() {
        failed = true;
        lastSent = null;
        parked.clear();
        releasing.clear();
        unsent.clear();
        removals.clear();
    }

    /** All that has an LSN up to this one is durable. */
    long durablePosition() {
        return journal.durablePosition();
    }

    boolean isDurable(JournalEntry entry) {
        return isDurable(entry, journal.durablePosition());
    }

    private static boolean isDurable(JournalEntry entry, long position) {
        return entry.firstLsn() > 0 && entry.lastLsn() <= position;
    }

    private void flushRemovals() {
        if (removals.isEmpty() || failed) {
            return;
        }
        List<Record> records = new ArrayList<>(removals.size());
        removals.forEach((queue, sequences) -> records.add(new Record.MessagesRemoved(queue, sequences.toArray())));
        removals.clear();
        JournalEntry entry = new JournalEntry(records, false);
        send(entry);
        long[] lsns = removedLsns.toArray();
        releasing.add(new Releasing(entry, () -> lsns));
        removedLsns.clear();
    }

    private void send(JournalEntry entry) {
        lastSent = entry;
        if (!awaiting) {
            awaiting = true;
        }
        if (!unsent.isEmpty() || !journal.offerQuietly(entry)) {
            unsent.add(entry);
        }
    }

    /** A growing array of longs. */
    private static final class LongList {
        private long[] values = new long[16];
        private int size;

        void add(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = value;
        }

        long[] toArray() {
            return Arrays.copyOf(values, size);
        }

        void clear() {
            size = 0;
        }
    }
}
