package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One queue that takes in everything and gives nothing, on one heap: does filling slow down, what does the backlog cost, how long does a
 * start with it take after kill -9 and after a clean stop, and how fast is it taken out again.
 */
final class BacklogBench implements StoreBench {
    private static final int GRACE_SECONDS = 300;
    private static final int IDLE_SECONDS = 60;

    /** The slowest broker that is still waited for, in messages per second. */
    private static final int SLOWEST = 500;

    private static final int STOP_SECONDS = 300;

    private final StoreSettings settings;
    private final List<Peer> peers;
    private final String heap;
    private final int messages;
    private final int producers;
    private final int consumers;
    private final int batch;
    private final Map<String, Map<String, Double>> figures = new LinkedHashMap<>();

    BacklogBench(StoreSettings settings) {
        this.settings = settings;
        this.peers = settings.peers("ferrymq");
        this.heap = settings.heap("512m");
        Arguments arguments = settings.arguments();
        this.messages = arguments.count("--messages", 1_000_000, 1_000, 100_000_000);
        this.producers = arguments.count("--producers", 4, 1, 100);
        this.consumers = arguments.count("--consumers", 1, 1, 100);
        this.batch = arguments.count("--batch", 1_000, 0, 10_000);
    }

    @Override
    public StoreTable run() throws IOException, InterruptedException {
        String how = batch == 0 ? "synchronous sends" : "transactions of " + batch;
        StoreTable table = new StoreTable(
                "backlog: " + messages + " x " + settings.sizeBytes() + " B, -Xmx" + heap + ", " + producers
                        + " producers, " + how,
                StoreSettings.labels(peers));
        for (Peer peer : peers) {
            Path data = settings.freshDirectory(peer.label());
            try {
                new Course(peer, data, table).run();
            } catch (IOException e) {
                table.problem(peer.label() + ": " + e.getMessage());
            } finally {
                BrokerProcess.delete(data);
            }
        }
        rows(table);
        return table;
    }

    private void rows(StoreTable table) {
        row(table, "stored", "stored, share of what was to be", 3, Figure.Target.atLeast(1));
        row(table, "fill_rate", "fill, msg/s", 0, Figure.Target.NONE);
        row(table, "fill_rate_first", "fill, first tenth, msg/s", 0, Figure.Target.NONE);
        row(table, "fill_rate_last", "fill, last tenth, msg/s", 0, Figure.Target.NONE);
        row(table, "fill_last_share", "fill, last tenth / first", 2, Figure.Target.atLeast(0.9));
        row(table, "fill_cpu_first_us", "fill, first tenth, broker CPU, us/msg", 1, Figure.Target.NONE);
        row(table, "fill_cpu_last_us", "fill, last tenth, broker CPU, us/msg", 1, Figure.Target.NONE);
        row(table, "heap_mib", "heap after GC, full, MiB", 0, Figure.Target.NONE);
        row(table, "heap_bytes_per_message", "heap above the empty broker, B/msg", 0, Figure.Target.NONE);
        row(table, "rss_mib", "RSS, full, MiB", 0, Figure.Target.NONE);
        row(table, "kill_start_s", "start after kill -9, s", 1, Figure.Target.atMost(20));
        row(table, "kill_start_cpu_s", "start after kill -9, CPU with the JVM's, s", 1, Figure.Target.NONE);
        row(table, "stop_s", "clean stop, s", 1, Figure.Target.NONE);
        row(table, "clean_start_s", "start after a clean stop, s", 1, Figure.Target.atMost(10));
        row(table, "clean_start_cpu_s", "start after a clean stop, CPU with the JVM's, s", 1, Figure.Target.NONE);
        row(table, "restarted_heap_mib", "heap after GC, restarted, MiB", 0, Figure.Target.NONE);
        row(table, "restarted_rss_mib", "RSS, restarted, MiB", 0, Figure.Target.NONE);
        row(table, "drain_rate", "drain, " + consumers + " consumer(s), msg/s", 0, Figure.Target.NONE);
        row(table, "drain_share", "drain / fill", 2, Figure.Target.atLeast(0.8));
        row(table, "drain_cpu_us", "drain, broker CPU, us/msg", 1, Figure.Target.NONE);
    }

    private void row(StoreTable table, String key, String label, int decimals, Figure.Target target) {
        Map<String, Double> values = new TreeMap<>();
        figures.forEach((peer, found) -> values.put(peer, found.getOrDefault(key, Double.NaN)));
        table.judged(key, label, decimals, values, target, Peer.FERRYMQ.label());
    }

    /** What one broker goes through. */
    private final class Course {
        private final Peer peer;
        private final List<String> command;
        private final StoreTable table;
        private final Map<String, Double> found = new TreeMap<>();
        private BrokerProcess broker;
        private double emptyMib;

        Course(Peer peer, Path data, StoreTable table) throws IOException, InterruptedException {
            this.peer = peer;
            this.command = settings.command(peer, heap, data);
            this.table = table;
            this.broker = BrokerProcess.onDataOfCaller(peer, command);
            figures.put(peer.label(), found);
        }

        void run() throws IOException, InterruptedException {
            try {
                if (check("warm-up", load("warm-up", List.of()))) {
                    emptyMib = HeapUse.mibAfterGc(settings.java(), broker.pid());
                    Readings filled = load("fill", List.of());
                    found.put("stored", filled.value("stored") / messages);
                    if (check("fill", filled)) {
                        afterFill(filled);
                    }
                }
            } finally {
                broker.close();
            }
        }

        private void afterFill(Readings filled) throws IOException, InterruptedException {
            double stored = filled.value("stored");
            found.put("fill_rate", filled.value("rate"));
            found.put("fill_rate_first", filled.value("rate_first"));
            found.put("fill_rate_last", filled.value("rate_last"));
            found.put("fill_last_share", filled.value("rate_last") / filled.value("rate_first"));
            found.put("fill_cpu_first_us", filled.value("cpu_us_first"));
            found.put("fill_cpu_last_us", filled.value("cpu_us_last"));
            if (stored < messages) {
                table.problem(peer.label() + " took no more after " + (long) stored + " messages");
            }
            memory("");
            found.put("heap_bytes_per_message", (found.get("heap_mib") - emptyMib) * (1 << 20) / stored);
            broker.kill();
            start("kill_start");
            long stopNs = System.nanoTime();
            if (!broker.stop(STOP_SECONDS)) {
                table.problem(peer.label() + " did not stop within " + STOP_SECONDS + " s");
            }
            found.put("stop_s", (System.nanoTime() - stopNs) / 1e9);
            start("clean_start");
            memory("restarted_");
            drain(stored, filled.value("doubtful"));
        }

        private void drain(double stored, double doubtful) throws IOException, InterruptedException {
            List<String> more = List.of("--doubtful", Long.toString((long) doubtful));
            Readings drained = load("drain", (long) stored, more);
            if (check("drain", drained)) {
                found.put("drain_rate", drained.value("rate"));
                found.put("drain_share", drained.value("rate") / found.get("fill_rate"));
                found.put("drain_cpu_us", drained.value("cpu_us"));
            }
        }

        private Readings load(String phase, List<String> more) throws IOException, InterruptedException {
            return load(phase, messages, more);
        }

        private Readings load(String phase, long count, List<String> more) throws IOException, InterruptedException {
            List<String> words = new ArrayList<>(List.of("--messages", Long.toString(count)));
            words.addAll(List.of("--producers", Integer.toString(producers)));
            words.addAll(List.of("--consumers", Integer.toString(consumers)));
            words.addAll(List.of("--batch", Integer.toString(batch)));
            words.addAll(List.of("--idle", Integer.toString(IDLE_SECONDS)));
            words.addAll(more);
            return settings.load(phase, broker, words, GRACE_SECONDS + messages / SLOWEST);
        }

        private void start(String key) throws IOException, InterruptedException {
            broker.close();
            long startNs = System.nanoTime();
            broker = BrokerProcess.onDataOfCaller(peer, command);
            found.put(key + "_s", (System.nanoTime() - startNs) / 1e9);
            found.put(key + "_cpu_s", ProcessUsage.of(broker.pid()).cpuUs() / 1e6);
            System.out.printf("  %s started in %.1f s%n", peer.label(), found.get(key + "_s"));
        }

        private void memory(String prefix) throws IOException, InterruptedException {
            found.put(prefix + "heap_mib", HeapUse.mibAfterGc(settings.java(), broker.pid()));
            found.put(prefix + "rss_mib", ProcessUsage.of(broker.pid()).residentBytes() / (double) (1 << 20));
        }

        private boolean check(String phase, Readings readings) {
            System.out.println(peer.label() + " " + phase + ": "
                    + (readings.problem().isEmpty() ? readings.values() : readings.problem()));
            if (!readings.problem().isEmpty()) {
                table.problem(peer.label() + " " + phase + ": " + readings.problem());
            }
            return readings.problem().isEmpty();
        }
    }
}
