package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Profiles a broker under the load of the benchmark: collapsed stacks, a flame graph and the top frames as text. */
final class ProfileMain {
    private static final int TOP = 25;
    private static final Set<String> EVENTS = Set.of("ctimer", "itimer", "cpu", "wall", "lock", "alloc");
    private static final Path DIRECTORY = Path.of("perf", "target", "profile");

    private final LoadSettings settings;
    private final Peer peer;
    private final List<String> events;
    private final Path library;
    private final Progress progress;

    private ProfileMain(Arguments arguments) {
        settings = LoadSettings.from(arguments);
        peer = Peer.brokerNamed(arguments.text("--broker", "ferrymq"));
        events = arguments.words("--events", "ctimer");
        events.stream().filter(event -> !EVENTS.contains(event)).forEach(event -> {
            throw new UsageException("unknown event: " + event + ", known: " + String.join(", ", EVENTS));
        });
        library = Path.of(arguments.text("--library", ""));
        progress = new Progress(System.out, arguments.given("--live"), Collections.nCopies(events.size(), settings));
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Set<String> valued = new HashSet<>(Workload.VALUED);
        valued.addAll(LoadSettings.VALUED);
        valued.addAll(Set.of("--broker", "--events", "--library"));
        Set<String> flags = new HashSet<>(Workload.FLAGS);
        flags.addAll(Set.of("--live", "--check"));
        try {
            Arguments arguments = Arguments.parse(args, valued, flags);
            ProfileMain profile = new ProfileMain(arguments);
            System.exit(arguments.given("--check") || profile.run() ? 0 : 1);
        } catch (UsageException e) {
            System.err.println("perf/profile: " + e.getMessage());
            System.exit(2);
        }
    }

    private boolean run() throws IOException, InterruptedException {
        peer.checkBuilt();
        Files.createDirectories(DIRECTORY);
        boolean good = true;
        for (int i = 0; i < events.size(); i++) {
            progress.startRun(peer.label() + " " + events.get(i));
            good &= profile(events.get(i));
        }
        return good;
    }

    private boolean profile(String event) throws IOException, InterruptedException {
        try (BrokerProcess broker = BrokerProcess.start(peer, settings.brokerJava(), LoadSettings.WORK)) {
            Profiler profiler =
                    new Profiler(library, broker.pid(), event, DIRECTORY.resolve(peer.label() + "-" + event));
            RunResult result = new LoadProcess(settings)
                    .run(LoadMain.class, broker, DIRECTORY.resolve("histograms.hlog"), line -> {
                        profiler.accept(line);
                        progress.onLine(line);
                    });
            String problem = result.valid() ? profiler.problem() : result.problem();
            if (!problem.isEmpty()) {
                progress.say(peer.label() + " " + event + ": NOT VALID, " + problem);
                return false;
            }
            tell(event, profiler, result);
            return true;
        }
    }

    private void tell(String event, Profiler profiler, RunResult result) throws IOException {
        try (Stream<String> lines = Files.lines(profiler.collapsed())) {
            CollapsedStacks stacks = CollapsedStacks.of(lines);
            progress.say(String.format(
                    Locale.ROOT,
                    "%s %s at %.0f msg/s: %d samples, and %d of the JIT compiler left out (fewer after a longer --warmup)",
                    peer.label(),
                    event,
                    result.value(Metric.RATE),
                    stacks.samples(),
                    stacks.compilerSamples()));
            progress.say("");
            progress.say(stacks.top(TOP));
        }
        progress.say("stacks: " + profiler.collapsed() + "\nflame graph: " + profiler.flameGraph());
    }
}
