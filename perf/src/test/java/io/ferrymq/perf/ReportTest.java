package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @Test
    void shouldTakeTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Comparison.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5.0);
        assertThat(Comparison.median(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3.0);
        assertThat(Comparison.median(List.of())).isNaN();
    }

    @Test
    void shouldCompareBrokersWithinEachTurn() {
        // the machine is three times faster in the second turn; the ratio of each turn does not see it
        Comparison comparison = comparison(List.of(run(2_000), run(6_000)), List.of(run(1_000), run(3_000)));

        assertThat(comparison.ratio(Peer.FERRYMQ, Peer.CLASSIC, Metric.RATE)).isEqualTo(2.0);
        assertThat(comparison.median(Peer.FERRYMQ, Metric.RATE)).isEqualTo(4_000);
    }

    @Test
    void shouldUseNoFigureOfATurnInWhichARunWasNotValid() {
        Comparison comparison = comparison(
                List.of(run(2_000), RunResult.failed("lost", 5, 4), run(900)), List.of(run(1_000), run(1), run(300)));

        assertThat(comparison.ratio(Peer.FERRYMQ, Peer.CLASSIC, Metric.RATE)).isEqualTo(2.5);
        assertThat(comparison.validRuns(Peer.FERRYMQ)).isEqualTo(2);
        assertThat(comparison.complete()).isFalse();
    }

    @Test
    void shouldPrintOneAlignedTable() {
        Report report = new Report(comparison(List.of(run(3_000)), List.of(run(1_500))));

        assertThat(report.table().lines().map(String::stripTrailing))
                .containsExactly(
                        "broker           turns  msg/s  send p50 ms  send p99 ms  e2e p50 ms  e2e p99 ms  broker us/msg  of it JIT  client us/msg  RSS MB",
                        "ferrymq            1/1   3000            -            -           -           -              -          -              -       -",
                        "classic            1/1   1500            -            -           -           -              -          -              -       -",
                        "ferrymq/classic          2.00            -            -           -           -              -          -              -       -");
    }

    @Test
    void shouldWriteWhatItPrintsAsJson() {
        Report report = new Report(comparison(List.of(run(3_000)), List.of(RunResult.failed("say \"no\"", 2, 1))));

        assertThat(Json.of(report.tree()))
                .isEqualTo("{\"ferrymq\": {\"median\": {\"rate\": 3000.000}, \"runs\": [{\"sent\": 7, \"received\": 7,"
                        + " \"problem\": \"\", \"rate\": 3000.000}]}, \"classic\": {\"median\": {}, \"runs\": [{\"sent\": 2,"
                        + " \"received\": 1, \"problem\": \"say \\\"no\\\"\"}]}, \"ferrymq/classic\": {}}");
    }

    @Test
    void shouldReadARunBackAsItWasStored(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("run");
        run(1_234.5).store(file);
        assertThat(RunResult.load(file)).isEqualTo(run(1_234.5));

        RunResult.failed("lost: one", 2, 1).store(file);
        assertThat(RunResult.load(file)).isEqualTo(RunResult.failed("lost: one", 2, 1));
    }

    @Test
    void shouldTellThePercentilesOfAllClientsTogether() {
        Latency fast = new Latency();
        Latency slow = new Latency();
        for (int i = 0; i < 99; i++) {
            fast.record(1_000_000);
        }
        slow.record(50_000_000);
        fast.add(slow);

        assertThat(fast.count()).isEqualTo(100);
        assertThat(fast.millisAt(50)).isBetween(0.999, 1.001);
        assertThat(fast.millisAt(100)).isBetween(49.95, 50.05);
    }

    private static Comparison comparison(List<RunResult> ferrymq, List<RunResult> classic) {
        Map<Peer, List<RunResult>> runs = new EnumMap<>(Peer.class);
        runs.put(Peer.FERRYMQ, ferrymq);
        runs.put(Peer.CLASSIC, classic);
        return new Comparison(runs);
    }

    private static RunResult run(double rate) {
        return RunResult.measured(Map.of(Metric.RATE, rate), 7, 7);
    }
}
