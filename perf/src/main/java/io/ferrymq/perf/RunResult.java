package io.ferrymq.perf;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/** One run of one broker. With a problem there are no figures: a run that lost or repeated a message measured something else. */
record RunResult(Map<Metric, Double> values, long sent, long received, String problem) {

    static RunResult measured(Map<Metric, Double> values, long sent, long received) {
        return new RunResult(values, sent, received, "");
    }

    static RunResult failed(String problem, long sent, long received) {
        return new RunResult(Map.of(), sent, received, problem);
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
        long sent = Long.parseLong(properties.getProperty("sent"));
        long received = Long.parseLong(properties.getProperty("received"));
        return new RunResult(values, sent, received, properties.getProperty("problem"));
    }
}
