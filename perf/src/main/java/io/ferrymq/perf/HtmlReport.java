package io.ferrymq.perf;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Scenarios as one page that needs nothing else: verdicts, figures, plots. */
final class HtmlReport {
    private static final Map<Peer, String> COLOURS = new EnumMap<>(Map.of(
            Peer.FERRYMQ, "#0969da",
            Peer.CLASSIC, "#cf222e",
            Peer.ARTEMIS, "#bf8700",
            Peer.NULL, "#6e7781",
            Peer.CEILING, "#24292f"));

    private static final int MARKS = 5;

    private static final String STYLE = """
            body { font: 14px/1.45 sans-serif; margin: 2em auto; max-width: 980px; color: #222; background: #fff; padding: 0 1em }
            table { border-collapse: collapse; margin: 1em 0; display: block; overflow-x: auto }
            td, th { padding: 3px 9px; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap }
            td:first-child, th:first-child { text-align: left }
            .PASS { color: #1a7f37; font-weight: bold } .MISS { color: #cf222e; font-weight: bold } .OPEN { color: #888 }
            .plots { display: flex; flex-wrap: wrap; gap: 8px } ul { list-style: none; padding: 0 }
            """;

    private final StringBuilder out = new StringBuilder();

    private HtmlReport() {}

    /** @param facts what to say of the machine and the command, as pairs */
    static String of(List<Bench> benches, Map<String, Object> facts) {
        HtmlReport report = new HtmlReport();
        report.out
                .append(
                        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>FerryMQ perf</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>FerryMQ perf</h1>\n");
        report.table(facts.entrySet().stream()
                .map(fact -> List.of(fact.getKey(), String.valueOf(fact.getValue())))
                .toList());
        report.summary(benches);
        report.growth(new Growth(benches));
        benches.forEach(report::section);
        return report.out.append("</body></html>\n").toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }

    private void table(List<List<String>> rows) {
        out.append("<table>\n");
        for (List<String> row : rows) {
            out.append("<tr>");
            row.forEach(cell -> out.append("<td>").append(escaped(cell)).append("</td>"));
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private void summary(List<Bench> benches) {
        out.append("<table>\n");
        for (Bench bench : benches) {
            String name = escaped(bench.scenario().name());
            out.append("<tr><td><a href='#")
                    .append(name)
                    .append("'>")
                    .append(name)
                    .append("</a></td>");
            for (Goal.Judgement judgement : bench.judgements()) {
                out.append("<td class='")
                        .append(judgement.outcome())
                        .append("' title='")
                        .append(escaped(judgement.text()))
                        .append("'>")
                        .append(judgement.outcome())
                        .append("</td>");
            }
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private void growth(Growth growth) {
        if (!growth.isEmpty()) {
            out.append("<h2>growth</h2>\n<p>").append(Growth.WHAT).append("</p>\n");
            table(growth.rows());
        }
    }

    private void section(Bench bench) {
        String name = escaped(bench.scenario().name());
        out.append("<h2 id='").append(name).append("'>").append(name).append("</h2>\n<p>");
        out.append(escaped(bench.title())).append("; medians over the valid turns</p>\n<ul>");
        for (Goal.Judgement judgement : bench.judgements()) {
            out.append("<li><span class='")
                    .append(judgement.outcome())
                    .append("'>")
                    .append(judgement.outcome())
                    .append("</span> ")
                    .append(escaped(judgement.text()))
                    .append("</li>");
        }
        problems(bench);
        out.append("</ul>\n");
        table(bench.rows());
        plots(bench);
    }

    private void problems(Bench bench) {
        for (Peer peer : bench.comparison().peers()) {
            for (RunResult run : bench.comparison().runsOf(peer)) {
                if (!run.valid()) {
                    out.append("<li><span class='MISS'>NOT VALID</span> ")
                            .append(peer.label())
                            .append(": ")
                            .append(escaped(run.problem()))
                            .append("</li>");
                }
            }
        }
    }

    private void plots(Bench bench) {
        out.append("<div class='plots'>\n");
        for (Metric metric : bench.metrics()) {
            if (metric == Metric.RATE
                    || metric == Metric.BROKER_CPU_US
                    || metric.ordinal() > Metric.P99_DRIFT.ordinal()) {
                out.append(Svg.bars(metric.label(), bars(bench, metric))).append('\n');
            }
        }
        curve("send latency, ms, by percentile", bench, RunResult.Trace::sends);
        curve("end to end latency, ms, by percentile", bench, RunResult.Trace::endToEnd);
        seconds("throughput over time, msg/s by second", bench, Second::rate);
        seconds("memory over time, RSS MiB by second", bench, Second::rssMib);
        seconds("processor over time, % of a core by second", bench, Second::cpuPercent);
        out.append("</div>\n");
    }

    private static List<Svg.Bar> bars(Bench bench, Metric metric) {
        List<Svg.Bar> bars = new ArrayList<>();
        for (Peer peer : bench.comparison().peers()) {
            double median = bench.comparison().median(peer, metric);
            if (!Double.isNaN(median)) {
                List<Double> turns = bench.comparison().runsOf(peer).stream()
                        .map(run -> run.value(metric))
                        .filter(value -> !value.isNaN())
                        .toList();
                bars.add(new Svg.Bar(peer.label(), COLOURS.get(peer), median, turns));
            }
        }
        return bars;
    }

    private void curve(String title, Bench bench, Function<RunResult.Trace, Curve> which) {
        List<Svg.Line> lines = new ArrayList<>();
        for (Peer peer : bench.comparison().peers()) {
            List<Curve> turns = bench.comparison().runsOf(peer).stream()
                    .map(run -> which.apply(run.trace()))
                    .toList();
            List<Double> millis = Curve.median(turns).millis();
            if (!millis.isEmpty()) {
                lines.add(new Svg.Line(peer.label(), COLOURS.get(peer), upTo(millis.size()), millis));
            }
        }
        if (!lines.isEmpty()) {
            List<String> marks = Curve.PERCENTILES.stream()
                    .map(percentile -> String.valueOf(percentile).replaceFirst("\\.0$", ""))
                    .toList();
            out.append(Svg.lines(title, true, lines, marks)).append('\n');
        }
    }

    /** The last valid turn: a mean of turns would smooth away what one looks for. */
    private void seconds(String title, Bench bench, ToDoubleFunction<Second> which) {
        List<Svg.Line> lines = new ArrayList<>();
        int longest = 0;
        for (Peer peer : bench.comparison().peers()) {
            List<Second> seconds = bench.comparison().runsOf(peer).stream()
                    .map(run -> run.trace().seconds())
                    .filter(each -> !each.isEmpty())
                    .reduce(List.of(), (before, after) -> after);
            if (!seconds.isEmpty()) {
                longest = Math.max(longest, seconds.size());
                List<Double> values =
                        seconds.stream().mapToDouble(which).boxed().toList();
                lines.add(new Svg.Line(peer.label(), COLOURS.get(peer), upTo(values.size()), values));
            }
        }
        if (!lines.isEmpty()) {
            int last = longest;
            List<String> marks = IntStream.range(0, MARKS)
                    .mapToObj(i -> Table.number(1 + (last - 1.0) * i / (MARKS - 1), 0))
                    .toList();
            out.append(Svg.lines(title, false, lines, marks)).append('\n');
        }
    }

    private static List<Double> upTo(int size) {
        return DoubleStream.iterate(0, x -> x + 1).limit(size).boxed().toList();
    }
}
