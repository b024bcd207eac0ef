package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The child JVM that holds all clients of a run. Always ended when {@link #run} returns. */
final class LoadJvm {
    static final String CLASS_PATH = "perf/target/perf.jar:perf/target/lib/*";

    private static final Path LOG = LoadSettings.WORK.resolve("logs").resolve("load.log");

    private final String java;
    private final int limitSeconds;

    LoadJvm(String java, int limitSeconds) {
        this.java = java;
        this.limitSeconds = limitSeconds;
    }

    /** Empty, or why what the load has written must not be used. */
    String run(Class<?> main, List<String> arguments, BrokerProcess broker, Consumer<String> onLine)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java, "-Xmx2g", LoadSettings.KEEP_COMPILERS));
        command.addAll(List.of("-cp", CLASS_PATH, main.getName()));
        command.addAll(arguments);
        try (ChildProcess load = ChildProcess.start(command, LOG, onLine)) {
            boolean ended = awaitEnd(load, broker);
            if (!broker.isAlive()) {
                return "the broker died";
            }
            if (!ended) {
                return "the load did not end in time, log=" + LOG;
            }
            return load.exitCode() == 0 ? "" : "the load ended with code " + load.exitCode() + ", log=" + LOG;
        }
    }

    /** A dead broker ends the wait too. */
    private boolean awaitEnd(ChildProcess load, BrokerProcess broker) throws InterruptedException {
        for (int second = 0; second < limitSeconds && broker.isAlive(); second++) {
            if (load.awaitEnd(1, TimeUnit.SECONDS)) {
                return true;
            }
        }
        return false;
    }
}
