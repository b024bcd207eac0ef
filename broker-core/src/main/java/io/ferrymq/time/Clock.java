package io.ferrymq.time;

/** Where the broker reads time; handed in, so that a test can move it by hand. Any thread. */
public interface Clock {
    /** Wall clock, milliseconds since the epoch: only for what users gave as a date (expiration). */
    long epochMs();

    /** Monotonic nanoseconds with an arbitrary origin: for every duration. */
    long nanoTime();

    /** The clock of this machine. */
    static Clock system() {
        return new Clock() {
            @Override
            public long epochMs() {
                return System.currentTimeMillis();
            }

            @Override
            public long nanoTime() {
                return System.nanoTime();
            }
        };
    }
}
