package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares what clients saw of FerryMQ with what they saw of ActiveMQ Classic. Runs after both suites, see the profile {@code differential}. */
final class DifferentialIT {
    private static final int FEWEST = 300;
    private static final Path TRANSCRIPTS = Path.of("target", "transcripts");

    private Differences differences;
    private TreeMap<String, String> ferry;
    private TreeMap<String, String> classic;

    @BeforeEach
    void read() throws IOException {
        differences = Differences.read(Path.of("..", "differences.txt"));
        ferry = transcripts("ferry");
        classic = transcripts("classic");
    }

    @Test
    void shouldDifferOnlyWhereAReasonIsListed() throws IOException {
        List<String> unlisted = new ArrayList<>();
        int compared = 0;
        for (String scenario : common()) {
            String ours = comparable(scenario, ferry.get(scenario));
            String theirs = comparable(scenario, classic.get(scenario));
            boolean listed = differences.comparisonOf(scenario) == Differences.Comparison.DIFFERENT;
            if (!ours.equals(theirs) || !listed && differences.comparisonOf(scenario) != Differences.Comparison.EXACT) {
                differences.confirm(scenario);
            }
            if (!ours.equals(theirs) && !listed) {
                unlisted.add(scenario + difference(ours, theirs));
            }
            compared += ours.startsWith("outcome skipped") && theirs.startsWith("outcome skipped") ? 0 : 1;
        }
        Files.write(TRANSCRIPTS.resolve("unlisted-differences.txt"), unlisted);

        assertThat(unlisted).as("unlisted differences").isEmpty();
        assertThat(differences.unconfirmed())
                .as("listed, but they do not differ (any more)")
                .isEmpty();
        assertThat(compared).isGreaterThanOrEqualTo(FEWEST);
    }

    @Test
    void shouldRunTheSameScenariosOnBoth() {
        assertThat(ferry.keySet()).isEqualTo(classic.keySet());
    }

    @Test
    void shouldPassEveryScenarioOnClassic() {
        assertThat(classic.entrySet().stream()
                        .filter(entry -> entry.getValue().startsWith("outcome failed"))
                        .map(entry -> entry.getKey() + ": " + firstLine(entry.getValue())))
                .isEmpty();
    }

    @Test
    void shouldPassEveryScenarioOnFerry() {
        assertThat(ferry.entrySet().stream()
                        .filter(entry -> entry.getValue().startsWith("outcome failed"))
                        .map(entry -> entry.getKey() + ": " + firstLine(entry.getValue())))
                .isEmpty();
    }

    private TreeSet<String> common() {
        TreeSet<String> common = new TreeSet<>(ferry.keySet());
        common.retainAll(classic.keySet());
        return common;
    }

    private String comparable(String scenario, String transcript) {
        return switch (differences.comparisonOf(scenario)) {
            case EXACT, DIFFERENT -> transcript;
            case OUTCOME -> firstLine(transcript);
            case UNORDERED ->
                Arrays.stream(transcript.split("\n"))
                        .filter(line -> !line.startsWith("consumer of"))
                        .sorted()
                        .collect(Collectors.joining("\n"));
        };
    }

    /** The first lines that differ. */
    private static String difference(String ours, String theirs) {
        String[] our = ours.split("\n");
        String[] their = theirs.split("\n");
        int i = Arrays.mismatch(our, their);
        return "\n    FerryMQ " + (i < our.length ? our[i].strip() : "ends here") + "\n    Classic "
                + (i < their.length ? their[i].strip() : "ends here");
    }

    private static String firstLine(String text) {
        return text.split("\n", 2)[0];
    }

    private static TreeMap<String, String> transcripts(String broker) throws IOException {
        TreeMap<String, String> transcripts = new TreeMap<>();
        Path directory = TRANSCRIPTS.resolve(broker);
        assertThat(directory).as("run the suite against both brokers first").isDirectory();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                transcripts.put(file.getFileName().toString().replaceFirst("\\.txt$", ""), Files.readString(file));
            }
        }
        return transcripts;
    }
}
