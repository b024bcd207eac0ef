package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The runs of one scenario as a table with a verdict per target, and as a tree for programs. Medians over the valid turns. */
final class MessagingReport {
    private final List<Peer> peers;

    MessagingReport(List<Peer> peers) {
        this.peers = peers;
    }

    String table(MessagingCase each, Map<Peer, List<Figures>> runs) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(each.label()));
        peers.forEach(peer -> head.add(peer.label()));
        head.addAll(List.of("ferrymq/classic", "target", "verdict"));
        rows.add(head);
        for (Figure figure : each.figures()) {
            List<String> row = new ArrayList<>(List.of(figure.label()));
            peers.forEach(peer -> row.add(Table.number(median(figure, runs.get(peer)), figure.decimals())));
            row.addAll(List.of(
                    Table.number(ratio(figure, runs), 2), figure.target().inWords(), verdict(figure, runs)));
            rows.add(row);
        }
        return Table.aligned(rows);
    }

    boolean passed(MessagingCase each, Map<Peer, List<Figures>> runs) {
        boolean valid = runs.values().stream().flatMap(List::stream).allMatch(run -> run.problem()
                .isEmpty());
        return valid
                && each.figures().stream()
                        .noneMatch(figure -> verdict(figure, runs).equals("FAIL"));
    }

    private String verdict(Figure figure, Map<Peer, List<Figures>> runs) {
        if (!runs.containsKey(Peer.FERRYMQ)) {
            return "-";
        }
        double own = median(figure, runs.get(Peer.FERRYMQ));
        return figure.target().verdict(own, ratio(figure, runs), runs.containsKey(Peer.CLASSIC));
    }

    private static double median(Figure figure, List<Figures> runs) {
        return Comparison.median(values(figure, runs));
    }

    private static double ratio(Figure figure, Map<Peer, List<Figures>> runs) {
        return Comparison.medianRatio(
                values(figure, runs.getOrDefault(Peer.FERRYMQ, List.of())),
                values(figure, runs.getOrDefault(Peer.CLASSIC, List.of())));
    }

    private static List<Double> values(Figure figure, List<Figures> runs) {
        return runs.stream().map(run -> run.value(figure)).toList();
    }

    static String line(MessagingCase each, Figures figures) {
        if (!figures.problem().isEmpty()) {
            return "NOT VALID, " + figures.problem();
        }
        return each.figures().stream()
                .map(figure -> figure.label() + " " + Table.number(figures.value(figure), figure.decimals()))
                .collect(Collectors.joining("; "));
    }

    Map<String, Object> tree(MessagingCase each, Map<Peer, List<Figures>> runs) {
        Map<String, Object> tree = new LinkedHashMap<>();
        runs.forEach((peer, turns) ->
                tree.put(peer.label(), turns.stream().map(MessagingReport::run).toList()));
        Map<String, Object> verdicts = new LinkedHashMap<>();
        each.figures().forEach(figure -> verdicts.put(name(figure), verdict(figure, runs)));
        tree.put("verdicts", verdicts);
        return tree;
    }

    private static Map<String, Object> run(Figures figures) {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("problem", figures.problem());
        figures.values().forEach((figure, value) -> run.put(name(figure), value));
        return run;
    }

    private static String name(Figure figure) {
        return figure.name().toLowerCase(Locale.ROOT);
    }
}
