package io.ferrymq.perf;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** One run of one broker. With a problem there are no figures: a run that lost or repeated a message measured something else. */
record RunResult(Map<Metric, Double> values, Trace trace, long sent, long received, String problem) {

    /** What plots show: the seconds of the window, and how latencies are spread. */
    record Trace(List<Second> seconds, Curve sends, Curve endToEnd) {
        static final Trace NONE = new Trace(List.of(), new Curve(List.of()), new Curve(List.of()));
    }

    static RunResult measured(Map<Metric, Double> values, Trace trace, long sent, long received) {
        return new RunResult(values, trace, sent, received, "");
    }

    static RunResult failed(String problem, long sent, long received) {
        return new RunResult(Map.of(), Trace.NONE, sent, received, problem);
    }

    static RunResult failed(String problem) {
        return failed(problem, 0, 0);
    }

    /** The same with what another observer has measured. */
    RunResult with(Map<Metric, Double> more) {
        if (!valid()) {
            return this;
        }
        Map<Metric, Double> all = new EnumMap<>(values);
        all.putAll(more);
        return new RunResult(all, trace, sent, received, "");
    }

    /** The same without a figure that means nothing here. */
    RunResult without(Metric metric) {
        Map<Metric, Double> fewer = new HashMap<>(values);
        fewer.remove(metric);
        return new RunResult(fewer, trace, sent, received, problem);
    }

    boolean valid() {
        return problem.isEmpty();
    }

    double value(Metric metric) {
        return values.getOrDefault(metric, Double.NaN);
    }

    void store(Path file) throws IOException {
        Properties properties = new Properties();
        values.forEach((metric, value) -> properties.setProperty(metric.name(), Double.toString(value)));
        for (int i = 0; i < trace.seconds().size(); i++) {
            properties.setProperty("second." + i, trace.seconds().get(i).text());
        }
        properties.setProperty("sends", trace.sends().text());
        properties.setProperty("endToEnd", trace.endToEnd().text());
        properties.setProperty("sent", Long.toString(sent));
        properties.setProperty("received", Long.toString(received));
        properties.setProperty("problem", problem);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    static RunResult load(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            if (properties.containsKey(metric.name())) {
                values.put(metric, Double.valueOf(properties.getProperty(metric.name())));
            }
        }
        List<Second> seconds = new ArrayList<>();
        while (properties.containsKey("second." + seconds.size())) {
            seconds.add(Second.parse(properties.getProperty("second." + seconds.size())));
        }
        Trace trace = new Trace(
                seconds, Curve.parse(properties.getProperty("sends")), Curve.parse(properties.getProperty("endToEnd")));
        long sent = Long.parseLong(properties.getProperty("sent"));
        long received = Long.parseLong(properties.getProperty("received"));
        return new RunResult(values, trace, sent, received, properties.getProperty("problem"));
    }
}
