package io.ferrymq.interop;

import io.ferrymq.testkit.reliability.TrialTable;
import java.util.Arrays;
import java.util.List;

/** What the profile {@code reliability} asks of the rigs, see README.md. */
final class RigSettings {
    private RigSettings() {}

    static List<String> list(String name, String fallback) {
        String value = text(name, fallback);
        return Arrays.stream(value.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    static String text(String name, String fallback) {
        String value = System.getProperty(name, "");
        return value.isBlank() ? fallback : value;
    }

    /** The seed of an earlier run, or a new one. */
    static long seed() {
        String wanted = text("reliability.seed", "");
        return wanted.isEmpty() ? System.nanoTime() : Long.parseLong(wanted);
    }

    static TrialTable table() {
        return TrialTable.named(text("reliability.table", ""));
    }
}
