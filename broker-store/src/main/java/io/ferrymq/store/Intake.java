package io.ferrymq.store;

import io.ferrymq.journal.JournalEntry;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written, in the order in which it came, and whether somebody waits for it. Any thread puts and asks; only the one that runs
 * the writer takes.
 */
final class Intake {
    private final MpscAtomicArrayQueue<JournalEntry> entries;
    /** How many entries that somebody waits for were ever put; counted before they are. */
    private final AtomicLong awaitedPut = new AtomicLong();

    private volatile long awaitedTaken;

    /** @param most entries that wait */
    Intake(int most) {
        this.entries = new MpscAtomicArrayQueue<>(most);
    }

    /** False when there is no room. */
    boolean put(JournalEntry entry) {
        if (!entry.awaited()) {
            return entries.offer(entry);
        }
        awaitedPut.incrementAndGet();
        boolean there = entries.offer(entry);
        if (!there) {
            awaitedPut.decrementAndGet();
        }
        return there;
    }

    @Nullable
    JournalEntry peek() {
        return entries.peek();
    }

    /** What {@link #peek} has shown. */
    void take(JournalEntry seen) {
        entries.poll();
        if (seen.awaited()) {
            awaitedTaken++; // one thread at a time
        }
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    /** Whether there is what cannot lie for a while. */
    boolean isPressing() {
        return awaitedPut.get() != awaitedTaken || entries.size() > entries.capacity() / 2;
    }

    /** How many were ever put. */
    long putSoFar() {
        return entries.currentProducerIndex();
    }

    /** How many were ever taken. */
    long takenSoFar() {
        return entries.currentConsumerIndex();
    }
}
