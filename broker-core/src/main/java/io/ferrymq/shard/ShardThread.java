package io.ferrymq.shard;

import java.util.function.Consumer;

/** Runs one shard's duty cycle on a thread of its own, and sleeps when there is nothing to do. */
final class ShardThread {
    private static final long LONGEST_SLEEP_NS = 1_000_000_000L;

    private final Shard shard;
    private final Thread thread;
    private volatile boolean stopping;

    ShardThread(Shard shard, String name, Consumer<Throwable> onFailure) {
        this.shard = shard;
        this.thread = new Thread(() -> run(onFailure), name);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void requestStop() {
        stopping = true;
        shard.inbox().wake();
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

    private void run(Consumer<Throwable> onFailure) {
        try {
            while (!stopping) {
                if (shard.doWork() == 0) {
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
        Inbox inbox = shard.inbox();
        inbox.prepareSleep();
        if (shard.doWork() > 0 || stopping) {
            inbox.cancelSleep();
        } else {
            inbox.sleep(Math.min(LONGEST_SLEEP_NS, shard.untilNextWorkNs()));
        }
    }
}
