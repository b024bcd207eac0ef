package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs a load against a broker in a JVM of its own and brings back what it found. */
final class LoadProcess {
    /** For connecting, draining and closing, on top of the time asked for. */
    private static final int GRACE_SECONDS = 300;

    /** What the load JVM is told besides the workload. */
    private static final Set<String> VALUED =
            Set.of("--url", "--pid", "--out", "--histograms", "--warmup", "--window-ms", "--java");

    private final LoadSettings settings;

    LoadProcess(LoadSettings settings) {
        this.settings = settings;
    }

    /** @param histograms where the log of the histograms goes */
    RunResult run(Class<?> main, BrokerProcess broker, Path histograms, Consumer<String> onLine)
            throws IOException, InterruptedException {
        Path out = LoadSettings.WORK.resolve("load.properties");
        Files.deleteIfExists(out);
        LoadJvm jvm = new LoadJvm(settings.java(), settings.runSeconds() + GRACE_SECONDS);
        String problem = jvm.run(main, arguments(broker, histograms, out), broker, onLine);
        return problem.isEmpty() ? RunResult.load(out) : RunResult.failed(problem);
    }

    /** For the load JVM, the other end of {@link #arguments}. */
    static Arguments parse(String[] args) {
        Set<String> valued = new HashSet<>(Workload.VALUED);
        valued.addAll(VALUED);
        return Arguments.parse(args, valued, Workload.FLAGS);
    }

    private List<String> arguments(BrokerProcess broker, Path histograms, Path out) {
        List<String> arguments = new ArrayList<>(
                List.of("--url", broker.url(), "--pid", Long.toString(broker.pid()), "--out", out.toString()));
        arguments.addAll(List.of("--histograms", histograms.toString()));
        arguments.addAll(List.of("--warmup", Integer.toString(settings.warmupSeconds())));
        arguments.addAll(List.of("--window-ms", Long.toString(TimeUnit.SECONDS.toMillis(settings.measuredSeconds()))));
        arguments.addAll(List.of("--java", settings.java()));
        arguments.addAll(settings.workload().toArguments());
        return arguments;
    }
}
