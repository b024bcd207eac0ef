package io.ferrymq.perf;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/** What one run of one scenario found. With a problem there is nothing else. */
record Figures(Map<Figure, Double> values, String problem) {

    static Figures failed(String problem) {
        return new Figures(Map.of(), problem);
    }

    double value(Figure figure) {
        return values.getOrDefault(figure, Double.NaN);
    }

    void store(Path file) throws IOException {
        Properties properties = new Properties();
        values.forEach((figure, value) -> properties.setProperty(figure.name(), Double.toString(value)));
        properties.setProperty("problem", problem);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    static Figures load(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        Map<Figure, Double> values = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) {
            if (properties.containsKey(figure.name())) {
                values.put(figure, Double.valueOf(properties.getProperty(figure.name())));
            }
        }
        return new Figures(values, properties.getProperty("problem"));
    }
}
