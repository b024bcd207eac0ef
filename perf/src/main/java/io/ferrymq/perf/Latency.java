package io.ferrymq.perf;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Latencies in nanoseconds. Owned by one thread. */
final class Latency {
    static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(120);
    static final int DIGITS = 3;

    private final Histogram histogram = new Histogram(LONGEST_NS, DIGITS);

    void record(long nanos) {
        histogram.recordValue(bounded(nanos));
    }

    static long bounded(long nanos) {
        return Math.max(0, Math.min(nanos, LONGEST_NS));
    }

    void add(Histogram other) {
        histogram.add(other);
    }

    long count() {
        return histogram.getTotalCount();
    }

    double millisAt(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
