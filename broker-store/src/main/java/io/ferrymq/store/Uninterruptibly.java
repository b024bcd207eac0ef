package io.ferrymq.store;

/** Waits to the end: closing half-way would be worse than closing late. An interrupt is passed on afterwards. Any thread. */
final class Uninterruptibly {
    /** Something to wait for, from the beginning again after an interrupt. */
    interface Waiting {
        void await() throws InterruptedException;
    }

    private Uninterruptibly() {}

    static void await(Waiting waiting) {
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                waiting.await();
                ended = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
