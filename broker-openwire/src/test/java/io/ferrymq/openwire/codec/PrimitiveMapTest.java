package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.ferrymq.openwire.codec.GoldenFrames.Vector;
import io.ferrymq.openwire.codec.PrimitiveMap.Limits;
import io.ferrymq.openwire.command.ActiveMQMapMessage;
import io.ferrymq.openwire.command.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrimitiveMapTest {
    private static final Limits LIMITS = Limits.defaults();

    @Test
    void shouldDecodeAndEncodeTheMapsOfStock() {
        int maps = 0;
        for (Vector vector : GoldenFrames.vectors("v12")) {
            if (vector.wireFormat().decode(vector.frame()) instanceof Message message) {
                maps += check(message.marshalledProperties, vector.semantic().get("properties"), vector);
                if (message instanceof ActiveMQMapMessage && !message.compressed) {
                    maps += check(message.content, vector.semantic().get("map"), vector);
                }
            }
        }
        assertThat(maps).isGreaterThan(20);
    }

    private static int check(byte @Nullable [] blob, @Nullable JsonNode expected, Vector vector) {
        if (blob == null || expected == null) {
            return 0;
        }
        Map<String, @Nullable Object> decoded = PrimitiveMap.decode(blob, LIMITS);
        assertThat(decoded)
                .as(vector.toString())
                .usingRecursiveComparison()
                .withComparatorForType(Float::compare, Float.class)
                .withComparatorForType(Double::compare, Double.class)
                .isEqualTo(value(expected));
        assertThat(PrimitiveMap.encode(decoded)).as(vector.toString()).isEqualTo(blob);
        return 1;
    }

    private static @Nullable Object value(JsonNode json) {
        JsonNode v = json.path("v");
        return switch (json.get("t").textValue()) {
            case "boolean" -> v.booleanValue();
            case "byte" -> (byte) v.intValue();
            case "char" -> (char) v.intValue();
            case "short" -> v.shortValue();
            case "int" -> v.intValue();
            case "long" -> Long.parseLong(v.textValue());
            case "double" ->
                Double.longBitsToDouble(Long.parseUnsignedLong(json.get("bits").textValue(), 16));
            case "float" ->
                Float.intBitsToFloat(Integer.parseUnsignedInt(json.get("bits").textValue(), 16));
            case "string" ->
                json.has("repeat")
                        ? json.get("repeat")
                                .textValue()
                                .repeat(json.get("times").intValue())
                        : v.textValue();
            case "bytes" -> GoldenFrames.hex(v.textValue());
            case "map" -> map(v);
            case "list" -> list(v);
            default -> null;
        };
    }

    private static Map<String, @Nullable Object> map(JsonNode json) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        json.fieldNames().forEachRemaining(name -> map.put(name, value(json.get(name))));
        return map;
    }

    private static List<@Nullable Object> list(JsonNode json) {
        List<@Nullable Object> list = new ArrayList<>();
        json.forEach(element -> list.add(value(element)));
        return list;
    }

    @Test
    void shouldReadStandardUtf8AsWell() {
        byte[] map = GoldenFrames.hex("00000001" + "0001" + "6b" + "09" + "0004" + "f09f9880");
        assertThat(PrimitiveMap.decode(map, LIMITS)).containsEntry("k", "\uD83D\uDE00");
    }

    @Test
    void shouldTakeANullMapAsEmpty() {
        assertThat(PrimitiveMap.decode(GoldenFrames.hex("ffffffff"), LIMITS)).isEmpty();
    }

    @Test
    void shouldAppendWithoutTouchingWhatIsThere() {
        byte[] map = PrimitiveMap.encode(Map.of("i", 7));
        byte[] appended = PrimitiveMap.append(map, Map.of("s", "x"));
        assertThat(GoldenFrames.hex(appended)).isEqualTo("00000002" + "0001690500000007" + "000173090001" + "78");
        assertThat(PrimitiveMap.decode(appended, LIMITS)).containsExactlyInAnyOrderEntriesOf(Map.of("i", 7, "s", "x"));
    }

    @Test
    void shouldLetTheAppendedEntryWin() {
        byte[] appended = PrimitiveMap.append(PrimitiveMap.encode(Map.of("i", 7)), Map.of("i", 8));
        assertThat(PrimitiveMap.decode(appended, LIMITS)).isEqualTo(Map.of("i", 8));
    }

    @Test
    void shouldAppendToAnAbsentMap() {
        byte[] alone = PrimitiveMap.encode(Map.of("i", 7));
        assertThat(PrimitiveMap.append(null, Map.of("i", 7))).isEqualTo(alone);
        assertThat(PrimitiveMap.append(new byte[0], Map.of("i", 7))).isEqualTo(alone);
        assertThat(PrimitiveMap.append(GoldenFrames.hex("ffffffff"), Map.of("i", 7)))
                .isEqualTo(alone);
        assertThat(PrimitiveMap.append(GoldenFrames.hex("00000000"), Map.of("i", 7)))
                .isEqualTo(alone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "7fffffff", "fffffffe"})
    void shouldNotAppendToWhatIsNoMap(String map) {
        assertThatThrownBy(() -> PrimitiveMap.append(GoldenFrames.hex(map), Map.of("i", 7)))
                .isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void shouldRefuseValuesWithoutATag() {
        assertThatThrownBy(() -> PrimitiveMap.encode(Map.of("k", new StringBuilder())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.StringBuilder");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "000000",
                "7fffffff",
                "fffffffe",
                "00000001",
                "00000001ffff61",
                "0000000100016b0a7fffffff00",
                "0000000100016b0affffffff00",
                "0000000100016b0d7fffffff00",
                "0000000100016b0dffffffff00",
                "0000000100016b09000200",
                "0000000100016b0e",
                "0000000100016bff",
                "0000000100016b0c7fffffff",
                "0000000100016b0cffffffff",
                "0000000100016b0bfffffffe",
                "0000000000",
                "0000000100018000"
            })
    void shouldRefuseWhatIsNoMap(String map) {
        assertThatThrownBy(() -> PrimitiveMap.decode(GoldenFrames.hex(map), LIMITS))
                .isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void shouldBoundDepthEntriesAndKeys() {
        ByteBuf deep = Unpooled.buffer();
        for (int i = 0; i < 10_000; i++) {
            deep.writeInt(1).writeShort(1).writeByte('k').writeByte(PrimitiveTag.MAP);
        }
        byte[] map = ByteBufUtil.getBytes(deep.writeInt(0));
        assertThatThrownBy(() -> PrimitiveMap.decode(map, LIMITS)).hasMessageContaining("nested too deep");
        byte[] two = PrimitiveMap.encode(Map.of("a", 1, "b", List.of(1, 2)));
        assertThat(PrimitiveMap.decode(two, new Limits(4, 2, 1))).hasSize(2);
        assertThatThrownBy(() -> PrimitiveMap.decode(two, new Limits(3, 2, 1)))
                .hasMessageContaining("too many entries");
        assertThatThrownBy(() -> PrimitiveMap.decode(two, new Limits(4, 1, 1))).hasMessageContaining("nested too deep");
        assertThatThrownBy(() -> PrimitiveMap.decode(two, new Limits(4, 2, 0))).hasMessageContaining("key too long");
    }
}
