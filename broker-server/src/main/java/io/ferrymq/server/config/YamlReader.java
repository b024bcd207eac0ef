package io.ferrymq.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.ferrymq.server.config.YamlNode.Mapping;
import io.ferrymq.server.config.YamlNode.Nothing;
import io.ferrymq.server.config.YamlNode.Scalar;
import io.ferrymq.server.config.YamlNode.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document into {@link YamlNode}s. Used by one thread, once. Only what a configuration file needs: no anchors,
 * no tags, no second document, so that a file cannot grow when it is read.
 */
final class YamlReader {
    private static final int MAX_DEPTH = 16;

    private final YAMLParser parser;
    private final Mistakes mistakes;
    private int depth;

    private YamlReader(YAMLParser parser, Mistakes mistakes) {
        this.parser = parser;
        this.mistakes = mistakes;
    }

    /** The top-level mapping; an empty one when there is none, with the reason in {@code mistakes} unless the text is blank. */
    static Mapping read(String text, Mistakes mistakes) {
        try (YAMLParser parser = YAMLFactory.builder().build().createParser(text)) {
            return new YamlReader(parser, mistakes).document();
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            mistakes.add(line, "not YAML: " + firstLine(e.getOriginalMessage()));
        } catch (IOException | StackOverflowError e) {
            mistakes.add(0, "cannot be parsed: " + e.getMessage());
        }
        return new Mapping(0, Map.of());
    }

    private Mapping document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return new Mapping(1, Map.of());
        }
        YamlNode root = value(first);
        if (parser.nextToken() != null) {
            mistakes.add(line(), "a second document; a configuration file has one");
        }
        if (root instanceof Mapping mapping) {
            return mapping;
        }
        mistakes.add(root.line(), "'key: value' lines expected");
        return new Mapping(1, Map.of());
    }

    private YamlNode value(JsonToken token) throws IOException {
        refuseIndirection();
        return switch (token) {
            case START_OBJECT -> mapping();
            case START_ARRAY -> sequence();
            case VALUE_NULL -> new Nothing(line());
            default -> scalar(parser.getText());
        };
    }

    private YamlNode scalar(String text) {
        // no setting has an empty value, and the parser does not tell '' from nothing
        return text.isEmpty() ? new Nothing(line()) : new Scalar(line(), text);
    }

    private Mapping mapping() throws IOException {
        enter();
        int line = line();
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int keyLine = line();
            YamlNode value = value(parser.nextToken());
            if (entries.putIfAbsent(key, value) != null) {
                mistakes.add(keyLine, "'" + key + "' is there twice");
            }
        }
        depth--;
        return new Mapping(line, entries);
    }

    private Sequence sequence() throws IOException {
        enter();
        int line = line();
        List<YamlNode> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(value(token));
        }
        depth--;
        return new Sequence(line, items);
    }

    private void enter() throws IOException {
        if (++depth > MAX_DEPTH) {
            throw new IOException("nested more than " + MAX_DEPTH + " deep, line " + line());
        }
    }

    private void refuseIndirection() throws IOException {
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            mistakes.add(line(), "anchors and aliases (& and *) are not supported");
        }
        if (parser.getTypeId() != null) {
            mistakes.add(line(), "tags (!) are not supported");
        }
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }
}
