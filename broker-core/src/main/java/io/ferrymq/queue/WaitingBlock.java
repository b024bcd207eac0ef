package io.ferrymq.queue;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.Arrays;
import java.util.function.Consumer;

/** Collects messages of one backlog for a snapshot, some thousand in a record. Used by one thread. */
public final class WaitingBlock {
    private static final int MOST = 4096;

    private final DestinationName backlog;
    private final Consumer<Record> snapshot;
    private final long[] sequences = new long[MOST];
    private final long[] lsns = new long[MOST];
    private final int[] priorities = new int[MOST];
    private final int[] footprints = new int[MOST];
    private final int[] expirationsS = new int[MOST];
    private final int[] counts = new int[MOST];
    private int size;

    /** @param snapshot is given the records */
    public WaitingBlock(DestinationName backlog, Consumer<Record> snapshot) {
        this.backlog = backlog;
        this.snapshot = snapshot;
    }

    public void add(int priority, Absent message) {
        sequences[size] = message.sequence();
        lsns[size] = message.lsn();
        priorities[size] = priority;
        footprints[size] = message.footprintBytes();
        expirationsS[size] = message.expirationS();
        counts[size++] = message.redeliveries();
        if (size == MOST) {
            finish();
        }
    }

    /** Nothing more comes. */
    public void finish() {
        if (size > 0) {
            snapshot.accept(new Record.MessagesWaiting(
                    backlog,
                    Arrays.copyOf(sequences, size),
                    Arrays.copyOf(lsns, size),
                    Arrays.copyOf(priorities, size),
                    Arrays.copyOf(footprints, size),
                    Arrays.copyOf(expirationsS, size),
                    Arrays.copyOf(counts, size)));
            size = 0;
        }
    }
}
