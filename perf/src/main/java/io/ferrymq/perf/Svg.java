package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;

/** Plots as SVG elements to stand in a page: no script, no style sheet, nothing to load. */
final class Svg {
    private static final int WIDTH = 460;
    private static final int HEIGHT = 240;
    private static final int LEFT = 64;
    private static final int RIGHT = 12;
    private static final int TOP = 30;
    private static final int BOTTOM = 34;
    private static final int TICKS = 4;

    /** One colour and one name; points in order of x. NaN interrupts the line. */
    record Line(String name, String colour, List<Double> xs, List<Double> ys) {}

    /** The bar is the median, a dot is a turn. */
    record Bar(String name, String colour, double median, List<Double> turns) {}

    private final StringBuilder out = new StringBuilder();
    private final boolean logarithmic;
    private final double lowest;
    private final double highest;

    private Svg(String title, boolean logarithmic, double lowest, double highest) {
        this.logarithmic = logarithmic;
        this.lowest = lowest;
        this.highest = highest;
        out.append(String.format(
                Locale.ROOT,
                "<svg viewBox='0 0 %d %d' width='%d' height='%d' font-family='sans-serif' font-size='11'>",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT));
        text(WIDTH / 2.0, 16, "middle", title, "#222");
        axis();
    }

    static String bars(String title, List<Bar> bars) {
        DoubleSummaryStatistics all = bars.stream()
                .flatMap(bar -> bar.turns().stream())
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        double lowest = Math.min(0, all.getMin() * 1.05);
        Svg svg = new Svg(title, false, lowest, Math.max(all.getMax() * 1.05, lowest + 1e-6));
        double step = (WIDTH - LEFT - RIGHT) / (double) Math.max(1, bars.size());
        for (int i = 0; i < bars.size(); i++) {
            svg.bar(bars.get(i), LEFT + step * (i + 0.5), step * 0.5);
        }
        return svg.end();
    }

    private void bar(Bar bar, double middle, double width) {
        double top = y(Math.max(0, bar.median()));
        out.append(String.format(
                Locale.ROOT,
                "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s' fill-opacity='0.75'/>",
                middle - width / 2,
                top,
                width,
                y(Math.min(0, bar.median())) - top,
                bar.colour()));
        for (double turn : bar.turns()) {
            out.append(
                    String.format(Locale.ROOT, "<circle cx='%.1f' cy='%.1f' r='2.5' fill='#222'/>", middle, y(turn)));
        }
        text(middle, HEIGHT - BOTTOM + 15, "middle", bar.name(), "#222");
        text(middle, top - 5, "middle", number(bar.median()), "#222");
    }

    /** @param marks what to write along x: positions and words */
    static String lines(String title, boolean logarithmic, List<Line> lines, List<String> marks) {
        List<Double> all = lines.stream()
                .flatMap(line -> line.ys().stream())
                .filter(y -> !y.isNaN() && (!logarithmic || y > 0))
                .toList();
        double highest = all.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        double lowest = logarithmic
                ? all.stream().mapToDouble(Double::doubleValue).min().orElse(0.1)
                : 0;
        Svg svg = new Svg(title, logarithmic, lowest, Math.max(highest * 1.05, lowest + 1e-6));
        double lastX = lines.stream()
                .flatMap(line -> line.xs().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        for (int i = 0; i < marks.size(); i++) {
            double at = LEFT + (WIDTH - LEFT - RIGHT) * i / (double) Math.max(1, marks.size() - 1);
            svg.text(at, HEIGHT - BOTTOM + 14, "middle", marks.get(i), "#666");
        }
        for (int i = 0; i < lines.size(); i++) {
            svg.line(lines.get(i), lastX);
            svg.text(
                    LEFT + 8 + i * 74,
                    HEIGHT - 4,
                    "start",
                    "\u25a0 " + lines.get(i).name(),
                    lines.get(i).colour());
        }
        return svg.end();
    }

    private void line(Line line, double lastX) {
        List<String> points = new ArrayList<>();
        for (int i = 0; i < line.xs().size(); i++) {
            if (!line.ys().get(i).isNaN()) {
                double x = LEFT + (WIDTH - LEFT - RIGHT) * line.xs().get(i) / Math.max(1e-9, lastX);
                points.add(
                        String.format(Locale.ROOT, "%.1f,%.1f", x, y(line.ys().get(i))));
            }
        }
        out.append("<polyline fill='none' stroke-width='1.8' stroke='")
                .append(line.colour())
                .append("' points='")
                .append(String.join(" ", points))
                .append("'/>");
    }

    private void axis() {
        for (int i = 0; i <= TICKS; i++) {
            double share = i / (double) TICKS;
            double value =
                    logarithmic ? lowest * Math.pow(highest / lowest, share) : lowest + (highest - lowest) * share;
            double y = y(value);
            out.append(String.format(
                    Locale.ROOT,
                    "<line x1='%d' y1='%.1f' x2='%d' y2='%.1f' stroke='#ddd'/>",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    y));
            text(LEFT - 6, y + 4, "end", number(value), "#666");
        }
    }

    private double y(double value) {
        double share = logarithmic
                ? Math.log(Math.max(value, lowest) / lowest) / Math.log(highest / lowest)
                : (value - lowest) / (highest - lowest);
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
    }

    private void text(double x, double y, String anchor, String text, String colour) {
        out.append(String.format(
                Locale.ROOT, "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>", x, y, anchor, colour));
        out.append(HtmlReport.escaped(text)).append("</text>");
    }

    private static String number(double value) {
        return Table.number(value, value >= 100 ? 0 : value >= 1 ? 1 : 3);
    }

    private String end() {
        return out.append("</svg>").toString();
    }
}
