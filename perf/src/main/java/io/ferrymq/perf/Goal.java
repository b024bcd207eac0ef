package io.ferrymq.perf;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What FerryMQ is to reach in a scenario: a bound on its own figure, or on its ratio to that of {@code against}. */
record Goal(
        Metric metric,
        boolean least,
        double bound,
        @Nullable Peer against) {

    static Goal atLeast(Metric metric, double bound, Peer against) {
        return new Goal(metric, true, bound, against);
    }

    static Goal atMost(Metric metric, double bound, Peer against) {
        return new Goal(metric, false, bound, against);
    }

    static Goal atMost(Metric metric, double bound) {
        return new Goal(metric, false, bound, null);
    }

    enum Outcome {
        PASS,
        MISS,
        /** Something it needs was not measured. */
        OPEN
    }

    record Judgement(Goal goal, Outcome outcome, String text) {}

    Judgement judge(Comparison comparison) {
        double own = comparison.median(Peer.FERRYMQ, metric);
        double value = against == null ? own : comparison.ratio(Peer.FERRYMQ, against, metric);
        Outcome outcome;
        if (Double.isNaN(value)) {
            outcome = Outcome.OPEN;
        } else {
            outcome = (least ? value >= bound : value <= bound) ? Outcome.PASS : Outcome.MISS;
        }
        return new Judgement(this, outcome, text(own, value, comparison));
    }

    private String text(double own, double value, Comparison comparison) {
        String target = "target " + (least ? ">= " : "<= ") + shortest(bound);
        if (against == null) {
            return metric.label() + ": " + Table.number(own, metric.decimals()) + ", " + target;
        }
        return metric.label() + ": " + Table.number(own, metric.decimals()) + " is " + Table.number(value, 2) + " x "
                + against.label() + "'s " + Table.number(comparison.median(against, metric), metric.decimals()) + ", "
                + target + " x";
    }

    private static String shortest(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
