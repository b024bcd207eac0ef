package io.ferrymq.perf;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.HistogramLogWriter;

/** Reads the measured window second by second, and sums it up. Owned by the thread of the run, but for the two recorders' {@code record}. */
final class LoadMeter implements AutoCloseable {
    private static final int LONGEST_SEGMENT_SECONDS = 60;
    private static final double MIB = 1 << 20;

    private final long brokerPid;
    private final long ownPid = ProcessHandle.current().pid();
    private final LatencyRecorder sends;
    private final LatencyRecorder endToEnd;
    private final PrintStream out;
    private final HistogramLogWriter log;
    private final List<Second> seconds = new ArrayList<>();
    private final WarmUp brokerWarmUp = new WarmUp();
    private final WarmUp ownWarmUp = new WarmUp();
    private Reading opened;
    private Reading last;

    private record Reading(ProcessUsage broker, ProcessUsage client, long received, long atMs, long atNs) {}

    LoadMeter(long brokerPid, int measuredSeconds, Path histogramLog) throws IOException {
        this.brokerPid = brokerPid;
        int segmentSeconds = Math.max(1, Math.min(LONGEST_SEGMENT_SECONDS, measuredSeconds / 2));
        sends = new LatencyRecorder("send", segmentSeconds, measuredSeconds);
        endToEnd = new LatencyRecorder("endToEnd", segmentSeconds, measuredSeconds);
        out = new PrintStream(histogramLog.toFile());
        log = new HistogramLogWriter(out);
        opened = read(0);
        last = opened;
    }

    /** A second of the warm-up has passed. Both JVMs must be warm: on few cores the one's compiler takes the time of the other. */
    boolean isWarm() {
        boolean brokerIsWarm = brokerWarmUp.isOver(ProcessUsage.of(brokerPid));
        return ownWarmUp.isOver(ProcessUsage.of(ownPid)) && brokerIsWarm;
    }

    void open(long received) {
        long nowMs = System.currentTimeMillis();
        log.outputLogFormatVersion();
        log.outputStartTime(nowMs);
        log.outputLegend();
        log.setBaseTime(nowMs);
        sends.reset();
        endToEnd.reset();
        opened = read(received);
        last = opened;
    }

    private Reading read(long received) {
        return new Reading(
                ProcessUsage.of(brokerPid),
                ProcessUsage.of(ownPid),
                received,
                System.currentTimeMillis(),
                System.nanoTime());
    }

    /** A second has passed, or a part of one at the end. */
    void take(long received) {
        Reading now = read(received);
        double elapsed = (now.atNs() - last.atNs()) / 1e9;
        int number = seconds.size();
        Second second = new Second(
                (now.received() - last.received()) / elapsed,
                sends.take(number, last.atMs(), now.atMs(), log),
                endToEnd.take(number, last.atMs(), now.atMs(), log),
                now.broker().since(last.broker()).cpuUs() / elapsed / 1e4,
                now.broker().residentBytes() / MIB);
        seconds.add(second);
        last = now;
    }

    LatencyRecorder sends() {
        return sends;
    }

    LatencyRecorder endToEnd() {
        return endToEnd;
    }

    /** Whether something has been sent and something received since the window was opened. */
    boolean hasBoth() {
        return sends.any() && endToEnd.any();
    }

    boolean isEmpty() {
        return sends.total().count() == 0 || endToEnd.total().count() == 0;
    }

    RunResult.Trace trace() {
        return new RunResult.Trace(List.copyOf(seconds), Curve.of(sends.total()), Curve.of(endToEnd.total()));
    }

    Map<Metric, Double> values() {
        long messages = endToEnd.total().count();
        ProcessUsage broker = last.broker().since(opened.broker());
        ProcessUsage client = last.client().since(opened.client());
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.RATE, messages / ((last.atNs() - opened.atNs()) / 1e9));
        values.put(Metric.SEND_P50_MS, sends.total().millisAt(50));
        values.put(Metric.SEND_P99_MS, sends.total().millisAt(99));
        values.put(Metric.SEND_P999_MS, sends.total().millisAt(99.9));
        values.put(Metric.END_TO_END_P50_MS, endToEnd.total().millisAt(50));
        values.put(Metric.END_TO_END_P99_MS, endToEnd.total().millisAt(99));
        values.put(Metric.END_TO_END_P999_MS, endToEnd.total().millisAt(99.9));
        values.put(Metric.BROKER_CPU_US, (double) broker.cpuUs() / messages);
        values.put(Metric.BROKER_JIT_US, (double) broker.compilerUs() / messages);
        values.put(Metric.CLIENT_CPU_US, (double) client.cpuUs() / messages);
        values.put(Metric.BROKER_RSS_MB, broker.residentBytes() / MIB);
        values.put(Metric.P99_DRIFT, sends.p99Drift());
        return values;
    }

    @Override
    public void close() {
        out.close();
    }
}
