package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** {@code ferrymq perf run}: runs scenarios, FerryMQ and others in turns, and holds FerryMQ to its targets. */
final class RunMain {
    static final Set<String> VALUED = valued();

    private static final Path OUT = Path.of("perf", "target", "report");

    private final List<Planned> planned = new ArrayList<>();
    private final Path out;
    private final Progress progress;
    private final String commandLine;

    /** One scenario with what the command line says of it. */
    private record Planned(Scenario scenario, LoadSettings settings, List<Peer> peers, int turns) {}

    private RunMain(Arguments arguments, String commandLine) {
        this.commandLine = commandLine;
        for (Scenario scenario : Scenarios.named(arguments.words("--scenario", fallback(arguments)))) {
            Arguments merged = arguments.over(scenario.arguments());
            LoadSettings settings = LoadSettings.from(merged);
            if (settings.workload().keepAliveS() > 0 && scenario.kind() != Scenario.Kind.IDLE) {
                throw new UsageException("--keep-alive is for idle-10000: beside a load nobody would send them");
            }
            int turns = merged.count("--turns", scenario.kind().turns(), 1, 100);
            Scenario judged = saysWhatClientsDo(arguments) ? scenario.withoutGoals() : scenario;
            planned.add(new Planned(judged, settings, peers(scenario, merged), turns));
        }
        out = Path.of(arguments.text("--out", OUT.toString()));
        List<LoadSettings> runs = new ArrayList<>();
        planned.forEach(each -> Stream.generate(each::settings)
                .limit((long) each.turns() * each.peers().size())
                .forEach(runs::add));
        progress = new Progress(System.out, arguments.given("--live"), runs);
    }

    private static Set<String> valued() {
        Set<String> valued = new HashSet<>(Workload.VALUED);
        valued.addAll(LoadSettings.VALUED);
        valued.addAll(Set.of("--scenario", "--against", "--turns", "--out"));
        return Set.copyOf(valued);
    }

    /** Who says what the clients do wants no targets that were made for something else. */
    private static String fallback(Arguments arguments) {
        return saysWhatClientsDo(arguments) ? Scenarios.CUSTOM : Scenarios.FIRST;
    }

    private static boolean saysWhatClientsDo(Arguments arguments) {
        return Stream.concat(Workload.VALUED.stream(), Workload.FLAGS.stream()).anyMatch(arguments::given);
    }

    private static List<Peer> peers(Scenario scenario, Arguments arguments) {
        List<Peer> peers = new ArrayList<>(List.of(Peer.FERRYMQ));
        if (!arguments.given("--against")) {
            return scenario.peers();
        }
        if (!arguments.required("--against").equals("none")) {
            arguments.words("--against", "").stream().map(Peer::named).forEach(peers::add);
        }
        return peers.stream()
                .distinct()
                .filter(peer -> scenario.kind().knows(peer))
                .toList();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            Set<String> flags = new HashSet<>(Workload.FLAGS);
            flags.addAll(Set.of("--live", "--check", "--list"));
            Arguments arguments = Arguments.parse(args, VALUED, flags);
            RunMain run = new RunMain(arguments, String.join(" ", args));
            if (arguments.given("--list")) {
                System.out.println(list());
                System.exit(0);
            }
            run.checkOut();
            if (arguments.given("--check")) {
                System.out.println(run.needed());
                System.exit(0);
            }
            System.exit(run.run() ? 0 : 1);
        } catch (UsageException e) {
            System.err.println("ferrymq perf run: " + e.getMessage());
            System.exit(2);
        }
    }

    private static String list() {
        List<String> lines = new ArrayList<>();
        for (Scenario scenario : Scenarios.all()) {
            LoadSettings settings = LoadSettings.from(scenario.arguments());
            lines.add(String.format(
                    "%-16s%s [%s]", scenario.name(), scenario.title(settings), Peer.labels(scenario.peers())));
        }
        Growth.names().forEach(name -> lines.add(String.format("%-20s%s", name, Growth.WHAT)));
        return String.join("\n", lines);
    }

    private void checkOut() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new UsageException("--out: " + out.toAbsolutePath() + " cannot be a directory: " + e);
        }
    }

    /** For the script: what must be built. */
    private String needed() {
        Set<String> needed = new TreeSet<>();
        for (Planned each : planned) {
            each.peers().forEach(peer -> needed.add(peer.label()));
            if (each.scenario().kind() == Scenario.Kind.START) {
                needed.add("embedded");
            }
        }
        return String.join(" ", needed);
    }

    /** True when every run was valid and no target was missed. The report is written after each scenario, so that an end in between loses little. */
    private boolean run() throws IOException, InterruptedException {
        planned.forEach(each -> each.peers().forEach(Peer::checkBuilt));
        ReportFiles files = new ReportFiles(out, commandLine);
        List<Bench> benches = new ArrayList<>();
        for (Planned each : planned) {
            progress.say(each.scenario().name() + ": " + each.scenario().title(each.settings()));
            Bench bench = bench(each);
            benches.add(bench);
            tell(bench);
            files.write(benches);
        }
        Growth growth = new Growth(benches);
        if (!growth.isEmpty()) {
            progress.say(growth.table());
            progress.say("");
        }
        progress.say("report: " + files.html() + ", figures: " + files.json());
        return benches.stream().allMatch(Bench::passed);
    }

    private Bench bench(Planned each) throws InterruptedException {
        Map<Peer, List<RunResult>> runs = new EnumMap<>(Peer.class);
        each.peers().forEach(peer -> runs.put(peer, new ArrayList<>()));
        for (int turn = 1; turn <= each.turns(); turn++) {
            for (Peer peer : each.peers()) {
                runs.get(peer).add(runOnce(each, peer, turn));
            }
        }
        return new Bench(each.scenario(), each.settings(), new Comparison(runs));
    }

    private RunResult runOnce(Planned each, Peer peer, int turn) throws InterruptedException {
        String name = each.scenario().name() + " " + peer.label() + " turn " + turn;
        progress.startRun(name);
        RunResult result;
        try {
            Path histograms = out.resolve(name.replace(' ', '-') + ".hlog");
            result = Probe.of(each.scenario().kind(), each.settings()).run(peer, histograms, progress::onLine);
        } catch (IOException e) {
            result = RunResult.failed(String.valueOf(e.getMessage()));
        }
        progress.endRun();
        progress.say(name + ": " + (result.valid() ? summary(result) : "NOT VALID, " + result.problem()));
        return result;
    }

    private static String summary(RunResult result) {
        List<String> words = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            if (!Double.isNaN(result.value(metric))) {
                words.add(metric.label() + " " + Table.number(result.value(metric), metric.decimals()));
            }
        }
        if (result.sent() > 0) {
            words.add("sent " + result.sent() + ", received " + result.received());
        }
        return String.join(", ", words);
    }

    private void tell(Bench bench) {
        progress.say("");
        progress.say(bench.scenario().name() + ": " + bench.title() + "; medians over the valid turns");
        progress.say("");
        progress.say(bench.table());
        progress.say("");
        bench.judgements().forEach(judgement -> progress.say(judgement.outcome() + "  " + judgement.text()));
        progress.say("");
    }
}
