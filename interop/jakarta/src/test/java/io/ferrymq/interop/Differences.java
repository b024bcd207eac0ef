package io.ferrymq.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Where FerryMQ is known to differ from ActiveMQ Classic, and why: lines of {@code Class.method: reason}. {@code ~ Class.method: reason} says that it is
 * chance which consumer gets what and when, so that only what all of them got is compared; {@code ? Class.method: reason} that only the outcome is. A star
 * instead of a method stands for all methods of the class.
 */
final class Differences {
    /** How a scenario is compared. */
    enum Comparison {
        EXACT,
        UNORDERED,
        OUTCOME,
        DIFFERENT
    }

    private final Map<String, Comparison> listed = new LinkedHashMap<>();

    /** What {@link #comparisonOf} used. */
    private final TreeSet<String> confirmed = new TreeSet<>();

    private Differences() {}

    static Differences read(Path file) throws IOException {
        Differences differences = new Differences();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                differences.add(line);
            }
        }
        return differences;
    }

    private void add(String line) {
        String[] parts = line.split(": ", 2);
        if (parts.length < 2 || parts[1].isBlank()) {
            throw new IllegalArgumentException("a difference without a reason: " + line);
        }
        Comparison comparison =
                switch (line.charAt(0)) {
                    case '~' -> Comparison.UNORDERED;
                    case '?' -> Comparison.OUTCOME;
                    default -> Comparison.DIFFERENT;
                };
        String scenario = comparison == Comparison.DIFFERENT
                ? parts[0]
                : parts[0].substring(1).strip();
        if (listed.put(scenario, comparison) != null) {
            throw new IllegalArgumentException("listed twice: " + scenario);
        }
    }

    /** For a scenario as its transcript is named: invocations of one method, written {@code #1} and so on, are not told apart. */
    Comparison comparisonOf(String transcript) {
        return entryFor(transcript).map(listed::get).orElse(Comparison.EXACT);
    }

    /** Notes that what is listed is there, or that it is one of those of which one cannot say so. */
    void confirm(String transcript) {
        entryFor(transcript).ifPresent(confirmed::add);
    }

    private Optional<String> entryFor(String transcript) {
        String method = transcript.replaceAll("#\\d+", "");
        String all = method.replaceFirst("\\..*", ".*");
        return Optional.of(method).filter(listed::containsKey).or(() -> Optional.of(all)
                .filter(listed::containsKey));
    }

    /** Entries that no scenario confirmed. */
    TreeSet<String> unconfirmed() {
        TreeSet<String> rest = new TreeSet<>(listed.keySet());
        rest.removeAll(confirmed);
        return rest;
    }
}
