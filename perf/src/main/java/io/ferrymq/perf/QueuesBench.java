package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Many queues with a few messages each: what they cost in heap. */
final class QueuesBench implements StoreBench {
    private static final int IDLE_SECONDS = 60;
    private static final int LIMIT_SECONDS = 3_600;

    private final StoreSettings settings;
    private final List<Peer> peers;
    private final String heap;
    private final int queues;
    private final int perQueue;
    private final Map<String, Map<String, Double>> figures = new LinkedHashMap<>();

    QueuesBench(StoreSettings settings) {
        this.settings = settings;
        this.peers = settings.peers("ferrymq");
        this.heap = settings.heap("1g");
        this.queues = settings.arguments().count("--queues", 10_000, 1, 1_000_000);
        this.perQueue = settings.arguments().count("--messages", 100, 1, 100_000);
    }

    @Override
    public StoreTable run() throws IOException, InterruptedException {
        StoreTable table = new StoreTable(
                queues + " queues, " + perQueue + " x " + settings.sizeBytes() + " B each, -Xmx" + heap,
                StoreSettings.labels(peers));
        for (Peer peer : peers) {
            Path data = settings.freshDirectory(peer.label());
            try (BrokerProcess broker = BrokerProcess.onDataOfCaller(peer, settings.command(peer, heap, data))) {
                measure(peer, broker, table);
            } catch (IOException e) {
                table.problem(peer.label() + ": " + e.getMessage());
            } finally {
                BrokerProcess.delete(data);
            }
        }
        row(table, "stored", "stored, share of what was to be", 3, Figure.Target.atLeast(1));
        row(table, "empty_mib", "heap after GC, empty, MiB", 1, Figure.Target.NONE);
        row(table, "full_mib", "heap after GC, full, MiB", 1, Figure.Target.NONE);
        row(table, "above_mib", "heap above the empty broker, MiB", 1, Figure.Target.atMost(64));
        row(table, "rss_mib", "RSS, full, MiB", 0, Figure.Target.NONE);
        row(table, "fill_rate", "fill, msg/s", 0, Figure.Target.NONE);
        row(table, "fill_cpu_us", "fill, broker CPU, us/msg", 1, Figure.Target.NONE);
        return table;
    }

    private void measure(Peer peer, BrokerProcess broker, StoreTable table) throws IOException, InterruptedException {
        int messages = Math.multiplyExact(queues, perQueue);
        Readings warmedUp = settings.load("warm-up", broker, List.of(), LIMIT_SECONDS);
        double empty = HeapUse.mibAfterGc(settings.java(), broker.pid());
        List<String> words = new ArrayList<>(List.of("--messages", Integer.toString(messages)));
        words.addAll(List.of("--queues", Integer.toString(queues)));
        words.addAll(List.of("--idle", Integer.toString(IDLE_SECONDS)));
        Readings filled = settings.load("fill", broker, words, LIMIT_SECONDS);
        for (Readings readings : List.of(warmedUp, filled)) {
            if (!readings.problem().isEmpty()) {
                table.problem(peer.label() + ": " + readings.problem());
                return;
            }
        }
        System.out.println(peer.label() + " fill: " + filled.values());
        Map<String, Double> found = new TreeMap<>();
        double full = HeapUse.mibAfterGc(settings.java(), broker.pid());
        found.put("stored", filled.value("stored") / messages);
        found.put("empty_mib", empty);
        found.put("full_mib", full);
        found.put("above_mib", full - empty);
        found.put("rss_mib", ProcessUsage.of(broker.pid()).residentBytes() / (double) (1 << 20));
        found.put("fill_rate", filled.value("rate"));
        found.put("fill_cpu_us", filled.value("cpu_us"));
        figures.put(peer.label(), found);
    }

    private void row(StoreTable table, String key, String label, int decimals, Figure.Target target) {
        Map<String, Double> values = new TreeMap<>();
        figures.forEach((peer, found) -> values.put(peer, found.getOrDefault(key, Double.NaN)));
        table.judged(key, label, decimals, values, target, Peer.FERRYMQ.label());
    }
}
