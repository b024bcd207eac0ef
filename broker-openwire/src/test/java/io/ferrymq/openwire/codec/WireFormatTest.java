package io.ferrymq.openwire.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.BrokerSubscriptionInfo;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.DataArrayResponse;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTest {
    private final ByteBuf out = Unpooled.buffer();

    @Test
    void shouldWriteTheFirstWireFormatInfoLooseEvenAfterApply() {
        WireFormat wireFormat = new WireFormat(1024);
        wireFormat.apply(options(true, true, true, Long.MAX_VALUE));
        WireFormatInfo info = new WireFormatInfo();
        info.version = 1;
        wireFormat.encode(info, out);
        wireFormat.encode(new KeepAliveInfo(), out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("0000000e014163746976654d510000000100" + "0a010000000000");
    }

    @Test
    void shouldRefuseFramesLargerThanThisSideAccepts() {
        WireFormat wireFormat = new WireFormat(5);
        assertThatThrownBy(() -> wireFormat.decode(Unpooled.wrappedBuffer(GoldenFrames.hex("0a0000000000"))))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessage("frame too large: offset=0, length=6, limit=5");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnAfterAFrameThePeerCouldNotTake(boolean tight) {
        WireFormat writing = new WireFormat(1024);
        writing.apply(options(tight, true, false, 200));
        WireFormat reading = new WireFormat(1024);
        reading.apply(options(tight, true, false, 200));
        out.writeByte(7);
        ConnectionInfo info = connection("c".repeat(200));
        assertThatThrownBy(() -> writing.encode(info, out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ConnectionInfo too large for the peer")
                .hasMessageContaining("limit=200");
        assertThat(out.readableBytes()).isEqualTo(1);
        info.clientId = "c";
        writing.encode(info, out);
        ConnectionInfo read = (ConnectionInfo) reading.decode(out.skipBytes(5));
        assertThat(read.connectionId).isEqualTo(info.connectionId);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseStringsThePeerCouldNotRead(boolean tight) {
        int limit = tight ? 32_766 : 65_535;
        WireFormat wireFormat = new WireFormat(1 << 20);
        wireFormat.apply(options(tight, false, false, Long.MAX_VALUE));
        wireFormat.encode(connection("x".repeat(limit)), out);
        DataStructure read = wireFormat.decode(out.skipBytes(4));
        assertThat(((ConnectionInfo) read).clientId).hasSize(limit);
        assertThatThrownBy(() -> wireFormat.encode(connection("x".repeat(limit + 1)), out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("string too long: length=" + (limit + 1) + ", limit=" + limit);
        assertThat(out.readableBytes()).isZero();
    }

    @Test
    void shouldRefuseStructuresTheVersionDoesNotHave() {
        WireFormat wireFormat = new WireFormat(1024);
        wireFormat.apply(WireOptions.ofVersion(11));
        assertThatThrownBy(() -> wireFormat.encode(new BrokerSubscriptionInfo(), out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version=11, since=12");
        assertThatThrownBy(() -> wireFormat.decode(Unpooled.wrappedBuffer(new byte[] {92, 0, 0})))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("unknown type code");
    }

    /** More values than slots: the ones without a slot are not stored, and the next frame makes room. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSurviveMoreValuesInOneFrameThanCacheSlots(boolean tight) {
        WireFormat wireFormat = new WireFormat(1 << 20);
        wireFormat.apply(options(tight, true, false, Long.MAX_VALUE));
        for (int round = 0; round < 5; round++) {
            DataArrayResponse response = new DataArrayResponse();
            response.data = new DataStructure[200];
            for (int i = 0; i < 200; i++) {
                response.data[i] = connection("c");
                ((ConnectionInfo) response.data[i]).connectionId = new ConnectionId(round + ":" + i);
            }
            wireFormat.encode(response, out);
            DataArrayResponse read = (DataArrayResponse) wireFormat.decode(out.skipBytes(4));
            for (int i = 0; i < 200; i++) {
                assertThat(((ConnectionInfo) read.data[i]).connectionId).isEqualTo(new ConnectionId(round + ":" + i));
            }
        }
    }

    @Test
    void shouldShareRepeatedShortStrings() {
        WireFormat wireFormat = new WireFormat(1024);
        wireFormat.encode(new ActiveMQQueue("orders"), out);
        byte[] frame = ByteBufUtil.getBytes(out.skipBytes(4));
        ActiveMQQueue first = (ActiveMQQueue) wireFormat.decode(Unpooled.wrappedBuffer(frame));
        ActiveMQQueue second = (ActiveMQQueue) wireFormat.decode(Unpooled.wrappedBuffer(frame));
        assertThat(second).isNotSameAs(first).isEqualTo(first);
        assertThat(second.physicalName).isSameAs(first.physicalName);
    }

    private static ConnectionInfo connection(String clientId) {
        ConnectionInfo info = new ConnectionInfo();
        info.connectionId = new ConnectionId("ID:x");
        info.clientId = clientId;
        return info;
    }

    private static WireOptions options(boolean tight, boolean cache, boolean noPrefix, long maxFrameSize) {
        return new WireOptions(12, tight, cache, 128, false, noPrefix, true, maxFrameSize, 0, 0);
    }
}
