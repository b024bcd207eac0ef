package io.ferrymq.shard;

import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.message.Message;
import io.ferrymq.queue.WantedBodies;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Bodies that queues want back from the journal, in the order in which they were asked for, as far as there is memory: while the heap is
 * tight a few at a time, and when it is overdrawn single ones, for queues whose consumers have nothing. Owned by the shard.
 */
final class WaitingReads {
    private static final long MOST_BYTES = 1 << 20;
    private static final long TIGHT_BYTES = 64 << 10;

    private final BodyReader bodies;
    private final MemoryBudget budget;
    private final Deque<WantedBodies> waiting = new ArrayDeque<>();
    private int underWay;

    WaitingReads(BodyReader bodies, MemoryBudget budget) {
        this.bodies = bodies;
        this.budget = budget;
    }

    void add(WantedBodies wanted) {
        waiting.add(wanted);
        begin();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Begins those for which there is memory; returns how many. */
    int begin() {
        int begun = 0;
        for (WantedBodies next = next(); next != null; next = next()) {
            begin(next);
            begun++;
        }
        return begun;
    }

    private @Nullable WantedBodies next() {
        if (!budget.isTight()) {
            return waiting.poll();
        }
        if (underWay > 0) {
            return null;
        }
        return budget.isOverdrawn() ? nextUrgent() : waiting.poll();
    }

    private @Nullable WantedBodies nextUrgent() {
        for (Iterator<WantedBodies> all = waiting.iterator(); all.hasNext(); ) {
            WantedBodies wanted = all.next();
            if (wanted.isUrgent()) {
                all.remove();
                return wanted;
            }
        }
        return null;
    }

    private void begin(WantedBodies wanted) {
        WantedBodies.Batch batch = wanted.choose(mostBytes());
        if (batch.lsns().length == 0) {
            wanted.read(new Message[0]);
            return;
        }
        underWay++;
        budget.take(batch.bytes());
        bodies.read(batch.lsns(), messages -> {
            underWay--;
            budget.give(batch.bytes());
            wanted.read(messages);
            begin();
        });
    }

    private long mostBytes() {
        if (budget.isOverdrawn()) {
            return 1;
        }
        return budget.isTight() ? TIGHT_BYTES : MOST_BYTES;
    }
}
