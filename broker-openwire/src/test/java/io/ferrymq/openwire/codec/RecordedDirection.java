package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One direction of one recorded connection; negotiates with the other one as the two sides did. */
final class RecordedDirection {
    int frames;
    private final WireFormat wireFormat = new WireFormat(1 << 20);
    private final Map<String, RecordedDirection> all;
    private final String connection;
    private @Nullable WireFormatInfo announced;

    RecordedDirection(Map<String, RecordedDirection> all, String connection) {
        this.all = all;
        this.connection = connection;
    }

    void follow(JsonNode event) {
        if (frames == 1) {
            wireFormat.apply(negotiated());
        }
        String hex = event.get("hex").textValue();
        DataStructure decoded = wireFormat.decode(Unpooled.wrappedBuffer(GoldenFrames.hex(hex.substring(8))));
        String where = connection + " frame " + frames;
        assertThat(decoded.getClass().getSimpleName())
                .as(where)
                .isEqualTo(event.get("type").textValue());
        assertThat(GoldenFramesTest.encode(wireFormat, decoded)).as(where).isEqualTo(hex);
        if (decoded instanceof WireFormatInfo info) {
            announced = info;
        }
        frames++;
    }

    private WireOptions negotiated() {
        WireFormatInfo client = all.get(connection + "C->B").announced;
        WireFormatInfo broker = all.get(connection + "B->C").announced;
        WireOptions options = WireOptions.negotiate(broker, client);
        assertThat(options)
                .isEqualTo(WireOptions.negotiate(client, broker))
                .isEqualTo(new WireOptions(12, true, true, 1024, true, false, true, Long.MAX_VALUE, 30_000, 10_000));
        return options;
    }
}
