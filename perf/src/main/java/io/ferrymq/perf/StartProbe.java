package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How long a broker takes to be there: as a process of its own for all, and inside an application for FerryMQ. */
final class StartProbe implements Probe {
    private static final int LIMIT_SECONDS = 120;
    private static final double NS_PER_MS = 1e6;
    private static final String TOLD = "first message after ms: ";

    private final LoadSettings settings;

    StartProbe(LoadSettings settings) {
        this.settings = settings;
    }

    @Override
    public RunResult run(Peer peer, Path histograms, Consumer<String> onLine) throws IOException, InterruptedException {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        long startNs = System.nanoTime();
        try (BrokerProcess broker = BrokerProcess.start(peer, settings.brokerJava(), LoadSettings.WORK)) {
            values.put(Metric.READY_MS, (System.nanoTime() - startNs) / NS_PER_MS);
            values.put(Metric.BROKER_RSS_MB, ProcessUsage.of(broker.pid()).residentBytes() / (double) (1 << 20));
        }
        if (peer == Peer.FERRYMQ) {
            values.put(Metric.EMBEDDED_MS, embedded());
        }
        return RunResult.measured(values, RunResult.Trace.NONE, 0, 0);
    }

    private double embedded() throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(Files.createDirectories(LoadSettings.WORK.resolve("data")), "embedded");
        Path log = Files.createDirectories(LoadSettings.WORK.resolve("logs")).resolve("embedded.log");
        CompletableFuture<Double> told = new CompletableFuture<>();
        List<String> command = new ArrayList<>(settings.brokerJava());
        command.addAll(GroupCommitBench.FLAGS);
        command.addAll(List.of(
                "-cp", "perf/target/peers/embedded/classes:broker-server/target/ferrymq.jar:perf/target/lib/*"));
        command.addAll(List.of("EmbeddedPeer", data.toString()));
        try (ChildProcess child = ChildProcess.start(command, log, line -> {
            if (line.startsWith(TOLD)) {
                told.complete(Double.valueOf(line.substring(TOLD.length())));
            }
        })) {
            if (!child.awaitEnd(LIMIT_SECONDS, TimeUnit.SECONDS) || !told.isDone()) {
                throw new IOException("the embedded broker passed no message, log=" + log);
            }
            return told.join();
        } finally {
            BrokerProcess.delete(data);
        }
    }
}
