package io.ferrymq.store;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The messages that are live while a log is read, found by sequence: numbers in arrays, some 45 bytes of heap for each. Owned by
 * one thread.
 */
final class LiveMessages {
    private static final int FIRST = 1 << 10;
    private static final int NONE = -1;

    /** Slot + 1 of each message, near the hash of its sequence; 0 is free. A power of two, at most half full. */
    private int[] table = new int[2 * FIRST];

    private long[] sequences = new long[FIRST];
    private long[] places = new long[FIRST];
    private int[] holders = new int[FIRST];
    private int[] bytes = new int[FIRST];
    private int[] seconds = new int[FIRST];
    private int[] redeliveries = new int[FIRST];
    /** Slots that are free again, a chain through {@link #holders}. */
    private int firstFree = NONE;

    private int used;
    private int size;

    /** Adds a message whose sequence is not there yet; returns its slot. */
    int add(long sequence, long place, int holder, int length, long timeMs) {
        if (2 * (size + 1) > table.length) {
            rehash();
        }
        int slot = takeSlot();
        sequences[slot] = sequence;
        places[slot] = place;
        holders[slot] = holder;
        bytes[slot] = length;
        seconds[slot] = (int) (timeMs / 1000);
        redeliveries[slot] = 0;
        enter(slot);
        size++;
        return slot;
    }

    private int takeSlot() {
        if (firstFree != NONE) {
            int slot = firstFree;
            firstFree = holders[slot];
            return slot;
        }
        if (used == sequences.length) {
            grow(used + (used >> 1));
        }
        return used++;
    }

    private void grow(int length) {
        sequences = Arrays.copyOf(sequences, length);
        places = Arrays.copyOf(places, length);
        holders = Arrays.copyOf(holders, length);
        bytes = Arrays.copyOf(bytes, length);
        seconds = Arrays.copyOf(seconds, length);
        redeliveries = Arrays.copyOf(redeliveries, length);
    }

    private void rehash() {
        int[] old = table;
        table = new int[2 * old.length];
        for (int entry : old) {
            if (entry != 0) {
                enter(entry - 1);
            }
        }
    }

    private void enter(int slot) {
        int at = home(sequences[slot]);
        while (table[at] != 0) {
            at = next(at);
        }
        table[at] = slot + 1;
    }

    private int home(long sequence) {
        return (int) (sequence * 0x9E3779B97F4A7C15L >>> 32) & table.length - 1;
    }

    private int next(int at) {
        return at + 1 & table.length - 1;
    }

    private int entryOf(long sequence) {
        int at = home(sequence);
        while (table[at] != 0 && sequences[table[at] - 1] != sequence) {
            at = next(at);
        }
        return at;
    }

    /** The slot of a message, or -1. */
    int find(long sequence) {
        return table[entryOf(sequence)] - 1;
    }

    void remove(int slot) {
        int hole = entryOf(sequences[slot]);
        table[hole] = 0;
        holders[slot] = firstFree;
        firstFree = slot;
        size--;
        // those behind that would not be found over the hole move into it
        for (int at = next(hole); table[at] != 0; at = next(at)) {
            int home = home(sequences[table[at] - 1]);
            boolean reachable = hole < at ? home > hole && home <= at : home > hole || home <= at;
            if (!reachable) {
                table[hole] = table[at];
                table[at] = 0;
                hole = at;
            }
        }
    }

    int size() {
        return size;
    }

    /** Each message's slot, in no order. Nothing may be added or removed meanwhile. */
    void forEach(IntConsumer visitor) {
        for (int entry : table) {
            if (entry != 0) {
                visitor.accept(entry - 1);
            }
        }
    }

    /** The sequences of all, the smallest first. */
    long[] inOrder() {
        long[] all = new long[size];
        int[] count = new int[1];
        forEach(slot -> all[count[0]++] = sequences[slot]);
        Arrays.sort(all);
        return all;
    }

    long sequence(int slot) {
        return sequences[slot];
    }

    long place(int slot) {
        return places[slot];
    }

    int holder(int slot) {
        return holders[slot];
    }

    void holder(int slot, int value) {
        holders[slot] = value;
    }

    int bytes(int slot) {
        return bytes[slot];
    }

    /** When it came, to the second. */
    long timeMs(int slot) {
        return (seconds[slot] & 0xFFFFFFFFL) * 1000;
    }

    int redeliveries(int slot) {
        return redeliveries[slot];
    }

    void redeliveries(int slot, int value) {
        redeliveries[slot] = value;
    }
}
