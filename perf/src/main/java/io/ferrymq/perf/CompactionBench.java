package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Producers and consumers beside a queue whose messages nobody takes. They lie in the oldest segments, which the others would let go, so the
 * broker writes them again, and again. The same without such messages, and with few of them, in turns that swap places.
 */
final class CompactionBench implements StoreBench {
    private static final int LIMIT_SECONDS = 600;
    private static final int SECONDS = 30;
    private static final double KIB = 1024;
    /** Less was appended again per message: then the many were not compacted while it was measured. */
    private static final double LEAST_AGAIN_KIB = 0.1;

    /** How many messages stay. */
    private enum Kept {
        NONE,
        FEW,
        MANY;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final StoreSettings settings;
    private final LoadSettings load;
    private final int turns;
    private final int few;
    private final int many;
    private final int segmentMib;
    private final Map<String, Map<String, List<Double>>> figures = new TreeMap<>();

    CompactionBench(StoreSettings settings) {
        this.settings = settings;
        Arguments arguments = settings.arguments();
        this.turns = arguments.count("--turns", 4, 1, 100);
        this.load = settings.load(SECONDS, "512m");
        this.few = arguments.count("--few", 1_000, 1, 10_000_000);
        this.many = arguments.count("--kept", 20_000, 1, 10_000_000);
        this.segmentMib = arguments.count("--segment", 16, 1, 1_024);
    }

    @Override
    public StoreTable run() throws IOException, InterruptedException {
        List<Kept> order = new ArrayList<>(List.of(Kept.values()));
        StoreTable table = new StoreTable(
                "compaction: " + load.workload().producers() + " producers and consumers, " + few + " or " + many
                        + " messages stay, " + segmentMib + " MiB segments",
                order.stream().map(Kept::label).toList());
        for (int turn = 0; turn < turns; turn++) {
            Map<Kept, Double> rates = new EnumMap<>(Kept.class);
            for (Kept kept : order) {
                rates.put(kept, measure(kept, table));
            }
            rates.forEach((kept, rate) -> note(kept, "share", rate / rates.get(Kept.NONE)));
            Collections.reverse(order);
        }
        double againKib = median(Kept.MANY, "appended_kib") - median(Kept.NONE, "appended_kib");
        if (againKib < LEAST_AGAIN_KIB) {
            table.problem(
                    "hardly anything was appended again, " + againKib + " KiB/msg; longer --seconds or less --kept");
        }
        row(table, "rate", "producers, msg/s", 0, Figure.Target.NONE, "");
        row(table, "share", "producers, share of none", 2, Figure.Target.atLeast(0.8), Kept.MANY.label());
        row(table, "cpu_us", "broker CPU, us/msg", 1, Figure.Target.NONE, "");
        row(
                table,
                "appended_kib",
                "appended, send to ack and compaction, KiB/msg",
                2,
                Figure.Target.atMost(1.25),
                "few");
        row(table, "log_mib", "journal at the end, MiB", 0, Figure.Target.NONE, "");
        return table;
    }

    private int count(Kept kept) {
        return switch (kept) {
            case NONE -> 0;
            case FEW -> few;
            case MANY -> many;
        };
    }

    /** The rate, or NaN. */
    private double measure(Kept kept, StoreTable table) throws IOException, InterruptedException {
        Path data = settings.freshDirectory("compaction");
        Path config = Files.writeString(
                LoadSettings.WORK.resolve("compaction.yaml"), "store:\n  segmentBytes: " + segmentMib + "MiB\n");
        List<String> command = settings.command(Peer.FERRYMQ, load.heap(), data);
        command.addAll(List.of("--config", config.toString()));
        try (BrokerProcess broker = BrokerProcess.onDataOfCaller(Peer.FERRYMQ, command);
                JournalFiles journal = new JournalFiles(data, (long) segmentMib << 20)) {
            if (count(kept) > 0) {
                fill(broker, count(kept));
            }
            long before = journal.appended();
            RunResult found = new LoadProcess(load)
                    .run(LoadMain.class, broker, LoadSettings.WORK.resolve("compaction.hlog"), any -> {});
            if (!found.valid()) {
                throw new IOException(found.problem());
            }
            System.out.println(kept.label() + ": " + found.values());
            note(kept, "rate", found.value(Metric.RATE));
            note(kept, "cpu_us", found.value(Metric.BROKER_CPU_US));
            note(kept, "appended_kib", (journal.appended() - before) / KIB / found.sent());
            note(kept, "log_mib", JournalFiles.segmentBytes(data) / KIB / KIB);
            return found.value(Metric.RATE);
        } catch (IOException e) {
            table.problem(kept.label() + ": " + e.getMessage());
            return Double.NaN;
        } finally {
            BrokerProcess.delete(data);
        }
    }

    private void fill(BrokerProcess broker, int messages) throws IOException, InterruptedException {
        Readings filled =
                settings.load("fill", broker, List.of("--messages", Integer.toString(messages)), LIMIT_SECONDS);
        if (!filled.problem().isEmpty()) {
            throw new IOException(filled.problem());
        }
    }

    private void note(Kept kept, String key, double value) {
        figures.computeIfAbsent(kept.label(), any -> new TreeMap<>())
                .computeIfAbsent(key, any -> new ArrayList<>())
                .add(value);
    }

    private double median(Kept kept, String key) {
        return Comparison.median(figures.getOrDefault(kept.label(), Map.of()).getOrDefault(key, List.of()));
    }

    private void row(StoreTable table, String key, String label, int decimals, Figure.Target target, String judged) {
        Map<String, Double> values = new TreeMap<>();
        figures.forEach((kept, found) -> values.put(kept, Comparison.median(found.getOrDefault(key, List.of()))));
        table.judged(key, label, decimals, values, target, judged);
    }
}
