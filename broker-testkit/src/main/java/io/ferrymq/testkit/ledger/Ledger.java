package io.ferrymq.testkit.ledger;

import io.ferrymq.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Append-only account of what producers sent and consumers saw. Any thread may append and ask; entries stay in memory, so it is for test runs of some
 * million messages at most.
 *
 * <p>A producer appends its entry after the send returned or threw, a consumer when it has the message and before it acknowledges it. The order of the two
 * entries does not matter: {@link #verdict()} looks at the whole.
 */
public final class Ledger {
    private final Clock clock;
    private final ConcurrentLinkedQueue<Send> sends = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Sighting> sightings = new ConcurrentLinkedQueue<>();
    private final AtomicLong sendCount = new AtomicLong();
    private final AtomicLong sightingCount = new AtomicLong();

    /** An empty ledger on the clock of this machine. */
    public Ledger() {
        this(Clock.system());
    }

    /** An empty ledger that dates its entries by {@code clock}. */
    public Ledger(Clock clock) {
        this.clock = clock;
    }

    /** A producer's entry: once for every sequence. */
    public void sent(String producer, long sequence, Outcome outcome) {
        sends.add(new Send(new MessageKey(producer, sequence), outcome, clock.epochMs()));
        sendCount.incrementAndGet();
    }

    /** A consumer's entry: once for every delivery, in the order in which this consumer saw them. */
    public void seen(String consumer, String producer, long sequence, boolean redelivered) {
        long order = sightingCount.getAndIncrement();
        sightings.add(new Sighting(new MessageKey(producer, sequence), consumer, redelivered, order, clock.epochMs()));
    }

    /** How many sends were entered, whatever their outcome. */
    public long sendCount() {
        return sendCount.get();
    }

    /** How many deliveries were entered, repetitions included. */
    public long sightingCount() {
        return sightingCount.get();
    }

    /** Every send entered so far. */
    public List<Send> sends() {
        return List.copyOf(sends);
    }

    /** Every delivery entered so far; those of one consumer are in its order. */
    public List<Sighting> sightings() {
        return new ArrayList<>(sightings);
    }

    /** Draws the balance of all entries so far; meaningful when producers and consumers are done. */
    public Verdict verdict() {
        return new Balance(sends(), sightings()).verdict();
    }
}
