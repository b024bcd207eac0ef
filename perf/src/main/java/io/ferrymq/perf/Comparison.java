package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The arithmetic of the report: medians over the turns of a broker, and medians of the ratios of two brokers within each turn. */
final class Comparison {
    private final Map<Peer, List<RunResult>> runs;

    /** Lists hold one result per turn, in order. */
    Comparison(Map<Peer, List<RunResult>> runs) {
        this.runs = runs;
    }

    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double median(Peer peer, Metric metric) {
        return median(runsOf(peer).stream()
                .filter(RunResult::valid)
                .map(run -> run.value(metric))
                .toList());
    }

    /** Neighbours in time are compared, so that a slow minute of the machine weighs on both. */
    double ratio(Peer numerator, Peer denominator, Metric metric) {
        List<RunResult> over = runsOf(numerator);
        List<RunResult> under = runsOf(denominator);
        List<Double> ratios = new ArrayList<>();
        for (int turn = 0; turn < Math.min(over.size(), under.size()); turn++) {
            if (over.get(turn).valid() && under.get(turn).valid()) {
                ratios.add(over.get(turn).value(metric) / under.get(turn).value(metric));
            }
        }
        return median(ratios);
    }

    long validRuns(Peer peer) {
        return runsOf(peer).stream().filter(RunResult::valid).count();
    }

    boolean complete() {
        return runs.values().stream().flatMap(List::stream).allMatch(RunResult::valid);
    }

    List<Peer> peers() {
        return List.copyOf(runs.keySet());
    }

    List<RunResult> runsOf(Peer peer) {
        return runs.getOrDefault(peer, List.of());
    }
}
