package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
    @Test
    void shouldTakeTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Comparison.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5.0);
        assertThat(Comparison.median(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3.0);
        assertThat(Comparison.median(List.of())).isNaN();
        assertThat(Comparison.median(List.of(1.0, Double.NaN, 5.0, 3.0))).isEqualTo(3.0);
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
    void shouldPrintOnlyColumnsThatHaveFigures() {
        Bench bench = bench(List.of(run(3_000)), List.of(run(1_500)));

        assertThat(bench.table().lines().map(String::stripTrailing))
                .containsExactly(
                        "broker           turns  msg/s",
                        "ferrymq            1/1   3000",
                        "classic            1/1   1500",
                        "ferrymq/classic          2.00");
    }

    @Test
    void shouldHoldTheRatioAgainstTheTarget() {
        assertThat(verdicts(bench(List.of(run(3_000)), List.of(run(1_500)))))
                .containsExactly("PASS msg/s: 3000 is 2.00 x classic's 1500, target >= 1.80 x");
        assertThat(verdicts(bench(List.of(run(2_000)), List.of(run(1_500)))))
                .containsExactly("MISS msg/s: 2000 is 1.33 x classic's 1500, target >= 1.80 x");
    }

    @Test
    void shouldLeaveATargetOpenAndNotPassWhenARunHasNoFigures() {
        Bench bench = bench(List.of(run(3_000)), List.of(RunResult.failed("lost: one", 2, 1)));

        assertThat(bench.judgements()).extracting(Goal.Judgement::outcome).containsExactly(Goal.Outcome.OPEN);
        assertThat(bench.passed()).isFalse();
    }

    @Test
    void shouldShowTheReasonInsteadOfFiguresOnAPageThatLoadsNothing() {
        Bench bench = bench(List.of(run(3_000)), List.of(RunResult.failed("lost <one>", 2, 1)));

        assertThat(HtmlReport.of(List.of(bench), Map.of("processors", 2)))
                .contains("lost &lt;one&gt;", "<svg", "</html>")
                .doesNotContain("<script", "<link", "http:", "https:", "src=");
    }

    @Test
    void shouldWriteWhatItPrintsAsJson() {
        Bench bench = bench(List.of(run(3_000)), List.of(RunResult.failed("say \"no\"", 2, 1)));

        assertThat(Json.of(bench.tree()))
                .startsWith("{\"scenario\": \"custom\", ")
                .contains("{\"ferrymq\": {\"median\": {\"rate\": 3000.000}, \"runs\": [{\"sent\": 7, \"received\": 7,")
                .contains("\"problem\": \"say \\\"no\\\"\"");
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
        Histogram slow = new Histogram(Latency.LONGEST_NS, Latency.DIGITS);
        for (int i = 0; i < 99; i++) {
            fast.record(1_000_000);
        }
        slow.recordValue(50_000_000);
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

    private static Bench bench(List<RunResult> ferrymq, List<RunResult> classic) {
        Scenario scenario =
                new Scenario("custom", Scenario.Kind.LOAD, "", List.of(Goal.atLeast(Metric.RATE, 1.8, Peer.CLASSIC)));
        return new Bench(scenario, LoadSettings.from(scenario.arguments()), comparison(ferrymq, classic));
    }

    private static List<String> verdicts(Bench bench) {
        return bench.judgements().stream()
                .map(judgement -> judgement.outcome() + " " + judgement.text())
                .toList();
    }

    private static RunResult run(double rate) {
        Second second = new Second(rate, 1.5, Double.NaN, 12, 200);
        Curve curve = new Curve(Curve.PERCENTILES);
        return RunResult.measured(
                Map.of(Metric.RATE, rate), new RunResult.Trace(List.of(second, second), curve, curve), 7, 7);
    }
}
