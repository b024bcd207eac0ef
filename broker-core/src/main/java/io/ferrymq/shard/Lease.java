package io.ferrymq.shard;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Who may run a shard: its own thread, or, while that sleeps, a thread that has brought it something to do. Each may touch all that is the
 * shard's, and finds it as the one before has left it.
 *
 * <pre>
 *   AWAKE --tire--> DROWSY --sleep--> ASLEEP --borrow--> LENT --wake--> NEWS
 *     ^               |                | ^                ^ |             |
 *     +-----wake------+-----wake-------+ +----giveBack----|-+   again     |
 *     |                                                   +---------------+
 *     +--giveBack-- NEWS, or WANTED: the owner has slept long enough
 * </pre>
 *
 * <p>Whoever puts work in front of the shard first and then calls {@link #wake} can be sure that somebody looks at it: the owner looks once
 * more while it is DROWSY, and what comes while it is LENT is NEWS.
 */
final class Lease {
    private enum State {
        /** The owner runs it. */
        AWAKE,
        /** The owner has found nothing to do and looks once more. */
        DROWSY,
        /** Nobody runs it. */
        ASLEEP,
        /** Another thread runs it. */
        LENT,
        /** The same, and something has come since it looked. */
        NEWS,
        /** The same, and the owner waits for it. */
        WANTED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.AWAKE);
    private volatile @Nullable Thread sleeper;

    /** Any thread: there is something to do. */
    void wake() {
        while (true) {
            State now = state.get();
            switch (now) {
                case AWAKE, NEWS, WANTED -> {
                    return;
                }
                case DROWSY, ASLEEP -> {
                    if (state.compareAndSet(now, State.AWAKE)) {
                        if (now == State.ASLEEP) {
                            LockSupport.unpark(sleeper);
                        }
                        return;
                    }
                }
                case LENT -> {
                    if (state.compareAndSet(State.LENT, State.NEWS)) {
                        return;
                    }
                }
            }
        }
    }

    /** Any thread: true when it may run the shard until {@link #giveBack}. Else somebody runs it already, and looks at what there is now. */
    boolean borrow() {
        while (state.get() == State.ASLEEP) {
            if (state.compareAndSet(State.ASLEEP, State.LENT)) {
                return true;
            }
        }
        wake();
        return false;
    }

    /** Whoever has borrowed it: true when it should look again, for something has come. */
    boolean again() {
        return state.compareAndSet(State.NEWS, State.LENT);
    }

    /** Whoever has borrowed it: its owner goes on when there is news, or it has waited for this. */
    void giveBack() {
        if (!state.compareAndSet(State.LENT, State.ASLEEP)) {
            state.set(State.AWAKE);
            LockSupport.unpark(sleeper);
        }
    }

    /** The owner: has found nothing to do, and will look once more. */
    void tire() {
        state.set(State.DROWSY);
    }

    /** The owner: sleeps until it is woken, or for about {@code nanos}. Runs the shard again on return. */
    void sleep(long nanos) {
        sleeper = Thread.currentThread();
        if (!state.compareAndSet(State.DROWSY, State.ASLEEP)) {
            return;
        }
        LockSupport.parkNanos(this, nanos);
        while (state.get() != State.AWAKE) {
            if (state.compareAndSet(State.LENT, State.WANTED) || state.compareAndSet(State.NEWS, State.WANTED)) {
                awaitReturn();
            } else {
                state.compareAndSet(State.ASLEEP, State.AWAKE);
            }
        }
    }

    private void awaitReturn() {
        while (state.get() == State.WANTED) {
            LockSupport.park(this);
        }
    }
}
