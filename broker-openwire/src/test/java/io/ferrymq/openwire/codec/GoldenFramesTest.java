package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ferrymq.openwire.codec.GoldenFrames.Vector;
import io.ferrymq.openwire.command.DataStructure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every frame that stock wrote is read with its meaning and written again with the same bytes. */
class GoldenFramesTest {
    static final List<String> FILES = GoldenFrames.FILES;

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldReadAndWriteTheSameBytes(String file) {
        for (Vector vector : GoldenFrames.vectors(file)) {
            WireFormat wireFormat = vector.wireFormat();
            DataStructure decoded = wireFormat.decode(vector.frame());
            JsonStructures.assertSame(decoded, vector.fields(), vector.toString());
            assertThat(encode(wireFormat, decoded)).as(vector.toString()).isEqualTo(GoldenFrames.hex(vector.bytes()));
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldWriteTheSameBytesFromFieldsAlone(String file) {
        for (Vector vector : GoldenFrames.vectors(file)) {
            DataStructure built = JsonStructures.build(vector.fields());
            assertThat(encode(vector.wireFormat(), built))
                    .as(vector.toString())
                    .isEqualTo(GoldenFrames.hex(vector.bytes()));
        }
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void shouldReadFromDirectBuffersAndInTheMiddleOfOne(String file) {
        for (Vector vector : GoldenFrames.vectors(file)) {
            ByteBuf direct = Unpooled.directBuffer().writeZero(3).writeBytes(vector.frame());
            direct.skipBytes(3);
            WireFormat wireFormat = vector.wireFormat();
            DataStructure decoded = wireFormat.decode(direct);
            assertThat(direct.readableBytes()).isZero();
            direct.release();
            ByteBuf out = Unpooled.directBuffer();
            wireFormat.encode(decoded, out);
            assertThat(ByteBufUtil.hexDump(out)).as(vector.toString()).isEqualTo(GoldenFrames.hex(vector.bytes()));
            out.release();
        }
    }

    static List<JsonNode> sequences() {
        return StreamSupport.stream(
                        GoldenFrames.file("cache-sequences").get("sequences").spliterator(), false)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("sequences")
    void shouldFollowTheObjectCache(JsonNode sequence) {
        WireOptions options = GoldenFrames.options(sequence);
        WireFormat decoding = new WireFormat(1 << 20);
        decoding.apply(options);
        WireFormat building = new WireFormat(1 << 20);
        building.apply(options);
        int i = 0;
        for (JsonNode frame : sequence.get("frames")) {
            String where = sequence.get("name").textValue() + " " + options + " frame " + i++;
            String hex = frame.get("hex").textValue();
            DataStructure decoded = decoding.decode(Unpooled.wrappedBuffer(GoldenFrames.hex(hex.substring(8))));
            JsonStructures.assertSame(decoded, frame.get("fields"), where);
            assertThat(encode(decoding, decoded)).as(where).isEqualTo(hex);
            assertThat(encode(building, JsonStructures.build(frame.get("fields"))))
                    .as(where)
                    .isEqualTo(hex);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "capture-client-6.3.1-broker-6.3.1",
                "capture-client-5.19.7-broker-5.19.7",
                "capture-failover-client-6.3.1-broker-6.3.1"
            })
    void shouldFollowRecordedSessions(String capture) {
        Map<String, RecordedDirection> directions = new TreeMap<>();
        for (JsonNode event : GoldenFrames.file(capture).get("events")) {
            if (event.has("hex")) {
                String connection = event.get("conn").asText();
                directions
                        .computeIfAbsent(
                                connection + event.get("dir").textValue(),
                                key -> new RecordedDirection(directions, connection))
                        .follow(event);
            }
        }
        assertThat(directions)
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy((key, direction) -> assertThat(direction.frames).isGreaterThan(1));
    }

    @Test
    void shouldKnowTheNumberOfGoldenFrames() {
        int frames = FILES.stream()
                .mapToInt(file -> GoldenFrames.vectors(file).size())
                .sum();
        assertThat(frames).isGreaterThan(1700);
    }

    static String encode(WireFormat wireFormat, DataStructure structure) {
        ByteBuf out = Unpooled.buffer();
        wireFormat.encode(structure, out);
        return ByteBufUtil.hexDump(out);
    }
}
