package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the clients do. {@code transactedBatch} 0 means auto-acknowledge and no transaction. */
record Scenario(
        int producers,
        int consumers,
        boolean persistent,
        int sizeBytes,
        boolean topic,
        int transactedBatch,
        boolean syncSends) {
    static final Set<String> VALUED =
            Set.of("--producers", "--consumers", "--persistent", "--size", "--transacted-batch", "--sync");
    static final Set<String> FLAGS = Set.of("--topic");

    static Scenario from(Arguments arguments) {
        return new Scenario(
                arguments.count("--producers", 25, 1, 1_000),
                arguments.count("--consumers", 25, 1, 1_000),
                arguments.truth("--persistent", true),
                arguments.count("--size", 1024, Stamp.LENGTH_BYTES, 8 << 20),
                arguments.given("--topic"),
                arguments.count("--transacted-batch", 0, 0, 10_000),
                arguments.truth("--sync", true));
    }

    /** The command line that {@link #from} reads back, for the load JVM. */
    List<String> toArguments() {
        List<String> pairs = List.of(
                "--producers", Integer.toString(producers),
                "--consumers", Integer.toString(consumers),
                "--persistent", Boolean.toString(persistent),
                "--size", Integer.toString(sizeBytes),
                "--transacted-batch", Integer.toString(transactedBatch),
                "--sync", Boolean.toString(syncSends));
        return topic ? concat(pairs, "--topic") : pairs;
    }

    boolean transacted() {
        return transactedBatch > 0;
    }

    /** How often each message must arrive. */
    int copies() {
        return topic ? consumers : 1;
    }

    String inWords() {
        String acknowledgement = transacted() ? "transactions of " + transactedBatch : "auto-ack";
        return String.format(
                Locale.ROOT,
                "%d producers, %d consumers, one %s, %s %d B bodies, %s sends, %s",
                producers,
                consumers,
                topic ? "topic" : "queue",
                persistent ? "persistent" : "non-persistent",
                sizeBytes,
                syncSends && !transacted() ? "synchronous" : "asynchronous",
                acknowledgement);
    }

    private static List<String> concat(List<String> pairs, String flag) {
        List<String> all = new ArrayList<>(pairs);
        all.add(flag);
        return all;
    }
}
