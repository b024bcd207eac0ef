package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A latency at each of a fixed row of percentiles, in milliseconds: what a plot needs of a histogram. */
record Curve(List<Double> millis) {
    static final List<Double> PERCENTILES =
            List.of(10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.8, 99.9, 99.95, 99.99, 100.0);

    static Curve of(Latency latency) {
        return new Curve(
                latency.count() == 0
                        ? List.of()
                        : PERCENTILES.stream().map(latency::millisAt).toList());
    }

    /** The median of the turns at each percentile. */
    static Curve median(List<Curve> turns) {
        List<Curve> told = turns.stream().filter(turn -> !turn.millis.isEmpty()).toList();
        List<Double> medians = new ArrayList<>();
        for (int i = 0; i < PERCENTILES.size() && !told.isEmpty(); i++) {
            int at = i;
            medians.add(Comparison.median(
                    told.stream().map(turn -> turn.millis.get(at)).toList()));
        }
        return new Curve(medians);
    }

    /** As {@link #parse} reads it. */
    String text() {
        return millis.stream()
                .map(value -> String.format(Locale.ROOT, "%.4f", value))
                .collect(Collectors.joining(" "));
    }

    static Curve parse(String text) {
        return new Curve(
                text.isEmpty()
                        ? List.of()
                        : Arrays.stream(text.split(" ")).map(Double::valueOf).toList());
    }
}
