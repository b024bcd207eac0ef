package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** A comparison as a table for people and as a tree for programs. */
final class Report {
    private final Comparison comparison;

    Report(Comparison comparison) {
        this.comparison = comparison;
    }

    String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("broker", "turns", Metric::label));
        for (Peer peer : comparison.peers()) {
            String turns =
                    comparison.validRuns(peer) + "/" + comparison.runsOf(peer).size();
            rows.add(row(peer.label(), turns, metric -> number(comparison.median(peer, metric), metric.decimals())));
        }
        for (Peer other : rivals()) {
            rows.add(row("ferrymq/" + other.label(), "", metric -> number(ratio(other, metric), 2)));
        }
        return aligned(rows);
    }

    private List<Peer> rivals() {
        List<Peer> others = new ArrayList<>(comparison.peers());
        return others.remove(Peer.FERRYMQ) ? others : List.of();
    }

    private double ratio(Peer other, Metric metric) {
        return comparison.ratio(Peer.FERRYMQ, other, metric);
    }

    private static List<String> row(String name, String turns, Function<Metric, String> cell) {
        List<String> row = new ArrayList<>(List.of(name, turns));
        for (Metric metric : Metric.values()) {
            row.add(cell.apply(metric));
        }
        return row;
    }

    static String number(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    static String aligned(List<List<String>> rows) {
        return rows.stream().map(row -> aligned(row, rows)).collect(Collectors.joining("\n"));
    }

    private static String aligned(List<String> row, List<List<String>> rows) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            int at = column;
            int width =
                    rows.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
            String blanks = " ".repeat(width - row.get(column).length());
            line.append(column == 0 ? row.get(column) + blanks : "  " + blanks + row.get(column));
        }
        return line.toString();
    }

    /** Maps, lists, strings and numbers, for {@link Json}. */
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (Peer peer : comparison.peers()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("median", figures(metric -> comparison.median(peer, metric)));
            each.put("runs", comparison.runsOf(peer).stream().map(Report::run).toList());
            tree.put(peer.label(), each);
        }
        for (Peer other : rivals()) {
            tree.put("ferrymq/" + other.label(), figures(metric -> ratio(other, metric)));
        }
        return tree;
    }

    private static Map<String, Object> run(RunResult run) {
        Map<String, Object> each = new LinkedHashMap<>();
        each.put("sent", run.sent());
        each.put("received", run.received());
        each.put("problem", run.problem());
        each.putAll(figures(run::value));
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
