package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs scenarios beside ActiveMQ Classic in turns and holds FerryMQ to its targets. The command line: scenarios, none for all, then options. */
final class MessagingMain {
    private static final Path OUT = LoadSettings.WORK.resolve("messaging.properties");
    private static final Path JSON = Path.of("perf", "target", "messaging.json");

    /** Warming up, connecting and draining, on top of what the options ask for. */
    private static final int GRACE_SECONDS = 300;

    private final List<MessagingCase> cases;
    private final List<Peer> peers;
    private final MessagingSettings settings;
    private final LoadSettings common;
    private final Arguments arguments;
    private final MessagingReport report;

    private MessagingMain(List<MessagingCase> cases, Arguments arguments) {
        this.cases = cases;
        this.arguments = arguments;
        peers = arguments.words("--brokers", "ferrymq,classic").stream()
                .map(Peer::brokerNamed)
                .distinct()
                .toList();
        settings = MessagingSettings.from(arguments);
        common = LoadSettings.from(jvmOptions(arguments));
        report = new MessagingReport(peers);
    }

    private static Arguments jvmOptions(Arguments all) {
        List<String> words = new ArrayList<>();
        for (String name : List.of("--heap", "--java")) {
            if (all.given(name)) {
                words.addAll(List.of(name, all.required(name)));
            }
        }
        return Arguments.parse(words.toArray(new String[0]), LoadSettings.VALUED, Set.of());
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            int named = 0;
            while (named < args.length && !args[named].startsWith("--")) {
                named++;
            }
            List<String> names = Arrays.asList(args).subList(0, named);
            List<MessagingCase> cases = names.isEmpty()
                    ? List.of(MessagingCase.values())
                    : names.stream().map(MessagingCase::named).distinct().toList();
            Set<String> valued = new HashSet<>(MessagingSettings.VALUED);
            valued.addAll(Set.of("--brokers", "--turns", "--heap", "--java"));
            String[] options = Arrays.copyOfRange(args, named, args.length);
            Arguments arguments = Arguments.parse(options, valued, Set.of("--check"));
            MessagingMain main = new MessagingMain(cases, arguments);
            System.exit(arguments.given("--check") || main.run() ? 0 : 1);
        } catch (UsageException e) {
            System.err.println("perf/messaging: " + e.getMessage());
            System.exit(2);
        }
    }

    /** True when every run was valid and every target was reached. */
    private boolean run() throws IOException, InterruptedException {
        peers.forEach(Peer::checkBuilt);
        Map<String, Object> tree = new LinkedHashMap<>();
        List<String> tables = new ArrayList<>();
        boolean passed = true;
        for (MessagingCase each : cases) {
            Map<Peer, List<Figures>> runs = turns(each);
            tree.put(each.label(), report.tree(each, runs));
            tables.add(report.table(each, runs));
            passed &= report.passed(each, runs);
        }
        System.out.println();
        System.out.println(String.join("\n\n", tables));
        Files.writeString(JSON, Json.of(tree) + "\n");
        return passed;
    }

    private Map<Peer, List<Figures>> turns(MessagingCase each) throws InterruptedException {
        Map<Peer, List<Figures>> runs = new EnumMap<>(Peer.class);
        peers.forEach(peer -> runs.put(peer, new ArrayList<>()));
        int turns = arguments.count("--turns", each.turns(), 1, 100);
        for (int turn = 1; turn <= turns; turn++) {
            for (Peer peer : peers) {
                String name = each.label() + " " + peer.label() + " " + turn + "/" + turns;
                Figures figures = runOnce(each, peer);
                System.out.println(name + ": " + MessagingReport.line(each, figures));
                runs.get(peer).add(figures);
            }
        }
        return runs;
    }

    private Figures runOnce(MessagingCase each, Peer peer) throws InterruptedException {
        int limitSeconds =
                settings.limitSeconds(each) + settings.rounds() * 5 * settings.phaseSeconds() + GRACE_SECONDS;
        try (BrokerProcess broker = BrokerProcess.start(peer, common.brokerJava(), LoadSettings.WORK)) {
            Files.deleteIfExists(OUT);
            List<String> command = new ArrayList<>(List.of("--scenario", each.label(), "--url", broker.url()));
            command.addAll(List.of("--pid", Long.toString(broker.pid()), "--out", OUT.toString()));
            command.addAll(settings.toArguments());
            LoadJvm jvm = new LoadJvm(common.java(), limitSeconds);
            String problem = jvm.run(MessagingLoadMain.class, command, broker, MessagingMain::onLine);
            return problem.isEmpty() ? Figures.load(OUT) : Figures.failed(problem);
        } catch (IOException e) {
            return Figures.failed(String.valueOf(e.getMessage()));
        }
    }

    private static void onLine(String line) {
        if (line.startsWith("phase ")) {
            System.out.println("  " + line);
        }
    }
}
