package io.ferrymq.perf;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.Recorder;

/**
 * Latencies of one kind, of all clients. {@link #record} is for every client's thread while the window is open; all else belongs to the
 * thread of the run, which takes what came since the last time once a second and keeps totals.
 */
final class LatencyRecorder {
    /** The first part begins when this fraction of it is over: what is read of the broker when the window opens disturbs it. */
    private static final int SETTLING = 6;

    private final String tag;
    private final int segmentSeconds;
    private final int measuredSeconds;
    private final Recorder recorder = new Recorder(Latency.LONGEST_NS, Latency.DIGITS);
    private final Latency total = new Latency();
    private final Latency first = new Latency();
    private final Latency last = new Latency();
    private volatile boolean any;

    /** @param segmentSeconds what counts as the first and the last part of {@code measuredSeconds} */
    LatencyRecorder(String tag, int segmentSeconds, int measuredSeconds) {
        this.tag = tag;
        this.segmentSeconds = segmentSeconds;
        this.measuredSeconds = measuredSeconds;
    }

    void record(long nanos) {
        recorder.recordValue(Latency.bounded(nanos));
        if (!any) {
            any = true;
        }
    }

    /** Whether something has been recorded since the window was opened. */
    boolean any() {
        return any;
    }

    /** Forgets what is recorded: the window opens. */
    void reset() {
        recorder.reset();
        any = false;
    }

    /** The 99th percentile of the interval that ends now, or NaN. */
    double take(int second, long startMs, long endMs, HistogramLogWriter log) {
        Histogram interval = recorder.getIntervalHistogram();
        interval.setStartTimeStamp(startMs);
        interval.setEndTimeStamp(endMs);
        interval.setTag(tag);
        log.outputIntervalHistogram(interval);
        total.add(interval);
        int firstSecond = segmentSeconds / SETTLING;
        if (second >= firstSecond && second < firstSecond + segmentSeconds) {
            first.add(interval);
        }
        if (second >= measuredSeconds - segmentSeconds) {
            last.add(interval);
        }
        return interval.getTotalCount() == 0 ? Double.NaN : interval.getValueAtPercentile(99) / 1e6;
    }

    Latency total() {
        return total;
    }

    /** Of the last part of the window to the first; NaN when there is nothing in one of them. */
    double p99Drift() {
        return first.count() == 0 || last.count() == 0 ? Double.NaN : last.millisAt(99) / first.millisAt(99);
    }
}
