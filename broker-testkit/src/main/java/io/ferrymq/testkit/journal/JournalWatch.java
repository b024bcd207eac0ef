package io.ferrymq.testkit.journal;

import static org.awaitility.Awaitility.await;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Listens to a journal and waits, with a deadline, for what it says. Any thread. */
public class JournalWatch implements Journal.Listener {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final AtomicLong position = new AtomicLong();
    private final AtomicLong backwards = new AtomicLong();
    private final AtomicLong segmentsStarted = new AtomicLong();
    private final List<Long> roomWanted = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Override
    public void durable(long newPosition, BooleanSupplier idle) {
        if (position.getAndSet(newPosition) > newPosition) {
            backwards.incrementAndGet();
        }
    }

    @Override
    public void segmentStarted() {
        segmentsStarted.incrementAndGet();
    }

    @Override
    public void makeRoom(long upTo) {
        roomWanted.add(upTo);
    }

    @Override
    public void failed(Throwable cause) {
        failures.add(cause);
    }

    /** The newest position it was told. */
    public long position() {
        return position.get();
    }

    /** How often the position went back: never, one hopes. */
    public long backwards() {
        return backwards.get();
    }

    /** Up to which positions it was asked to make room, in order. */
    public List<Long> roomWanted() {
        return roomWanted;
    }

    public long segmentsStarted() {
        return segmentsStarted.get();
    }

    public List<Throwable> failures() {
        return failures;
    }

    /** Until the entry has LSNs and all of them are durable. */
    public void awaitDurable(JournalEntry entry) {
        poll().until(() -> entry.firstLsn() > 0 && position.get() >= entry.lastLsn());
    }

    public void awaitFailure() {
        poll().until(() -> !failures.isEmpty());
    }

    private static org.awaitility.core.ConditionFactory poll() {
        return await().atMost(DEADLINE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }
}
