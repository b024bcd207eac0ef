package io.ferrymq.perf;

import java.util.BitSet;

/** What one consumer has received, by producer and sequence. Owned by that consumer's thread until it has ended. */
final class Receipts {
    private final BitSet[] seen;
    private long duplicates;
    private long received;

    Receipts(int producers) {
        seen = new BitSet[producers];
        for (int i = 0; i < producers; i++) {
            seen[i] = new BitSet();
        }
    }

    void add(int producer, long sequence) {
        int index = Math.toIntExact(sequence);
        received++;
        if (seen[producer].get(index)) {
            duplicates++;
        }
        seen[producer].set(index);
    }

    long received() {
        return received;
    }

    long duplicates() {
        return duplicates;
    }

    BitSet seen(int producer) {
        return seen[producer];
    }
}
