package io.ferrymq.server.lines;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values of message properties in JSON. Texts, booleans and ints are themselves; every other type is an object that names it:
 * {@code {"long":5}}.
 */
final class Values {
    private static final int ASCII = 127;

    private Values() {}

    static void write(JsonGenerator to, Map<String, ? extends @Nullable Object> values) throws IOException {
        to.writeStartObject();
        for (Map.Entry<String, ? extends @Nullable Object> entry : values.entrySet()) {
            to.writeFieldName(entry.getKey());
            write(to, entry.getValue());
        }
        to.writeEndObject();
    }

    private static void write(JsonGenerator to, @Nullable Object value) throws IOException {
        if (value == null) {
            to.writeNull();
        } else if (value instanceof String text) {
            text(to, text);
        } else if (value instanceof Boolean truth) {
            to.writeBoolean(truth);
        } else if (value instanceof Integer number) {
            to.writeNumber(number);
        } else {
            to.writeStartObject();
            named(to, value);
            to.writeEndObject();
        }
    }

    private static void named(JsonGenerator to, Object value) throws IOException {
        if (value instanceof Long number) {
            to.writeNumberField("long", number);
        } else if (value instanceof Short number) {
            to.writeNumberField("short", number);
        } else if (value instanceof Byte number) {
            to.writeNumberField("byte", number);
        } else if (value instanceof Double number) {
            to.writeNumberField("double", number);
        } else if (value instanceof Float number) {
            to.writeNumberField("float", number);
        } else if (value instanceof Character character) {
            to.writeFieldName("char");
            text(to, character.toString());
        } else if (value instanceof byte[] bytes) {
            to.writeStringField("bytes", Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof List<?> list) {
            to.writeArrayFieldStart("list");
            for (Object element : list) {
                write(to, element);
            }
            to.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            map.forEach((key, element) -> named.put(String.valueOf(key), element));
            to.writeFieldName("map");
            write(to, named);
        } else {
            throw new IllegalArgumentException("no property is a " + value.getClass());
        }
    }

    /** A text, also one that is no valid Unicode: half a surrogate pair is escaped. */
    static void text(JsonGenerator to, String text) throws IOException {
        to.setHighestNonEscapedChar(isBroken(text) ? ASCII : 0);
        to.writeString(text);
        to.setHighestNonEscapedChar(0);
    }

    private static boolean isBroken(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** Whether all names are valid Unicode: names, unlike texts, cannot be escaped so that they are read back. */
    static boolean areNameable(Map<?, ?> values) {
        return values.entrySet().stream()
                .noneMatch(entry -> isBroken(String.valueOf(entry.getKey())) || !isNameable(entry.getValue()));
    }

    private static boolean isNameable(@Nullable Object value) {
        return value instanceof Map<?, ?> map
                ? areNameable(map)
                : !(value instanceof List<?> list) || list.stream().allMatch(Values::isNameable);
    }

    static Map<String, @Nullable Object> read(JsonNode object) {
        if (!object.isObject()) {
            throw new MalformedLineException("properties are an object, not " + object.getNodeType());
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        object.properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
        return values;
    }

    private static @Nullable Object value(JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isInt()) {
            return node.intValue();
        }
        if (node.isObject() && node.size() == 1) {
            Map.Entry<String, JsonNode> only = node.properties().iterator().next();
            return named(only.getKey(), only.getValue());
        }
        throw new MalformedLineException("no property can be " + node);
    }

    private static Object named(String type, JsonNode node) {
        try {
            return switch (type) {
                case "long" -> Long.valueOf(node.asText());
                case "short" -> Short.valueOf(node.asText());
                case "byte" -> Byte.valueOf(node.asText());
                case "double" -> Double.valueOf(node.asText());
                case "float" -> Float.valueOf(node.asText());
                case "char" -> node.asText().charAt(0);
                case "bytes" -> Base64.getDecoder().decode(node.asText());
                case "list" -> {
                    List<@Nullable Object> list = new ArrayList<>();
                    node.forEach(element -> list.add(value(element)));
                    yield list;
                }
                case "map" -> read(node);
                default -> throw new MalformedLineException("'" + type + "' is no type of a property");
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new MalformedLineException("this is no " + type + ": " + node);
        }
    }
}
