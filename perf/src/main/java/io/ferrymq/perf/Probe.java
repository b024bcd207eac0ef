package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** One way to measure: starts what it needs, measures once and leaves nothing behind. */
interface Probe {
    /**
     * @param histograms where a log of histograms goes, if there are any
     * @param onLine hears what the load tells as it goes
     */
    RunResult run(Peer peer, Path histograms, Consumer<String> onLine) throws IOException, InterruptedException;

    static Probe of(Scenario.Kind kind, LoadSettings settings) {
        return switch (kind) {
            case LOAD -> new LoadProbe(settings);
            case SOAK -> new SoakProbe(settings);
            case IDLE -> new IdleProbe(settings);
            case START -> new StartProbe(settings);
        };
    }
}
