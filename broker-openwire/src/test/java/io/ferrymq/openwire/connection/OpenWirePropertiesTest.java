package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.openwire.codec.PrimitiveMap;
import java.nio.ByteBuffer;
import java.util.Arrays;
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

        assertThat(format.read(message(PrimitiveMap.encode(properties)))).isEqualTo(properties);
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
    }

    @Test
    void shouldSeeNoPropertiesInBytesThatAreNoMap() {
        byte[] map = PrimitiveMap.encode(Map.of("a", 1, "b", "text"));
        for (int length = 1; length < map.length; length++) {
            assertThat(format.read(message(Arrays.copyOf(map, length)))).isEmpty();
        }
        assertThat(format.read(message(Arrays.copyOf(map, map.length + 1)))).isEmpty();
        assertThat(format.read(
                        message(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array())))
                .isEmpty();
        assertThat(format.read(message(nestedLists(1_000_000)))).isEmpty();
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
    void shouldNeverThrow() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] map = PrimitiveMap.encode(Map.of("a", 1, "b", "text", "c", List.of(1, Map.of("d", 2))));
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = map.clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            assertThatCode(() -> format.read(message(damaged)))
                    .as("seed=%d, bytes=%s", seed, Arrays.toString(damaged))
                    .doesNotThrowAnyException();
        }
    }

    private static Message message(byte[] properties) {
        return Message.builder(new MessageId(new ProducerId("c", 1, 1), 1), DestinationName.queue("Q"))
                .properties(properties)
                .build();
    }
}
