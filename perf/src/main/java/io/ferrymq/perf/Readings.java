package io.ferrymq.perf;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Named numbers of one phase of a load, and the problem that ended it, if one did. What was read until then still counts. */
record Readings(Map<String, Double> values, String problem) {

    static Readings failed(String problem) {
        return new Readings(Map.of(), problem);
    }

    double value(String name) {
        return values.getOrDefault(name, Double.NaN);
    }

    void store(Path file) throws IOException {
        Properties properties = new Properties();
        values.forEach((name, value) -> properties.setProperty("value." + name, Double.toString(value)));
        properties.setProperty("problem", problem);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    static Readings load(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<String, Double> values = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith("value.")) {
                values.put(name.substring("value.".length()), Double.valueOf(properties.getProperty(name)));
            }
        }
        return new Readings(values, properties.getProperty("problem"));
    }
}
