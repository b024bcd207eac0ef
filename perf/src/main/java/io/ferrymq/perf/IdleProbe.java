package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A broker with many connections that do nothing. */
final class IdleProbe implements Probe {
    private final LoadSettings settings;

    IdleProbe(LoadSettings settings) {
        this.settings = settings;
    }

    @Override
    public RunResult run(Peer peer, Path histograms, Consumer<String> onLine) throws IOException, InterruptedException {
        try (BrokerProcess broker = BrokerProcess.start(peer, settings.brokerJavaWithFixedHeap(), LoadSettings.WORK)) {
            return new LoadProcess(settings).run(IdleMain.class, broker, histograms, onLine);
        }
    }
}
