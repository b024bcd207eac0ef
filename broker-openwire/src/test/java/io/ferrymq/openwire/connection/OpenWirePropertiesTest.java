package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.openwire.codec.PrimitiveMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenWirePropertiesTest {
    private static final int NULL_MAP = -1;
    private static final int LIST_TAG = 12;

    private final PropertyFormat format = new OpenWireProperties();

    @Test
    void shouldReadWhatClientsMarshal() {
        Map<String, Object> properties = Map.ofEntries(
                Map.entry("boolean", true),
                Map.entry("byte", (byte) 1),
                Map.entry("short", (short) 2),
                Map.entry("int", 3),
                Map.entry("long", 4L),
                Map.entry("float", 5.5f),
                Map.entry("double", 6.5),
                Map.entry("char", 'c'),
                Map.entry("string", "größe"),
                Map.entry("list", List.of(1, "a")),
                Map.entry("map", Map.of("a", 1)));

        Message message = message(PrimitiveMap.encode(properties));
        assertThat(format.read(message)).isEqualTo(properties);
        properties.forEach(
                (name, value) -> assertThat(format.find(message, name)).isEqualTo(value));
        assertThat(format.find(message, "other")).isNull();
    }

    @Test
    void shouldLeaveOutWhatIsNull() {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("a", 1);
        properties.put("b", null);

        assertThat(format.read(message(PrimitiveMap.encode(properties))))
                .containsExactly(Map.entry("a", 1))
                .doesNotContainKey("b");
    }

    @Test
    void shouldSeeNoPropertiesWhereThereAreNone() {
        assertThat(format.read(message(Message.ABSENT))).isEmpty();
        assertThat(format.read(message(new byte[0]))).isEmpty();
        assertThat(format.read(message(PrimitiveMap.encode(Map.of())))).isEmpty();
        assertThat(format.read(message(ByteBuffer.allocate(4).putInt(NULL_MAP).array())))
                .isEmpty();
        assertThat(format.isReadable(message(Message.ABSENT))).isTrue();
    }

    @Test
    void shouldSeeNoPropertiesInBytesThatAreNoMap() {
        byte[] map = PrimitiveMap.encode(Map.of("a", 1, "b", "text"));
        for (int length = 1; length < map.length; length++) {
            assertThat(format.read(message(Arrays.copyOf(map, length)))).isEmpty();
            assertThat(format.find(message(Arrays.copyOf(map, length)), "a")).isNull();
            assertThat(format.isReadable(message(Arrays.copyOf(map, length)))).isFalse();
        }
        assertThat(format.read(message(Arrays.copyOf(map, map.length + 1)))).isEmpty();
        assertThat(format.read(
                        message(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array())))
                .isEmpty();
        assertThat(format.read(message(nestedLists(1_000_000)))).isEmpty();
        assertThat(format.find(message(nestedLists(1_000_000)), "a")).isNull();
    }

    /** One property whose value is a list in a list in a list. */
    private static byte[] nestedLists(int depth) {
        ByteBuffer bytes = ByteBuffer.allocate(7 + 5 * depth);
        bytes.putInt(1).putShort((short) 1).put((byte) 'a');
        while (bytes.hasRemaining()) {
            bytes.put((byte) LIST_TAG).putInt(1);
        }
        return bytes.array();
    }

    @Test
    void shouldFindWhatItReadsInWhateverBytes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("a", 1);
        properties.put("größe", "groß\0");
        properties.put("", null);
        properties.put("name", "a longer text, so that most of it is looked at eight bytes at a time");
        properties.put("nested", List.of(1, Map.of("a", 2, "d", new byte[] {3}), List.of()));
        properties.put("bytes", new byte[] {1, 2, 3});
        properties.put("wide", List.of(true, 'c', (short) 1, 2L, 3.0, 4.0f, (byte) 5));
        byte[] map = PrimitiveMap.append(PrimitiveMap.encode(properties), Map.of("a", "again"));
        assertSameFound(map, List.of("a", "größe", "", "name", "nested", "d", "bytes", "wide", "none"), "undamaged");
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = random.nextInt(4) > 0 ? map.clone() : Arrays.copyOf(map, random.nextInt(map.length + 9));
            for (int k = random.nextInt(3); k >= 0 && damaged.length > 0; k--) {
                int at = random.nextInt(random.nextBoolean() ? damaged.length : Math.min(damaged.length, 40));
                damaged[at] = (byte) (random.nextBoolean() ? random.nextInt(16) : random.nextInt());
            }
            assertSameFound(damaged, properties.keySet(), "seed=" + seed + ", bytes=" + Arrays.toString(damaged));
        }
    }

    private void assertSameFound(byte[] bytes, Collection<String> names, String what) {
        Map<String, Object> read = format.read(message(bytes));
        List<String> all = new ArrayList<>(names);
        all.addAll(read.keySet());
        for (String name : all) {
            assertThat(marshalled(format.find(message(bytes), name))).as(what).isEqualTo(marshalled(read.get(name)));
        }
        boolean decodes = bytes.length == 0
                || catchThrowable(() -> PrimitiveMap.decode(bytes, PrimitiveMap.Limits.defaults())) == null;
        assertThat(format.isReadable(message(bytes))).as(what).isEqualTo(decodes);
    }

    /** Arrays in lists can be compared so. */
    private static byte[] marshalled(@Nullable Object value) {
        return value == null ? new byte[0] : PrimitiveMap.encode(Map.of("value", value));
    }

    private static Message message(byte[] properties) {
        return Message.builder(new MessageId(new ProducerId("c", 1, 1), 1), DestinationName.queue("Q"))
                .properties(properties)
                .build();
    }
}
