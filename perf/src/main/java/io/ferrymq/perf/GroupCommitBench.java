package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** FerryMQ's journal beside a bare file, without a broker: both in one JVM, in turns that swap places. */
final class GroupCommitBench implements StoreBench {
    private static final String BARE = "bare";
    private static final List<String> SUBJECTS = List.of(BARE, "nio", "chronicle");
    private static final Map<String, Double> SHARES = Map.of("nio", 0.85, "chronicle", 0.75);

    /** What Chronicle needs; the program's jar says it in its manifest, which counts only for {@code java -jar}. */
    static final List<String> FLAGS = List.of(
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");

    private final StoreSettings settings;
    private final List<String> subjects;
    private final List<String> producers;
    private final int turns;
    private final int millis;

    GroupCommitBench(StoreSettings settings) {
        this.settings = settings;
        Arguments arguments = settings.arguments();
        String engine = arguments.text("--engine", "");
        if (!engine.isEmpty() && !SHARES.containsKey(engine)) {
            throw new UsageException("nio or chronicle expected: --engine " + engine);
        }
        this.subjects = engine.isEmpty() ? SUBJECTS : List.of(BARE, engine);
        this.producers = arguments.words("--producers", "1,8,25,100");
        producers.stream().filter(word -> !word.matches("[1-9]\\d{0,2}")).forEach(word -> {
            throw new UsageException("numbers from 1 to 999 expected: --producers " + word);
        });
        this.turns = arguments.count("--turns", 15, 1, 1_000);
        this.millis = 1_000 * arguments.count("--seconds", 1, 1, 600);
    }

    @Override
    public StoreTable run() throws IOException, InterruptedException {
        Map<String, List<Map<String, Double>>> found = measure();
        StoreTable table = new StoreTable("group commit, 1 KiB, medians of " + turns, subjects);
        for (String number : producers) {
            table.row(number + "_rate", number + ": msg/s", 0, medians(found, number, "rate"));
            table.row(number + "_p50_us", number + ": p50, us", 0, medians(found, number, "p50us"));
            table.row(number + "_p99_us", number + ": p99, us", 0, medians(found, number, "p99us"));
            table.row(
                    number + "_cpu_us",
                    number + ": CPU with the producers', us/msg",
                    1,
                    medians(found, number, "cpuus"));
            table.row(number + "_batch", number + ": messages per sync", 1, medians(found, number, "batch"));
            table.row(number + "_appended", number + ": bytes appended/msg", 0, medians(found, number, "appended"));
            for (String subject : subjects.subList(1, subjects.size())) {
                table.judged(
                        number + "_" + subject + "_share",
                        number + ": " + subject + ", share of bare",
                        2,
                        Map.of(subject, shareByRate(found, number, subject)),
                        Figure.Target.atLeast(SHARES.getOrDefault(subject, 1.0)),
                        subject);
                table.row(
                        number + "_" + subject + "_p50_share",
                        number + ": " + subject + ", the same by p50",
                        2,
                        Map.of(subject, shareByP50(found, number, subject)));
            }
        }
        return table;
    }

    /** The ceiling of what is durable: one turn of the bare file. */
    static List<Map<String, Double>> bare(String java, int producers, int millis)
            throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(Files.createDirectories(LoadSettings.WORK.resolve("data")), "ceiling");
        String number = Integer.toString(producers);
        return measure(java, data, List.of(number), List.of(BARE), new Turns(1, millis), any -> {})
                .get(number + " " + BARE);
    }

    private record Turns(int number, int millis) {}

    private Map<String, List<Map<String, Double>>> measure() throws IOException, InterruptedException {
        Path data = settings.freshDirectory("group-commit");
        return measure(
                settings.java(),
                data,
                producers,
                subjects,
                new Turns(turns, millis),
                line -> System.out.println("  " + line));
    }

    /** By {@code PRODUCERS SUBJECT}, in order of the turns. */
    private static Map<String, List<Map<String, Double>>> measure(
            String java, Path data, List<String> producers, List<String> subjects, Turns turns, Consumer<String> onTurn)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java, "-Xmx1g"));
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", "perf/target/peers/journal/classes:broker-server/target/ferrymq.jar"));
        command.addAll(List.of("JournalPeer", data.toString(), String.join(",", producers)));
        command.addAll(List.of(
                String.join(",", subjects), Integer.toString(turns.number()), Integer.toString(turns.millis())));
        Map<String, List<Map<String, Double>>> found = new LinkedHashMap<>();
        Path log = Files.createDirectories(LoadSettings.WORK.resolve("logs")).resolve("journal.log");
        try (ChildProcess child = ChildProcess.start(command, log, line -> take(line, found, onTurn))) {
            int limit =
                    120 + (turns.number() * producers.size() + 1) * subjects.size() * (turns.millis() * 2 / 1_000 + 15);
            if (!child.awaitEnd(limit, TimeUnit.SECONDS) || child.exitCode() != 0) {
                throw new IOException("the journal was not measured to the end, log=" + log);
            }
        } finally {
            BrokerProcess.delete(data);
        }
        return found;
    }

    private static void take(String line, Map<String, List<Map<String, Double>>> found, Consumer<String> onTurn) {
        String[] words = line.split(" ");
        if (!words[0].equals("turn")) {
            return;
        }
        onTurn.accept(line);
        Map<String, Double> values = new LinkedHashMap<>();
        for (int i = 3; i < words.length; i++) {
            String[] pair = words[i].split("=");
            values.put(pair[0], Double.valueOf(pair[1]));
        }
        found.computeIfAbsent(words[1] + " " + words[2], any -> new ArrayList<>())
                .add(values);
    }

    private Map<String, Double> medians(Map<String, List<Map<String, Double>>> found, String number, String figure) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String subject : subjects) {
            medians.put(subject, Comparison.median(turns(found, number, subject, figure)));
        }
        return medians;
    }

    private static List<Double> turns(
            Map<String, List<Map<String, Double>>> found, String number, String subject, String figure) {
        return found.get(number + " " + subject).stream()
                .map(turn -> turn.get(figure))
                .toList();
    }

    private static double shareByRate(Map<String, List<Map<String, Double>>> found, String number, String subject) {
        return Comparison.medianRatio(turns(found, number, subject, "rate"), turns(found, number, BARE, "rate"));
    }

    /** By the middle latency it is what the rates would be without the stalls that others on the same disk cause. */
    private static double shareByP50(Map<String, List<Map<String, Double>>> found, String number, String subject) {
        return Comparison.medianRatio(turns(found, number, BARE, "p50us"), turns(found, number, subject, "p50us"));
    }
}
