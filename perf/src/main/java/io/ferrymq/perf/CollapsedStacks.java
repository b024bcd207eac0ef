package io.ferrymq.perf;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What a profile in collapsed form says: lines of {@code frame;frame;frame count}, the innermost frame last. */
final class CollapsedStacks {
    /** The JIT compiler's threads are kept apart: how much they do tells of the warm-up, not of the broker. */
    private static final String COMPILER = "CompileBroker::";

    private final Map<String, Long> self = new HashMap<>();
    private final Map<String, Long> total = new HashMap<>();
    private long samples;
    private long compilerSamples;

    static CollapsedStacks of(Stream<String> lines) {
        CollapsedStacks stacks = new CollapsedStacks();
        lines.forEach(stacks::add);
        return stacks;
    }

    private void add(String line) {
        int blank = line.lastIndexOf(' ');
        if (blank < 0) {
            return;
        }
        long count = Long.parseLong(line.substring(blank + 1));
        String[] frames = line.substring(0, blank).split(";");
        if (line.contains(COMPILER)) {
            compilerSamples += count;
            return;
        }
        samples += count;
        self.merge(frames[frames.length - 1], count, Long::sum);
        // a recursive frame counts once per stack
        new HashSet<>(Arrays.asList(frames)).forEach(frame -> total.merge(frame, count, Long::sum));
    }

    long samples() {
        return samples;
    }

    long compilerSamples() {
        return compilerSamples;
    }

    /** The frames with most samples of their own, then those with most beneath them. */
    String top(int limit) {
        return "self     total    frame, by self\n" + top(limit, self) + "\nself     total    frame, by total\n"
                + top(limit, total);
    }

    private String top(int limit, Map<String, Long> order) {
        List<String> frames = order.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
        StringBuilder text = new StringBuilder();
        frames.forEach(frame -> text.append(line(frame)));
        return text.toString();
    }

    private String line(String frame) {
        return String.format(Locale.ROOT, "%6.2f%%  %6.2f%%  %s%n", percent(self, frame), percent(total, frame), frame);
    }

    private double percent(Map<String, Long> counts, String frame) {
        return 100.0 * counts.getOrDefault(frame, 0L) / samples;
    }
}
