package io.ferrymq.store;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How the journal's thread waits for work; handed in, so that a test can run it without waiting. */
interface Parking {
    /** On the thread that waits: returns when it is woken, after about {@code nanos}, or for no reason. */
    void park(Object blocker, long nanos);

    /** Any thread: the thread does not wait any more, or not the next time. */
    void wake(@Nullable Thread thread);

    /** Threads that really wait. */
    static Parking ofThreads() {
        return new Parking() {
            @Override
            public void park(Object blocker, long nanos) {
                LockSupport.parkNanos(blocker, nanos);
            }

            @Override
            public void wake(@Nullable Thread thread) {
                LockSupport.unpark(thread);
            }
        };
    }
}
