package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What came of one scenario: its runs as a table and as verdicts for people, and as a tree for programs. */
record Bench(Scenario scenario, LoadSettings settings, Comparison comparison) {

    /** The metrics that some run has a figure of. */
    List<Metric> metrics() {
        return Stream.of(Metric.values())
                .filter(metric ->
                        comparison.peers().stream().anyMatch(peer -> !Double.isNaN(comparison.median(peer, metric))))
                .toList();
    }

    String title() {
        int turns = comparison.runsOf(Peer.FERRYMQ).size();
        return scenario.title(settings) + "; " + turns + (turns == 1 ? " turn of " : " turns of ")
                + settings.measuredSeconds() + " s"
                + (settings.warmupSeconds() > 0 ? " after at most " + settings.warmupSeconds() + " s to warm up" : "")
                + ", -Xmx" + settings.heap();
    }

    String table() {
        return Table.aligned(rows());
    }

    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("broker", "turns", Metric::label));
        for (Peer peer : comparison.peers()) {
            String turns =
                    comparison.validRuns(peer) + "/" + comparison.runsOf(peer).size();
            rows.add(row(
                    peer.label(), turns, metric -> Table.number(comparison.median(peer, metric), metric.decimals())));
        }
        for (Peer other : rivals()) {
            rows.add(row("ferrymq/" + other.label(), "", metric -> Table.number(ratio(other, metric), 2)));
        }
        return rows;
    }

    private List<Peer> rivals() {
        List<Peer> others = new ArrayList<>(comparison.peers());
        return others.remove(Peer.FERRYMQ) ? others : List.of();
    }

    private double ratio(Peer other, Metric metric) {
        return comparison.ratio(Peer.FERRYMQ, other, metric);
    }

    private List<String> row(String name, String turns, Function<Metric, String> cell) {
        List<String> row = new ArrayList<>(List.of(name, turns));
        metrics().forEach(metric -> row.add(cell.apply(metric)));
        return row;
    }

    List<Goal.Judgement> judgements() {
        return scenario.goals().stream().map(goal -> goal.judge(comparison)).toList();
    }

    /** True when every run was valid and no target was missed. */
    boolean passed() {
        return comparison.complete()
                && judgements().stream().noneMatch(judgement -> judgement.outcome() == Goal.Outcome.MISS);
    }

    /** Maps, lists, strings and numbers, for {@link Json}. */
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("scenario", scenario.name());
        tree.put("title", title());
        Map<String, Object> brokers = new LinkedHashMap<>();
        for (Peer peer : comparison.peers()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("median", figures(metric -> comparison.median(peer, metric)));
            each.put("runs", comparison.runsOf(peer).stream().map(Bench::run).toList());
            brokers.put(peer.label(), each);
        }
        for (Peer other : rivals()) {
            brokers.put("ferrymq/" + other.label(), figures(metric -> ratio(other, metric)));
        }
        tree.put("brokers", brokers);
        tree.put("verdicts", judgements().stream().map(Bench::verdict).toList());
        return tree;
    }

    private static Map<String, Object> verdict(Goal.Judgement judgement) {
        return Map.of("verdict", judgement.outcome().name(), "text", judgement.text());
    }

    private static Map<String, Object> run(RunResult run) {
        Map<String, Object> each = new LinkedHashMap<>();
        each.put("sent", run.sent());
        each.put("received", run.received());
        each.put("problem", run.problem());
        each.putAll(figures(run::value));
        each.put("seconds", run.trace().seconds().stream().map(Second::text).toList());
        each.put("send_percentiles_ms", run.trace().sends().millis());
        each.put("end_to_end_percentiles_ms", run.trace().endToEnd().millis());
        return each;
    }

    private static Map<String, Object> figures(ToDoubleFunction<Metric> figure) {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (Metric metric : Metric.values()) {
            double value = figure.applyAsDouble(metric);
            if (!Double.isNaN(value)) {
                figures.put(metric.name().toLowerCase(Locale.ROOT), value);
            }
        }
        return figures;
    }
}
