package io.ferrymq.perf;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Text in columns: the first to the left, the others to the right. */
final class Table {
    private Table() {}

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
}
