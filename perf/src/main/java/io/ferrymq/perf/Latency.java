package io.ferrymq.perf;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Latencies of one client, in nanoseconds. Owned by that client's thread until it has ended. */
final class Latency {
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(120);
    private static final int DIGITS = 3;

    private final Histogram histogram = new Histogram(LONGEST_NS, DIGITS);

    void record(long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, LONGEST_NS)));
    }

    void add(Latency other) {
        histogram.add(other.histogram);
    }

    long count() {
        return histogram.getTotalCount();
    }

    double millisAt(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
