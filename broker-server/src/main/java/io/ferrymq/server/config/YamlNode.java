package io.ferrymq.server.config;

import java.util.List;
import java.util.Map;

/** A value of a YAML file with the line it was written in, so that every mistake can be shown where it is. */
sealed interface YamlNode {
    int line();

    /** A single value, as it was written. */
    record Scalar(int line, String text) implements YamlNode {}

    /** {@code - a}, {@code - b}. */
    record Sequence(int line, List<YamlNode> items) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** {@code key: value}, in the order of the file. */
    record Mapping(int line, Map<String, YamlNode> entries) implements YamlNode {}

    /** {@code key:} with nothing behind it. */
    record Nothing(int line) implements YamlNode {}
}
