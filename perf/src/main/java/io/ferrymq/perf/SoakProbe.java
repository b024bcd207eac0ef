package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A load for long. The heap is resident from the start, so that the process grows by what is outside of it only; what is alive in the heap
 * is read when the window opens and when it closes, by a collection each.
 */
final class SoakProbe implements Probe {
    private static final double SECONDS_PER_MINUTE = 60;

    private final LoadSettings settings;

    SoakProbe(LoadSettings settings) {
        this.settings = settings;
    }

    @Override
    public RunResult run(Peer peer, Path histograms, Consumer<String> onLine) throws IOException, InterruptedException {
        try (BrokerProcess broker = BrokerProcess.start(peer, settings.brokerJavaWithFixedHeap(), LoadSettings.WORK)) {
            HeapWatch heap = new HeapWatch(settings.java(), broker.pid());
            RunResult result = new LoadProcess(settings).run(LoadMain.class, broker, histograms, line -> {
                heap.onLine(line);
                onLine.accept(line);
            });
            Map<Metric, Double> more = new EnumMap<>(Metric.class);
            more.put(Metric.HEAP_GROWTH_MIB, heap.closed - heap.opened);
            more.put(Metric.RSS_SLOPE_MIB, slope(result.trace().seconds()));
            return result.with(more);
        }
    }

    /** Least squares over the second half of the window, per minute: what a JVM settles into comes before. */
    static double slope(List<Second> seconds) {
        List<Second> half = seconds.subList(seconds.size() / 2, seconds.size());
        double meanAt = (half.size() - 1) / 2.0;
        double mean = half.stream().mapToDouble(Second::rssMib).average().orElse(Double.NaN);
        double above = 0;
        double below = 0;
        for (int i = 0; i < half.size(); i++) {
            above += (i - meanAt) * (half.get(i).rssMib() - mean);
            below += (i - meanAt) * (i - meanAt);
        }
        return below == 0 ? 0 : above / below * SECONDS_PER_MINUTE;
    }

    /** Owned by the thread that reads the load's output until that has ended. */
    private static final class HeapWatch {
        private final String java;
        private final long pid;
        private volatile double opened = Double.NaN;
        private volatile double closed = Double.NaN;

        HeapWatch(String java, long pid) {
            this.java = java;
            this.pid = pid;
        }

        void onLine(String line) {
            if (line.equals("window open")) {
                opened = read();
            } else if (line.equals("window close")) {
                closed = read();
            }
        }

        /** NaN leaves the target open. */
        private double read() {
            try {
                return HeapUse.mibAfterGc(java, pid);
            } catch (IOException e) {
                System.err.println("heap not read: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Double.NaN;
        }
    }
}
