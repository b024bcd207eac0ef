package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a benchmark of {@code perf/store} found: a row per figure, a column per subject, and a verdict where there is a target. */
final class StoreTable {
    private final String title;
    private final List<String> subjects;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    StoreTable(String title, List<String> subjects) {
        this.title = title;
        this.subjects = subjects;
    }

    void row(String key, String label, int decimals, Map<String, Double> values) {
        judged(key, label, decimals, values, Figure.Target.NONE, "");
    }

    /** @param judged the subject whose value the target is for; a value that is missing has failed */
    void judged(
            String key, String label, int decimals, Map<String, Double> values, Figure.Target target, String judged) {
        rows.add(new Row(key, label, decimals, new LinkedHashMap<>(values), target, judged));
    }

    void problem(String what) {
        problems.add(what);
    }

    boolean passed() {
        return problems.isEmpty() && rows.stream().noneMatch(row -> verdict(row).equals("FAIL"));
    }

    private String verdict(Row row) {
        if (!subjects.contains(row.judged)) {
            return "-";
        }
        double value = row.values.getOrDefault(row.judged, Double.NaN);
        return row.target.verdict(value, value, true);
    }

    String text() {
        List<List<String>> cells = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(title));
        head.addAll(subjects);
        head.addAll(List.of("target", "verdict"));
        cells.add(head);
        for (Row row : rows) {
            List<String> line = new ArrayList<>(List.of(row.label));
            subjects.forEach(
                    subject -> line.add(Table.number(row.values.getOrDefault(subject, Double.NaN), row.decimals)));
            line.addAll(List.of(row.target.inWords(), verdict(row)));
            cells.add(line);
        }
        StringBuilder text = new StringBuilder(Table.aligned(cells));
        problems.forEach(problem -> text.append("\nNOT VALID, ").append(problem));
        return text.toString();
    }

    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("title", title);
        tree.put("problems", problems);
        for (Row row : rows) {
            Map<String, Object> values = new LinkedHashMap<>(row.values);
            values.put("verdict", verdict(row));
            tree.put(row.key, values);
        }
        return tree;
    }

    private record Row(
            String key, String label, int decimals, Map<String, Double> values, Figure.Target target, String judged) {}
}
