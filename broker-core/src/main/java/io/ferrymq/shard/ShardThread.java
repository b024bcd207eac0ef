package io.ferrymq.shard;

import java.util.function.Consumer;

/**
 * Runs one shard's duty cycle on a thread of its own, which sleeps when there is nothing to do. While it sleeps, whoever brings it work at the
 * end of his own does that work himself: to wake a thread and be woken by it takes longer than what a shard does for one message.
 */
final class ShardThread {
    static final long LONGEST_SLEEP_NS = 1_000_000_000L;
    /** A turn for what was brought, one for what came of it; what is more goes to the shard's thread. */
    private static final int TURNS_LENT = 4;

    /** What is run. */
    interface Work {
        /** One turn: a bounded amount; returns how much there was. */
        int doWork();

        /** Nanoseconds until it should have a turn without being woken. */
        long untilNextWorkNs();
    }

    /** What may be late by no more needs no thread to be woken; also, the same time comes out a little different at each look. */
    private static final long LATE_NS = 100_000;

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
                if (work.doWork() == 0) {
                    idle();
                }
            }
        } catch (
                Throwable
                        failure) { // the top of a thread: a fault in a state machine ends the broker, not just a thread
            onFailure.accept(failure);
        }
    }

    private void idle() {
        lease.tire();
        if (work.doWork() > 0 || stopping) {
            lease.wake();
        } else {
            long nanos = Math.min(longestSleepNs, work.untilNextWorkNs());
            wakesNs = System.nanoTime() + nanos;
            lease.sleep(nanos);
        }
    }

    /** Any thread, but none that runs a shard: see {@link Inbox#workHere}. */
    void workHere() {
        if (!lease.borrow()) {
            return;
        }
        try {
            if (!stopping) {
                turns();
            }
        } catch (RuntimeException | Error failure) { // as on the shard's own thread, which must not go on
            stopping = true;
            lease.wake();
            onFailure.accept(failure);
        } finally {
            lease.giveBack();
        }
    }

    private void turns() {
        for (int turn = 0; work.doWork() > 0 || lease.again(); turn++) {
            if (turn == TURNS_LENT) {
                lease.wake();
                return;
            }
        }
        if (wakesNs - System.nanoTime() - work.untilNextWorkNs() > LATE_NS) {
            lease.wake(); // it is to sleep less long
        }
    }
}
