package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.DataArrayResponse;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.WireThrowable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bound of the decoder: what is just within is read, what is beyond is refused with a sentence. */
class FrameLimitsTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBoundTheDepthOfMessagesInMessages(boolean tight) {
        assertThat(refusal(nested(FrameReader.MAX_DEPTH), tight)).isEmpty();
        assertThat(refusal(nested(FrameReader.MAX_DEPTH + 1), tight)).contains("nested too deep", "limit=32");
        assertThat(refusal(nested(1000), tight)).contains("nested too deep");
    }

    /** A message in a DataArrayResponse in a message, and so on. */
    private static DataStructure nested(int depth) {
        DataStructure structure = new ActiveMQMessage();
        for (int i = 0; i < depth; i++) {
            if (structure instanceof Message) {
                DataArrayResponse response = new DataArrayResponse();
                response.data = new DataStructure[] {structure};
                structure = response;
            } else {
                ActiveMQMessage message = new ActiveMQMessage();
                message.dataStructure = structure;
                structure = message;
            }
        }
        return structure;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBoundTheDepthOfCauses(boolean tight) {
        WireThrowable cause = new WireThrowable("a.B", "m");
        for (int i = 0; i < 1000; i++) {
            cause = new WireThrowable("a.B", "m", List.of(), cause);
        }
        assertThat(refusal(new ExceptionResponse(1, cause), tight)).contains("nested too deep");
    }

    private static String refusal(DataStructure structure, boolean tight) {
        WireFormat wireFormat = wireFormat(tight, false);
        ByteBuf out = Unpooled.buffer();
        wireFormat.encode(structure, out);
        try {
            wireFormat.decode(out.skipBytes(4));
            return "";
        } catch (MalformedFrameException e) {
            return e.getMessage();
        }
    }

    private static WireFormat wireFormat(boolean tight, boolean cache) {
        WireFormat wireFormat = new WireFormat(1 << 20);
        wireFormat.apply(new WireOptions(12, tight, cache, 128, true, false, true, Long.MAX_VALUE, 0, 0));
        return wireFormat;
    }

    @Test
    void shouldKeepAThrowableAsData() {
        WireThrowable url = new WireThrowable("java.net.URL", "http://h/");
        WireFormat wireFormat = wireFormat(true, false);
        ByteBuf out = Unpooled.buffer();
        wireFormat.encode(new ExceptionResponse(1, url), out);
        DataStructure decoded = wireFormat.decode(out.skipBytes(4));
        assertThat(((ExceptionResponse) decoded).exception).isEqualTo(url);
    }

    @Test
    void shouldBoundTheStructuresOfAFrame() {
        DataArrayResponse[] many = new DataArrayResponse[10];
        for (int i = 0; i < many.length; i++) {
            many[i] = new DataArrayResponse();
            many[i].data = new DataStructure[32_000];
        }
        DataArrayResponse response = new DataArrayResponse();
        response.data = many;
        assertThat(refusal(response, false)).contains("too many structures");
    }

    @ParameterizedTest
    @ValueSource(strings = {"000003", "000080", "01ff7f", "010080", "0000ffff"})
    void shouldRefuseCacheSlotsThatHoldNothing(String newAndIndex) {
        byte[] frame = GoldenFrames.hex("03" + "00000001" + "00" + newAndIndex.substring(0, 6) + "00".repeat(12));
        WireFormat wireFormat = wireFormat(false, true);
        assertThatThrownBy(() -> wireFormat.decode(Unpooled.wrappedBuffer(frame)))
                .isInstanceOf(MalformedFrameException.class);
    }

    @Test
    void shouldBoundWhatTheCacheHolds() {
        WireFormat wireFormat = wireFormat(false, true);
        assertThatThrownBy(() -> {
                    for (int slot = 0; slot < 128; slot++) {
                        wireFormat.decode(connectionInfo(slot, "x".repeat(60_000)));
                    }
                })
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("object cache full");
    }

    /** A slot that is overwritten frees what it held. */
    @Test
    void shouldCountOverwrittenSlotsOnce() {
        WireFormat wireFormat = wireFormat(false, true);
        for (int i = 0; i < 300; i++) {
            wireFormat.decode(connectionInfo(5, "x".repeat(60_000)));
        }
    }

    private static ByteBuf connectionInfo(int slot, String id) {
        ByteBuf frame =
                Unpooled.buffer().writeByte(ConnectionInfo.TYPE).writeInt(1).writeByte(0);
        frame.writeByte(1).writeShort(slot).writeByte(1).writeByte(120);
        frame.writeByte(1).writeShort(id.length()).writeBytes(id.getBytes(StandardCharsets.US_ASCII));
        return frame.writeZero(3 + 1 + 5 + 1);
    }

    @Test
    void shouldSayWhatIsWrongAndWhere() {
        byte[] frame = GoldenFrames.hex("09" + "00000001" + "00" + "00" + "01fffe" + "00");
        assertThatThrownBy(() -> wireFormat(false, false).decode(Unpooled.wrappedBuffer(frame)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessage("string exceeds frame: offset=10, length=65534, limit=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c3", "80", "e282", "f09f9880", "c328", "e28228", "ff"})
    void shouldRefuseBadUtf8(String bytes) {
        String length = String.format("%04x", bytes.length() / 2);
        byte[] frame = GoldenFrames.hex("65" + "01" + length + bytes);
        assertThatThrownBy(() -> wireFormat(false, false).decode(Unpooled.wrappedBuffer(frame)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("invalid UTF-8");
    }
}
