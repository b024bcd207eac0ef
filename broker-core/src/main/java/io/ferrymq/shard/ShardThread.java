package io.ferrymq.shard;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Runs one shard's duty cycle on a thread of its own, which sleeps when there is nothing to do. While it sleeps, whoever brings it work at the
 * end of his own does that work himself: to wake a thread and be woken by it takes longer than what a shard does for one message.
 */
final class ShardThread {
    static final long LONGEST_SLEEP_NS = 1_000_000_000L;
    /** What is more goes to the shard's thread. */
    private static final int TURNS_LENT = 5;

    /** What is run. */
    interface Work {
        /** One turn: a bounded amount; returns how much there was. */
        int doWork();

        /** What the turns before have left for the journal is to be written; called where the thread does not do that itself. */
        void wakeJournal();

        /** Nanoseconds until it should have a turn without being woken. */
        long untilNextWorkNs();
    }

    /** What may be late by no more needs no thread to be woken; also, the same time comes out a little different at each look. */
    private static final long LATE_NS = 1_500_000;

    private final Work work;
    private final Lease lease;
    private final long longestSleepNs;
    private final Thread thread;
    private final Consumer<Throwable> onFailure;
    private volatile boolean stopping;
    /** By {@link System#nanoTime}; belongs to whoever runs the shard. */
    private long wakesNs;

    /** @param longestSleepNs looks without being woken after that */
    ShardThread(Work work, Lease lease, long longestSleepNs, String name, Consumer<Throwable> onFailure) {
        this.work = work;
        this.lease = lease;
        this.longestSleepNs = longestSleepNs;
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void requestStop() {
        stopping = true;
        lease.wake();
    }

    void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!stopping) {
                if (turn() == 0) {
                    idle();
                }
            }
        } catch (
                Throwable
                        failure) { // the top of a thread: a fault in a state machine ends the broker, not just a thread
            onFailure.accept(failure);
        }
    }

    private int turn() {
        int done = work.doWork();
        work.wakeJournal();
        return done;
    }

    private void idle() {
        lease.tire();
        if (turn() > 0 || stopping) {
            lease.wake();
        } else {
            long nanos = Math.min(longestSleepNs, work.untilNextWorkNs());
            wakesNs = System.nanoTime() + nanos;
            lease.sleep(nanos);
        }
    }

    /** Any thread, but none that runs a shard, and that writes the journal after it: see {@link Inbox#workHere}. */
    void workHere(BooleanSupplier idle) {
        if (!idle.getAsBoolean()) {
            lease.wake();
            return;
        }
        if (!lease.borrow()) {
            return;
        }
        try {
            if (!stopping) {
                turns(idle);
            }
        } catch (RuntimeException | Error failure) { // as on the shard's own thread, which must not go on
            stopping = true;
            lease.wake();
            onFailure.accept(failure);
        } finally {
            lease.giveBack();
        }
    }

    /** What is due by the clock, and may take long, is left to the shard's own thread, which wakes for it. */
    private void turns(BooleanSupplier idle) {
        int turns = 0;
        do {
            boolean late = System.nanoTime() - wakesNs >= 0;
            if (late || turns == TURNS_LENT || turns > 0 && !idle.getAsBoolean()) {
                lease.wake();
                return;
            }
            turns++;
        } while (work.doWork() > 0 || lease.again());
        if (wakesNs - System.nanoTime() - work.untilNextWorkNs() > LATE_NS) {
            lease.wake(); // it is to sleep less long
        }
    }
}
