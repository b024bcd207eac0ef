package io.ferrymq.store;

import io.ferrymq.time.Clock;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Keeps work in the background there: it rests as long as it has worked, and ends when it is not wanted any more. Used by one thread. */
final class Pace {
    private static final int STEPS = 256;
    private static final long MOST_NS = 100_000_000;

    private final Clock clock;
    private final BooleanSupplier cancelled;
    private int steps;
    private long sinceNs;

    Pace(Clock clock, BooleanSupplier cancelled) {
        this.clock = clock;
        this.cancelled = cancelled;
    }

    void begin() {
        steps = 0;
        sinceNs = clock.nanoTime();
    }

    /** After each bit of work, some microseconds long. */
    void step(int bits) {
        steps += bits;
        if (steps < STEPS) {
            return;
        }
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("the journal is being closed");
        }
        LockSupport.parkNanos(this, Math.min(MOST_NS, clock.nanoTime() - sinceNs));
        begin();
    }
}
