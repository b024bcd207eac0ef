package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrowthTest {
    @Test
    void shouldTellProportionFromNoMatter() {
        assertThat(Growth.slope(List.of(5.0, 5.0, 5.0, 5.0))).isEqualTo(0, within(1e-9));
        assertThat(Growth.slope(List.of(5.0, 10.0, 50.0, 500.0))).isEqualTo(1, within(1e-9));
    }

    @Test
    void shouldPutTheStepsOfAThingIntoOneRow() {
        List<Bench> benches = Scenarios.named(List.of("growth-queues")).stream()
                .map(GrowthTest::bench)
                .toList();

        assertThat(new Growth(benches).rows())
                .containsExactly(
                        List.of("thing", "broker", "from", "x1", "x2", "x10", "x100", "slope"),
                        List.of("queues", "ferrymq", "10", "10.0", "20.0", "100.0", "1000.0", "1.00"));
    }

    /** Costs as many microseconds as there are queues. */
    private static Bench bench(Scenario scenario) {
        LoadSettings settings = LoadSettings.from(scenario.arguments());
        Map<Metric, Double> values =
                Map.of(Metric.BROKER_CPU_US, (double) settings.workload().queues());
        RunResult run = RunResult.measured(values, RunResult.Trace.NONE, 1, 1);
        return new Bench(scenario, settings, new Comparison(Map.of(Peer.FERRYMQ, List.of(run))));
    }
}
