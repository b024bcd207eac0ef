package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs {@link LoadMain} against a broker in a JVM of its own and brings back what it found. */
final class LoadProcess {
    /** For connecting, draining and closing, on top of the time asked for. */
    private static final int GRACE_SECONDS = 150;

    private final LoadSettings settings;

    LoadProcess(LoadSettings settings) {
        this.settings = settings;
    }

    RunResult run(BrokerProcess broker, Consumer<String> onLine) throws IOException, InterruptedException {
        Path out = LoadSettings.WORK.resolve("load.properties");
        Path log = LoadSettings.WORK.resolve("logs").resolve("load.log");
        Files.deleteIfExists(out);
        try (ChildProcess load = ChildProcess.start(command(broker, out), log, onLine)) {
            boolean ended = awaitEnd(load, broker);
            if (!broker.isAlive()) {
                return RunResult.failed("the broker died", 0, 0);
            }
            if (!ended) {
                return RunResult.failed("the load did not end in time, log=" + log, 0, 0);
            }
            if (load.exitCode() != 0 || !Files.exists(out)) {
                return RunResult.failed("the load ended with code " + load.exitCode() + ", log=" + log, 0, 0);
            }
        }
        return RunResult.load(out);
    }

    /** A dead broker ends the wait too. */
    private boolean awaitEnd(ChildProcess load, BrokerProcess broker) throws InterruptedException {
        for (int second = 0; second < settings.runSeconds() + GRACE_SECONDS && broker.isAlive(); second++) {
            if (load.awaitEnd(1, TimeUnit.SECONDS)) {
                return true;
            }
        }
        return false;
    }

    private List<String> command(BrokerProcess broker, Path out) {
        List<String> command = new ArrayList<>(List.of(settings.java(), "-Xmx1g"));
        command.addAll(List.of("-cp", "perf/target/perf.jar:perf/target/lib/*", LoadMain.class.getName()));
        command.addAll(List.of("--url", broker.url(), "--pid", Long.toString(broker.pid()), "--out", out.toString()));
        command.addAll(List.of("--warmup", Integer.toString(settings.warmupSeconds())));
        command.addAll(List.of("--seconds", Integer.toString(settings.measuredSeconds())));
        command.addAll(settings.scenario().toArguments());
        return command;
    }
}
