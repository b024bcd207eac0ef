package io.ferrymq.perf;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The arithmetic of the report: medians over the turns of a broker, and medians of the ratios of two brokers within each turn. */
final class Comparison {
    private final Map<Peer, List<RunResult>> runs;

    /** Lists hold one result per turn, in order. */
    Comparison(Map<Peer, List<RunResult>> runs) {
        this.runs = runs;
    }

    /** Of those that are known; NaN when none is. */
    static double median(List<Double> values) {
        List<Double> sorted =
                values.stream().filter(value -> !value.isNaN()).sorted().toList();
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Neighbours in time are compared, so that a slow minute of the machine weighs on both; without those of which one is not known. */
    static double medianRatio(List<Double> numerators, List<Double> denominators) {
        int turns = Math.min(numerators.size(), denominators.size());
        return median(IntStream.range(0, turns)
                .mapToObj(turn -> numerators.get(turn) / denominators.get(turn))
                .toList());
    }

    double median(Peer peer, Metric metric) {
        return median(values(peer, metric));
    }

    double ratio(Peer numerator, Peer denominator, Metric metric) {
        return medianRatio(values(numerator, metric), values(denominator, metric));
    }

    /** A run that is not valid has none. */
    private List<Double> values(Peer peer, Metric metric) {
        return runsOf(peer).stream().map(run -> run.value(metric)).toList();
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
