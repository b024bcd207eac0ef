package io.ferrymq.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Producers that wait for each persistent message, consumers that take it at once: how much of it is appended to the journal and how much the
 * device writes, acknowledgements, zeros ahead, rewritten pages and the file system's own journal included.
 */
final class DeviceBench implements StoreBench {
    private static final String VOLUME = "6G";
    private static final int SECONDS = 60;
    private static final double KIB = 1024;
    /** The broker's default. */
    private static final long SEGMENT_BYTES = 128L << 20;

    /** Zeros are written up to 48 MiB ahead: in a window that is not much longer they are not counted. */
    private static final double LEAST_APPENDED_MIB = 96;

    private final StoreSettings settings;
    private final List<Peer> peers;
    private final LoadSettings load;
    private final int turns;
    private final Map<String, Map<String, List<Double>>> figures = new TreeMap<>();

    DeviceBench(StoreSettings settings) {
        this.settings = settings;
        this.peers = settings.peers("ferrymq,classic,artemis");
        this.turns = settings.arguments().count("--turns", 1, 1, 100);
        this.load = settings.load(SECONDS, "1g");
    }

    @Override
    public StoreTable run() throws IOException, InterruptedException {
        StoreTable table = new StoreTable("device: " + load.workload().inWords(), StoreSettings.labels(peers));
        for (int turn = 0; turn < turns; turn++) {
            for (Peer peer : peers) {
                try {
                    measure(peer, table);
                } catch (IOException e) {
                    table.problem(peer.label() + ": " + e.getMessage());
                }
            }
        }
        row(table, "rate", "msg/s", 0, Figure.Target.NONE);
        row(table, "cpu_us", "broker CPU, us/msg", 1, Figure.Target.NONE);
        row(table, "appended_kib", "appended to the journal, KiB/msg", 2, Figure.Target.atMost(1.25));
        row(table, "appended_mib", "appended in the window, MiB", 0, Figure.Target.NONE);
        row(table, "device_kib", "written by the device, KiB/msg", 2, Figure.Target.atMost(3.5));
        row(table, "device_writes", "writes of the device/msg", 2, Figure.Target.NONE);
        row(table, "device_flushes", "flushes of the device/msg", 3, Figure.Target.NONE);
        return table;
    }

    private void measure(Peer peer, StoreTable table) throws IOException, InterruptedException {
        try (BlockDevice device = device(peer)) {
            List<String> command = settings.command(peer, load.heap(), device.directory());
            try (BrokerProcess broker = BrokerProcess.onDataOfCaller(peer, command);
                    Reading reading = new Reading(peer, device)) {
                RunResult result = new LoadProcess(load)
                        .run(LoadMain.class, broker, LoadSettings.WORK.resolve("device.hlog"), reading);
                if (!result.valid()) {
                    table.problem(peer.label() + ": " + result.problem());
                    return;
                }
                Map<String, Double> found = reading.perMessage(result.value(Metric.RATE) * load.measuredSeconds());
                found.put("rate", result.value(Metric.RATE));
                found.put("cpu_us", result.value(Metric.BROKER_CPU_US));
                System.out.println(peer.label() + ": " + found);
                if (found.getOrDefault("appended_mib", LEAST_APPENDED_MIB) < LEAST_APPENDED_MIB) {
                    table.problem(
                            peer.label() + ": too little was appended to count the zeros ahead; longer --seconds");
                }
                Map<String, List<Double>> all = figures.computeIfAbsent(peer.label(), any -> new TreeMap<>());
                found.forEach((key, value) ->
                        all.computeIfAbsent(key, any -> new ArrayList<>()).add(value));
            }
        }
    }

    private BlockDevice device(Peer peer) throws IOException, InterruptedException {
        Arguments arguments = settings.arguments();
        boolean own = !arguments.given("--no-loop") && !arguments.given("--directory");
        return own
                ? BlockDevice.loop(LoadSettings.WORK.resolve("volumes"), VOLUME)
                : BlockDevice.under(settings.freshDirectory(peer.label()));
    }

    private void row(StoreTable table, String key, String label, int decimals, Figure.Target target) {
        Map<String, Double> values = new TreeMap<>();
        figures.forEach((peer, found) -> values.put(peer, Comparison.median(found.getOrDefault(key, List.of()))));
        table.judged(key, label, decimals, values, target, Peer.FERRYMQ.label());
    }

    /** Reads all counters when the measured window opens and when it closes. */
    private static final class Reading implements Consumer<String>, AutoCloseable {
        private final BlockDevice device;
        private final @Nullable JournalFiles journal;
        private final List<BlockDevice.Counters> counters = new ArrayList<>();
        private final List<Long> appended = new ArrayList<>();

        Reading(Peer peer, BlockDevice device) {
            this.device = device;
            this.journal = peer == Peer.FERRYMQ ? new JournalFiles(device.directory(), SEGMENT_BYTES) : null;
        }

        @Override
        public void accept(String line) {
            if (!line.equals("window open") && !line.equals("window close")) {
                return;
            }
            try {
                if (journal != null) {
                    appended.add(journal.appended());
                }
                counters.add(device.counters());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        Map<String, Double> perMessage(double messages) throws IOException {
            if (counters.size() != 2) {
                throw new IOException("the counters of the device were not read");
            }
            BlockDevice.Counters used = counters.get(1).since(counters.get(0));
            Map<String, Double> found = new TreeMap<>();
            found.put("device_kib", used.writtenBytes() / KIB / messages);
            found.put("device_writes", used.writes() / messages);
            found.put("device_flushes", used.flushes() / messages);
            if (appended.size() == 2) {
                found.put("appended_mib", (appended.get(1) - appended.get(0)) / KIB / KIB);
                found.put("appended_kib", (appended.get(1) - appended.get(0)) / KIB / messages);
            }
            return found;
        }

        @Override
        public void close() {
            if (journal != null) {
                journal.close();
            }
        }
    }
}
