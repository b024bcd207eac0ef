package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A broker under load; the ceiling is the bare file of {@link GroupCommitBench} with as many threads as there are producers. */
final class LoadProbe implements Probe {
    private static final int MILLIS = 1_000;

    /** The bare file warms up for four times as long as it is measured, and holds still soon. */
    private static final int CEILING_SECONDS = 5;

    private final LoadSettings settings;

    LoadProbe(LoadSettings settings) {
        this.settings = settings;
    }

    @Override
    public RunResult run(Peer peer, Path histograms, Consumer<String> onLine) throws IOException, InterruptedException {
        if (peer == Peer.CEILING) {
            return ceiling();
        }
        try (BrokerProcess broker = BrokerProcess.start(peer, settings.brokerJava(), LoadSettings.WORK)) {
            return new LoadProcess(settings)
                    .run(LoadMain.class, broker, histograms, onLine)
                    .without(Metric.P99_DRIFT);
        }
    }

    private RunResult ceiling() throws IOException, InterruptedException {
        List<Map<String, Double>> turns = GroupCommitBench.bare(
                settings.java(),
                settings.workload().producers(),
                Math.min(CEILING_SECONDS, settings.measuredSeconds()) * MILLIS);
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.RATE, turns.get(0).get("rate"));
        values.put(Metric.SEND_P50_MS, turns.get(0).get("p50us") / MILLIS);
        values.put(Metric.SEND_P99_MS, turns.get(0).get("p99us") / MILLIS);
        return RunResult.measured(values, RunResult.Trace.NONE, 0, 0);
    }
}
