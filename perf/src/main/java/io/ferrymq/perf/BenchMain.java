package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Runs each broker in turns, prints one table and writes {@code perf/target/bench.json}. With {@code --check} only reads its command line. */
final class BenchMain {
    private static final Path JSON = Path.of("perf", "target", "bench.json");

    private static final int WARMUP_SECONDS = 5;

    private final LoadSettings settings;
    private final List<Peer> peers;
    private final int turns;
    private final Progress progress;
    private final Map<Peer, List<RunResult>> runs = new EnumMap<>(Peer.class);

    private BenchMain(Arguments arguments) {
        settings = LoadSettings.from(arguments, WARMUP_SECONDS);
        peers = arguments.words("--brokers", "ferrymq,classic,artemis").stream()
                .map(Peer::named)
                .distinct()
                .toList();
        turns = arguments.count("--turns", 3, 1, 100);
        progress = new Progress(System.out, arguments.given("--live"), turns * peers.size(), settings);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            Arguments arguments = parse(args);
            BenchMain bench = new BenchMain(arguments);
            System.exit(arguments.given("--check") || bench.run() ? 0 : 1);
        } catch (UsageException e) {
            System.err.println("perf/run: " + e.getMessage());
            System.exit(2);
        }
    }

    private static Arguments parse(String[] args) {
        Set<String> valued = new HashSet<>(Scenario.VALUED);
        valued.addAll(LoadSettings.VALUED);
        valued.addAll(Set.of("--brokers", "--turns"));
        Set<String> flags = new HashSet<>(Scenario.FLAGS);
        flags.addAll(Set.of("--live", "--check"));
        return Arguments.parse(args, valued, flags);
    }

    /** True when every run was valid. */
    private boolean run() throws IOException, InterruptedException {
        peers.forEach(Peer::checkBuilt);
        peers.forEach(peer -> runs.put(peer, new ArrayList<>()));
        progress.say(title());
        for (int turn = 1; turn <= turns; turn++) {
            for (Peer peer : peers) {
                runs.get(peer).add(runOnce(turn, peer));
            }
        }
        Comparison comparison = new Comparison(runs);
        Report report = new Report(comparison);
        progress.say("");
        progress.say(title() + "; medians over the valid turns");
        progress.say("");
        progress.say(report.table());
        Files.writeString(JSON, json(report) + "\n");
        return comparison.complete();
    }

    private RunResult runOnce(int turn, Peer peer) throws InterruptedException {
        String name = peer.label() + " turn " + turn;
        progress.startRun((turn - 1) * peers.size() + peers.indexOf(peer) + 1, name);
        RunResult result;
        try (BrokerProcess broker = BrokerProcess.start(peer, settings.brokerJava(), LoadSettings.WORK)) {
            result = new LoadProcess(settings).run(broker, progress::onLine);
        } catch (IOException e) {
            result = RunResult.failed(String.valueOf(e.getMessage()), 0, 0);
        }
        progress.say(name + ": " + (result.valid() ? summary(result) : "NOT VALID, " + result.problem()));
        return result;
    }

    private static String summary(RunResult result) {
        return String.format(
                Locale.ROOT,
                "%.0f msg/s, send p50 %.2f ms, broker %.0f us/msg; sent %d, received %d",
                result.value(Metric.RATE),
                result.value(Metric.SEND_P50_MS),
                result.value(Metric.BROKER_CPU_US),
                result.sent(),
                result.received());
    }

    private String title() {
        return settings.scenario().inWords() + "; " + turns + (turns == 1 ? " turn of " : " turns of ")
                + settings.measuredSeconds() + " s after " + settings.warmupSeconds() + " s, -Xmx" + settings.heap();
    }

    private String json(Report report) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("title", title());
        tree.put("java", settings.java());
        tree.put("processors", Runtime.getRuntime().availableProcessors());
        tree.put("brokers", report.tree());
        return Json.of(tree);
    }
}
