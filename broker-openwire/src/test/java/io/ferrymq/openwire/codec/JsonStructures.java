package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.NullCommand;
import io.ferrymq.openwire.command.WireThrowable;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Structures by the names and notation of the golden files: builds them, and compares decoded ones, by reflection. */
final class JsonStructures {
    private static final String PACKAGE = DataStructure.class.getPackageName() + '.';

    private JsonStructures() {}

    static DataStructure build(JsonNode fields) {
        if (fields.isNull()) {
            return NullCommand.INSTANCE;
        }
        try {
            Class<?> type = Class.forName(PACKAGE + fields.get("@type").textValue());
            DataStructure structure =
                    (DataStructure) type.getDeclaredConstructor().newInstance();
            for (String name : names(fields)) {
                Field field = type.getField(name);
                field.set(structure, value(fields.get(name), field.getType()));
            }
            return structure;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object value(JsonNode json, Class<?> type) {
        if (json.isNull()) {
            return null;
        } else if (type == boolean.class) {
            return json.booleanValue();
        } else if (type == byte.class) {
            return (byte) json.intValue();
        } else if (type == int.class) {
            return json.intValue();
        } else if (type == long.class) {
            return Long.parseLong(json.textValue());
        } else if (type == String.class) {
            return json.textValue();
        } else if (type == byte[].class) {
            return HexFormat.of().parseHex(json.textValue());
        } else if (type == WireThrowable.class) {
            return throwable(json);
        } else if (type.isArray()) {
            return array(json, type.getComponentType());
        }
        return build(json);
    }

    private static Object array(JsonNode json, Class<?> type) {
        Object array = Array.newInstance(type, json.size());
        for (int i = 0; i < json.size(); i++) {
            Array.set(array, i, value(json.get(i), type));
        }
        return array;
    }

    private static @Nullable WireThrowable throwable(JsonNode json) {
        if (json.isMissingNode() || json.isNull()) {
            return null;
        }
        List<WireThrowable.Frame> frames = new ArrayList<>();
        for (JsonNode f : json.path("stackTrace")) {
            frames.add(new WireThrowable.Frame(
                    f.get(0).textValue(),
                    f.get(1).textValue(),
                    f.get(2).textValue(),
                    f.get(3).intValue()));
        }
        return new WireThrowable(
                json.get("class").textValue(), json.get("message").textValue(), frames, throwable(json.path("cause")));
    }

    static void assertSame(DataStructure actual, JsonNode expected, String where) {
        if (expected.isNull()) {
            assertThat(actual).as(where).isSameAs(NullCommand.INSTANCE);
            return;
        }
        assertThat(actual.getClass().getSimpleName())
                .as(where)
                .isEqualTo(expected.get("@type").textValue());
        for (String name : names(expected)) {
            try {
                Field field = actual.getClass().getField(name);
                assertValue(field.get(actual), expected.get(name), field.getType(), where + '.' + name);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void assertValue(@Nullable Object actual, JsonNode expected, Class<?> type, String where) {
        if (expected.isNull()) {
            assertThat(actual).as(where).isNull();
        } else if (actual instanceof DataStructure structure) {
            assertSame(structure, expected, where);
        } else if (actual instanceof Object[] array) {
            assertThat(array).as(where).hasSize(expected.size());
            for (int i = 0; i < array.length; i++) {
                assertValue(array[i], expected.get(i), type.getComponentType(), where + '[' + i + ']');
            }
        } else {
            assertThat(actual).as(where).isEqualTo(value(expected, type));
        }
    }

    private static List<String> names(JsonNode fields) {
        List<String> names = new ArrayList<>();
        fields.fieldNames().forEachRemaining(names::add);
        names.remove("@type");
        return names;
    }
}
