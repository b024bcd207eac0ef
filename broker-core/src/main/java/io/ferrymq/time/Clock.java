package io.ferrymq.time;

import java.time.ZoneId;
import java.time.ZoneOffset;

/** Where the broker reads time; handed in, so that a test can move it by hand. Any thread. */
public interface Clock {
    /** Wall clock, milliseconds since the epoch: only for what users gave as a date (expiration). */
    long epochMs();

    /** Monotonic nanoseconds with an arbitrary origin: for every duration. */
    long nanoTime();

    /** Where this clock hangs: what users mean by a date without a zone (cron expressions). */
    default ZoneId zone() {
        return ZoneOffset.UTC;
    }

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

            @Override
            public ZoneId zone() {
                return ZoneId.systemDefault();
            }
        };
    }
}
