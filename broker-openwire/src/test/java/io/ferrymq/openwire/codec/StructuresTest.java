package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ferrymq.openwire.command.DataStructure;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The classes are the structures of the protocol: all of them, with all their fields, in wire order, for every version. */
class StructuresTest {
    private final Map<String, JsonNode> structures = new HashMap<>();

    StructuresTest() {
        for (JsonNode structure : GoldenFrames.file("commands").get("structures")) {
            structures.put(structure.get("name").textValue(), structure);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldVisitTheFieldsOfTheVersionInWireOrder(int version) {
        for (JsonNode structure : structures.values()) {
            if (!structure.get("code").isNull()) {
                byte code = (byte) structure.get("code").intValue();
                DataStructure created = StructureTypes.create(code, version);
                if (structure.get("since").intValue() > version) {
                    assertThat(created).isNull();
                } else {
                    assertThat(name(created)).isEqualTo(structure.get("name").textValue());
                    assertThat(FieldNames.visited(created, version))
                            .as(name(created) + " v" + version)
                            .isEqualTo(wireOrder(structure, version));
                }
            }
        }
    }

    @Test
    void shouldHaveNoOtherTypeCodesAndFields() {
        Set<String> created = new TreeSet<>();
        for (int code = Byte.MIN_VALUE; code <= Byte.MAX_VALUE; code++) {
            DataStructure structure = StructureTypes.create((byte) code, 12);
            if (structure != null) {
                assertThat(structure.typeCode()).isEqualTo((byte) code);
                created.add(name(structure));
                JsonNode json = structures.get(name(structure));
                assertThat(structure.marshallAware())
                        .isEqualTo(json.get("marshallAware").booleanValue());
                assertThat(publicFields(structure)).isEqualTo(allFields(json));
            }
        }
        assertThat(created).hasSize(57);
        Set<String> concrete = new TreeSet<>();
        structures.values().stream()
                .filter(s -> !s.get("code").isNull())
                .forEach(s -> concrete.add(s.get("name").textValue()));
        assertThat(created).isEqualTo(concrete);
    }

    private List<String> wireOrder(JsonNode structure, int version) {
        JsonNode parent = structures.get(structure.path("parent").asText());
        List<String> order = parent == null ? new ArrayList<>() : wireOrder(parent, version);
        for (JsonNode field : structure.get("fields")) {
            if (field.get("since").intValue() <= version
                    && version <= field.path("until").asInt(12)) {
                order.add(field.get("name").textValue() + ' ' + kind(field));
            }
        }
        return order;
    }

    /** Two kinds with the same encoding are one here. */
    private static String kind(JsonNode field) {
        String kind = field.get("kind").textValue();
        return kind.equals("byteSequence") ? "byteArray" : kind;
    }

    private Set<String> allFields(JsonNode structure) {
        JsonNode parent = structures.get(structure.path("parent").asText());
        Set<String> names = parent == null ? new TreeSet<>() : allFields(parent);
        structure.get("fields").forEach(field -> names.add(field.get("name").textValue()));
        return names;
    }

    private static Set<String> publicFields(DataStructure structure) {
        Set<String> names = new TreeSet<>();
        for (Field field : structure.getClass().getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                names.add(field.getName());
            }
        }
        return names;
    }

    private static String name(DataStructure structure) {
        return structure.getClass().getSimpleName();
    }
}
