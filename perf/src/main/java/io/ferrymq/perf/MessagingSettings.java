package io.ferrymq.perf;

import java.util.List;
import java.util.Set;

/** How much {@code perf/messaging} does. Read by the program and, the same words again, by its load JVM. */
record MessagingSettings(
        int messages,
        int limitSeconds,
        int inFlight,
        int sizeBytes,
        int rounds,
        int phaseSeconds,
        int roundTrips,
        boolean persistent,
        SelectorKind selector) {
    static final Set<String> VALUED = Set.of(
            "--messages",
            "--limit",
            "--in-flight",
            "--size",
            "--rounds",
            "--seconds",
            "--round-trips",
            "--persistent",
            "--selector");

    static MessagingSettings from(Arguments arguments) {
        return new MessagingSettings(
                arguments.count("--messages", 100_000, SelectorLoad.CONSUMERS, 10_000_000),
                arguments.count("--limit", 0, 0, 3_600),
                arguments.count("--in-flight", 10_000, 1, 10_000_000),
                arguments.count("--size", 1024, 0, 1 << 20),
                arguments.count("--rounds", 3, 1, 100),
                arguments.count("--seconds", 3, 1, 600),
                arguments.count("--round-trips", 5_000, 1, 1_000_000),
                arguments.truth("--persistent", true),
                SelectorKind.named(arguments.text("--selector", "id")));
    }

    /** 0 on the command line stands for what the scenario needs. */
    int limitSeconds(MessagingCase of) {
        return limitSeconds == 0 ? of.limitSeconds() : limitSeconds;
    }

    List<String> toArguments() {
        return List.of(
                "--messages", Integer.toString(messages),
                "--limit", Integer.toString(limitSeconds),
                "--in-flight", Integer.toString(inFlight),
                "--size", Integer.toString(sizeBytes),
                "--rounds", Integer.toString(rounds),
                "--seconds", Integer.toString(phaseSeconds),
                "--round-trips", Integer.toString(roundTrips),
                "--persistent", Boolean.toString(persistent),
                "--selector", selector.label());
    }
}
