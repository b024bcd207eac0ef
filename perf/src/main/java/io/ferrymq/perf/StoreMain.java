package io.ferrymq.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Runs one benchmark of the store, prints its table and writes {@code perf/target/store-NAME.json}. */
final class StoreMain {
    private static final Set<String> VALUED = Set.of(
            "--brokers",
            "--engine",
            "--turns",
            "--seconds",
            "--warmup",
            "--messages",
            "--queues",
            "--producers",
            "--consumers",
            "--batch",
            "--size",
            "--few",
            "--kept",
            "--segment",
            "--heap",
            "--java",
            "--directory");

    private StoreMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            if (args.length == 0 || args[0].startsWith("--")) {
                throw new UsageException("benchmark missing, known: group-commit, backlog, device, queues, compaction");
            }
            Arguments arguments =
                    Arguments.parse(Arrays.copyOfRange(args, 1, args.length), VALUED, Set.of("--check", "--no-loop"));
            StoreBench bench = named(args[0], new StoreSettings(arguments));
            System.exit(arguments.given("--check") || run(args[0], bench) ? 0 : 1);
        } catch (UsageException e) {
            System.err.println("perf/store: " + e.getMessage());
            System.exit(2);
        }
    }

    private static StoreBench named(String name, StoreSettings settings) {
        return switch (name) {
            case "group-commit" -> new GroupCommitBench(settings);
            case "backlog" -> new BacklogBench(settings);
            case "device" -> new DeviceBench(settings);
            case "queues" -> new QueuesBench(settings);
            case "compaction" -> new CompactionBench(settings);
            default ->
                throw new UsageException(
                        "unknown benchmark: " + name + ", known: group-commit, backlog, device, queues, compaction");
        };
    }

    private static boolean run(String name, StoreBench bench) throws IOException, InterruptedException {
        StoreTable table = bench.run();
        System.out.println("\n" + table.text());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("processors", Runtime.getRuntime().availableProcessors());
        tree.putAll(table.tree());
        Files.writeString(Path.of("perf", "target", "store-" + name + ".json"), Json.of(tree) + "\n");
        return table.passed();
    }
}
