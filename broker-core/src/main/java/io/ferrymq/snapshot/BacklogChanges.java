package io.ferrymq.snapshot;

import io.ferrymq.journal.Record;
import io.ferrymq.queue.Absent;
import io.ferrymq.queue.WaitingBlock;
import java.util.Arrays;

/**
 * What a stretch of the log changes in one backlog, by sequence: numbers in arrays, some 45 bytes for each message that is named. Owned by
 * its {@link SnapshotFold}.
 *
 * <p>A message is one of these: gone; counted (it has been delivered so often at least, if it is there at all); moved (it is there, and if it
 * was there before its older numbers do not count); new (it is there, and was not before).
 */
final class BacklogChanges {
    private static final int FEW = 16;
    private static final byte GONE = 0;
    private static final byte COUNTED = 1;
    private static final byte MOVED = 2;
    private static final byte NEW = 3;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    /** Slot + 1 of each message, near the hash of its sequence; 0 is free. A power of two, at most half full. */
    private int[] table = new int[2 * FEW];

    private byte[] kinds = new byte[FEW];
    private byte[] priorities = new byte[FEW];
    private long[] sequences = new long[FEW];
    private long[] lsns = new long[FEW];
    private int[] footprints = new int[FEW];
    private int[] expirationsS = new int[FEW];
    private int[] counts = new int[FEW];
    private int size;
    /** Nothing is left of what was there before. */
    private boolean emptied;

    private boolean suspected;
    /** Slots of new messages in the order of their sequences, and how many have been told: while it tells. */
    private int[] toTell = new int[0];

    private int told;

    /** How many messages it names. */
    int size() {
        return size;
    }

    void added(int priority, Absent message) {
        put(slot(message.sequence()), NEW, priority, message);
    }

    /** Its record is this one now; it may have been there before. */
    void moved(int priority, Absent message) {
        int known = find(message.sequence());
        if (known < 0) {
            put(slot(message.sequence()), emptied ? NEW : MOVED, priority, message);
            return;
        }
        boolean isThere = kinds[known] != GONE;
        boolean mayBeOld = kinds[known] == COUNTED || kinds[known] == MOVED;
        Absent now = isThere ? message.countedAtLeast(counts[known]) : message;
        put(known, mayBeOld ? MOVED : NEW, priority, now);
    }

    private void put(int slot, byte kind, int priority, Absent message) {
        kinds[slot] = kind;
        priorities[slot] = (byte) priority;
        lsns[slot] = message.lsn();
        footprints[slot] = message.footprintBytes();
        expirationsS[slot] = message.expirationS();
        counts[slot] = message.redeliveries();
    }

    void removed(long sequence) {
        int slot = slot(sequence);
        kinds[slot] = GONE;
    }

    void counted(long sequence, int count) {
        int known = find(sequence);
        if (known < 0) {
            int slot = slot(sequence);
            kinds[slot] = COUNTED;
            counts[slot] = suspected ? Math.max(1, count) : count;
        } else {
            counts[known] = Math.max(counts[known], count);
        }
    }

    /** Each message that is there counts one delivery at least. */
    void suspectAll() {
        suspected = true;
        for (int slot = 0; slot < size; slot++) {
            counts[slot] = Math.max(1, counts[slot]);
        }
    }

    /** Nothing is there any more. */
    void empty() {
        emptied = true;
        size = 0;
        kinds = new byte[FEW];
        priorities = new byte[FEW];
        sequences = new long[FEW];
        lsns = new long[FEW];
        footprints = new int[FEW];
        expirationsS = new int[FEW];
        counts = new int[FEW];
        table = new int[2 * FEW];
    }

    /** No more changes; now it is told what was there before, and tells what is there. */
    void beginTelling() {
        told = 0;
        long[] news = new long[size];
        int found = 0;
        for (int slot = 0; slot < size; slot++) {
            if (kinds[slot] == NEW) {
                news[found++] = sequences[slot];
            }
        }
        Arrays.sort(news, 0, found);
        toTell = new int[found];
        for (int i = 0; i < found; i++) {
            toTell[i] = find(news[i]);
        }
    }

    /** Messages that were there before; new ones find their place among them. */
    void tell(Record.MessagesWaiting before, WaitingBlock to) {
        for (int i = 0; i < before.sequences().length && !emptied; i++) {
            long sequence = before.sequences()[i];
            tellNewBefore(sequence, to);
            int slot = find(sequence);
            int count = suspected ? Math.max(1, before.counts()[i]) : before.counts()[i];
            Absent message =
                    new Absent(sequence, before.lsns()[i], before.footprints()[i], before.expirationsS()[i], count);
            if (slot < 0) {
                to.add(before.priorities()[i], message);
            } else if (kinds[slot] == COUNTED) {
                to.add(before.priorities()[i], message.countedAtLeast(counts[slot]));
            } else if (kinds[slot] == MOVED) {
                to.add(priorities[slot], at(slot).countedAtLeast(count));
                kinds[slot] = GONE; // it has been told
            }
        }
    }

    private void tellNewBefore(long sequence, WaitingBlock to) {
        while (told < toTell.length && sequences[toTell[told]] < sequence) {
            int slot = toTell[told++];
            to.add(priorities[slot], at(slot));
        }
    }

    /** What has not been told yet. */
    void tellRest(WaitingBlock to) {
        for (int slot = 0; slot < size; slot++) {
            if (kinds[slot] == MOVED) {
                to.add(priorities[slot], at(slot));
            }
        }
        tellNewBefore(Long.MAX_VALUE, to);
    }

    private Absent at(int slot) {
        return new Absent(sequences[slot], lsns[slot], footprints[slot], expirationsS[slot], counts[slot]);
    }

    /** The slot of a message, or -1. */
    private int find(long sequence) {
        return table[entryOf(sequence)] - 1;
    }

    /** The slot of a message, a new one if need be. */
    private int slot(long sequence) {
        int entry = entryOf(sequence);
        if (table[entry] > 0) {
            return table[entry] - 1;
        }
        if (size == sequences.length) {
            grow();
            entry = entryOf(sequence);
        }
        sequences[size] = sequence;
        counts[size] = 0;
        table[entry] = ++size;
        return size - 1;
    }

    private int entryOf(long sequence) {
        int at = (int) (sequence * MIX >>> 32) & table.length - 1;
        while (table[at] != 0 && sequences[table[at] - 1] != sequence) {
            at = at + 1 & table.length - 1;
        }
        return at;
    }

    private void grow() {
        int length = 2 * size;
        kinds = Arrays.copyOf(kinds, length);
        priorities = Arrays.copyOf(priorities, length);
        sequences = Arrays.copyOf(sequences, length);
        lsns = Arrays.copyOf(lsns, length);
        footprints = Arrays.copyOf(footprints, length);
        expirationsS = Arrays.copyOf(expirationsS, length);
        counts = Arrays.copyOf(counts, length);
        table = new int[2 * length];
        for (int slot = 0; slot < size; slot++) {
            table[entryOf(sequences[slot])] = slot + 1;
        }
    }
}
