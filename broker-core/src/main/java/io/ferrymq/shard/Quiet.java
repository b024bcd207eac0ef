package io.ferrymq.shard;

import io.ferrymq.time.Clock;

/** Lets the log say something, and then not again for half a minute: many may have the same trouble. Owned by one thread. */
final class Quiet {
    private static final long QUIET_NS = 30_000_000_000L;

    private final Clock clock;
    private long untilNs;

    Quiet(Clock clock) {
        this.clock = clock;
        this.untilNs = clock.nanoTime();
    }

    /** Whether something may be said now; then the next half minute of quiet begins. */
    boolean mayTell() {
        long nowNs = clock.nanoTime();
        boolean over = nowNs - untilNs >= 0;
        untilNs = over ? nowNs + QUIET_NS : untilNs;
        return over;
    }
}
