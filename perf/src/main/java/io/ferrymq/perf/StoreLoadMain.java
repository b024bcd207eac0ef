package io.ferrymq.perf;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The load JVM of {@code perf/store}: one phase against one broker, written as {@link Readings} at the end. */
final class StoreLoadMain {
    private static final int WARMUP_MESSAGES = 20_000;
    private static final int WARMUP_IDLE_SECONDS = 30;

    private static final Set<String> VALUED = Set.of(
            "--phase",
            "--url",
            "--pid",
            "--out",
            "--size",
            "--messages",
            "--queues",
            "--producers",
            "--consumers",
            "--batch",
            "--idle",
            "--doubtful");

    private StoreLoadMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Arguments arguments = Arguments.parse(args, VALUED, Set.of());
        Readings readings;
        try {
            readings = phase(arguments);
        } catch (JMSException | LoadException e) {
            readings = Readings.failed(arguments.required("--phase") + " failed: " + e.getMessage());
        }
        readings.store(Path.of(arguments.required("--out")));
        // threads of clients whose broker died would keep this JVM alive
        System.exit(0);
    }

    private static Readings phase(Arguments arguments) throws JMSException, InterruptedException {
        String url = arguments.required("--url");
        long pid = Long.parseLong(arguments.required("--pid"));
        int messages = arguments.count("--messages", 100_000, 1, 100_000_000);
        int producers = arguments.count("--producers", 4, 1, 1_000);
        int consumers = arguments.count("--consumers", 1, 1, 1_000);
        int batch = arguments.count("--batch", 1_000, 0, 10_000);
        int queues = arguments.count("--queues", 1, 1, 1_000_000);
        int idleSeconds = arguments.count("--idle", 60, 1, 3_600);
        int bytes = arguments.count("--size", 1024, Stamp.LENGTH_BYTES, 1 << 20);
        String phase = arguments.required("--phase");
        return switch (phase) {
            case "warm-up" -> warmUp(url, pid, bytes, batch);
            case "fill" ->
                new FillLoad(url, pid, new FillLoad.Plan("perf.backlog", queues, messages, producers, batch, bytes))
                        .run(idleSeconds);
            case "drain" ->
                new DrainLoad(url, pid, "perf.backlog", consumers)
                        .run(messages, arguments.count("--doubtful", 0, 0, 10_000_000), idleSeconds);
            default -> throw new UsageException("unknown phase: " + phase);
        };
    }

    /** Sends and takes, so that both JVMs have compiled the paths; leaves an empty queue. */
    private static Readings warmUp(String url, long pid, int bytes, int batch)
            throws JMSException, InterruptedException {
        FillLoad.Plan plan = new FillLoad.Plan("perf.warmup", 1, WARMUP_MESSAGES, 4, batch, bytes);
        Readings filled = new FillLoad(url, pid, plan).run(WARMUP_IDLE_SECONDS);
        if (!filled.problem().isEmpty()) {
            return filled;
        }
        Readings drained = new DrainLoad(url, pid, "perf.warmup", 1).run(WARMUP_MESSAGES, 0, WARMUP_IDLE_SECONDS);
        return new Readings(Map.of(), drained.problem());
    }
}
