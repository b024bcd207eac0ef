package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.transport.PartialFrames;
import io.ferrymq.transport.ReadGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A frame that is too large is passed over, however it comes, and what is around it is as if it were not there. */
class SkippedFramesTest {
    private static final int LIMIT = 100;
    private static final int HEAD_BYTES = 16 << 10;
    private static final int LENGTH_BYTES = 4;
    private static final int GATE_BYTES = 1 << 20;

    private final List<ByteBuf> reads = new ArrayList<>();
    private EmbeddedChannel channel;
    private ReadGate gate;

    @BeforeEach
    void open() {
        channel = new EmbeddedChannel();
        gate = new ReadGate(channel, GATE_BYTES, new ReadGate.Total(GATE_BYTES));
        PartialFrames partialFrames = new PartialFrames(
                channel.eventLoop(), System::nanoTime, GATE_BYTES, new PartialFrames.Patience(1, 1, 1));
        FrameSplitter splitter = new FrameSplitter(LIMIT, partialFrames, gate);
        splitter.skipOversized();
        channel.pipeline().addLast(splitter);
    }

    /** Also of what was open before the last {@link #open}. */
    @AfterEach
    void shouldHoldNoBuffer() {
        channel.finishAndReleaseAll();
        assertThat(reads).allMatch(read -> read.refCnt() == 0);
    }

    /** Bytes that tell where they are. */
    private static byte[] frame(int size) {
        byte[] frame = new byte[size];
        for (int i = 0; i < size; i++) {
            frame[i] = (byte) (i * 31 + i / 251 + size);
        }
        return frame;
    }

    private static byte[] stream(int... sizes) {
        ByteBuf stream = Unpooled.buffer();
        for (int size : sizes) {
            stream.writeInt(size).writeBytes(frame(size));
        }
        return ByteBufUtil.getBytes(stream);
    }

    /** From a buffer that is larger, as a read is. */
    private void read(byte[] stream, int from, int to) {
        ByteBuf in = channel.alloc().buffer(to - from + LENGTH_BYTES);
        reads.add(in);
        channel.writeInbound(in.writeBytes(stream, from, to - from));
    }

    private void assertFrame(int size) {
        Object received = channel.readInbound();
        assertThat(received).as("frame of %d", size).isInstanceOf(ByteBuf.class);
        assertThat(ByteBufUtil.getBytes((ByteBuf) received)).isEqualTo(frame(size));
        release(received);
    }

    private void assertSkipped(int size) {
        Object received = channel.readInbound();
        assertThat(received).as("skipped frame of %d", size).isInstanceOf(SkippedFrame.class);
        SkippedFrame skipped = (SkippedFrame) received;
        byte[] whole = frame(size);
        byte[] head = ByteBufUtil.getBytes(skipped.content());
        assertThat(head).hasSize(Math.min(size, HEAD_BYTES));
        assertThat(head).isEqualTo(Arrays.copyOf(whole, head.length));
        assertThat(skipped.typeCode()).isEqualTo(whole[0]);
        assertThat(skipped.why()).hasMessageContaining("length=" + size).hasMessageContaining("limit=" + LIMIT);
        release(received);
    }

    private static void release(Object received) {
        assertThat(ReferenceCountUtil.refCnt(received)).isPositive();
        ReferenceCountUtil.release(received);
    }

    private void assertNothingMore() {
        Object more = channel.readInbound();
        assertThat(more).isNull();
    }

    /** Every place for small frames; around the edges, and here and there, for large ones. */
    private static List<Integer> cuts(byte[] stream) {
        List<Integer> cuts = new ArrayList<>();
        for (int i = 0; i <= stream.length; i++) {
            boolean atEdge = i < 20 || Math.abs(i - HEAD_BYTES) < 20 || i > stream.length - 130;
            if (atEdge || stream.length < 2_000 || i % 997 == 0) {
                cuts.add(i);
            }
        }
        return cuts;
    }

    @ParameterizedTest
    @ValueSource(ints = {LIMIT + 1, 500, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1, HEAD_BYTES + 5_000, 70_000})
    void shouldPassOverAFrameWhereverItIsCut(int size) {
        byte[] stream = stream(size, LIMIT);
        for (int cut : cuts(stream)) {
            open();
            read(stream, 0, cut);
            read(stream, cut, stream.length);
            assertSkipped(size);
            assertFrame(LIMIT);
            assertNothingMore();
            channel.finishAndReleaseAll();
            assertThat(reads).as("cut at %d", cut).allMatch(read -> read.refCnt() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {LIMIT + 1, HEAD_BYTES, HEAD_BYTES + 1, 70_000})
    void shouldPassOverAFrameThatComesByteByByte(int size) {
        byte[] stream = stream(7, size, 1);
        for (int i = 0; i < stream.length; i++) {
            read(stream, i, i + 1);
        }
        assertFrame(7);
        assertSkipped(size);
        assertFrame(1);
        assertNothingMore();
    }

    @ParameterizedTest
    @ValueSource(ints = {LIMIT + 1, HEAD_BYTES, HEAD_BYTES + 1, 70_000})
    void shouldPassOverSeveralInARow(int size) {
        byte[] stream = stream(size, size + 1, LIMIT, size, size, 1);
        for (int step : new int[] {3, 1_000, HEAD_BYTES, HEAD_BYTES + LENGTH_BYTES, 65_536, stream.length}) {
            open();
            for (int from = 0; from < stream.length; from += step) {
                read(stream, from, Math.min(stream.length, from + step));
            }
            assertSkipped(size);
            assertSkipped(size + 1);
            assertFrame(LIMIT);
            assertSkipped(size);
            assertSkipped(size);
            assertFrame(1);
            assertNothingMore();
            channel.finishAndReleaseAll();
            assertThat(reads).as("reads of %d", step).allMatch(read -> read.refCnt() == 0);
        }
    }

    /** The sender is told while the rest is still to come. */
    @Test
    void shouldHandTheHeadOnAsSoonAsItIsThere() {
        byte[] stream = stream(70_000, 1);
        read(stream, 0, LENGTH_BYTES + HEAD_BYTES - 1);
        assertNothingMore();
        read(stream, LENGTH_BYTES + HEAD_BYTES - 1, LENGTH_BYTES + HEAD_BYTES);
        assertSkipped(70_000);
        read(stream, LENGTH_BYTES + HEAD_BYTES, stream.length);
        assertFrame(1);
    }

    /** What is skipped takes no memory: it need not be there at the same time. */
    @Test
    void shouldKeepNothingOfTheRest() {
        byte[] stream = stream(70_000);
        read(stream, 0, LENGTH_BYTES + HEAD_BYTES);
        assertSkipped(70_000);
        for (int from = LENGTH_BYTES + HEAD_BYTES; from < stream.length; from += 5_000) {
            read(stream, from, Math.min(stream.length, from + 5_000));
            assertThat(reads).allMatch(read -> read.refCnt() == 0);
        }
    }

    /** As much as can be claimed: nothing may be reserved, and nothing may overflow. */
    @Test
    void shouldSkipForEverWhatClaimsToBeHuge() {
        ByteBuf begin = Unpooled.buffer().writeInt(Integer.MAX_VALUE).writeZero(HEAD_BYTES);
        read(ByteBufUtil.getBytes(begin), 0, begin.readableBytes());
        SkippedFrame skipped = channel.readInbound();
        assertThat(skipped.why()).hasMessageContaining("length=" + Integer.MAX_VALUE);
        release(skipped);
        for (int i = 0; i < 100; i++) {
            read(new byte[65_536], 0, 65_536);
        }
        assertNothingMore();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, LENGTH_BYTES, LENGTH_BYTES + 1, 1_000, LENGTH_BYTES + HEAD_BYTES - 1})
    void shouldEndInsideAHead(int came) {
        read(stream(70_000), 0, came);
        channel.close();
        channel.runPendingTasks();
        assertNothingMore();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 70_000 - HEAD_BYTES - 1})
    void shouldEndInsideARest(int came) {
        read(stream(70_000), 0, LENGTH_BYTES + HEAD_BYTES + came);
        channel.close();
        channel.runPendingTasks();
        assertSkipped(70_000);
        assertNothingMore();
    }

    @ParameterizedTest
    @ValueSource(ints = {LENGTH_BYTES + 50, LENGTH_BYTES + HEAD_BYTES, LENGTH_BYTES + HEAD_BYTES + 50})
    void shouldLetGoWhenItIsTakenOutOfThePipeline(int came) {
        byte[] stream = stream(70_000);
        read(stream, 0, came);
        channel.pipeline().remove(FrameSplitter.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void shouldNotSkipWhatIsNoFrame(int size) {
        byte[] stream = ByteBufUtil.getBytes(Unpooled.buffer().writeInt(size).writeBytes(stream(1, 2)));
        assertThatThrownBy(() -> read(stream, 0, stream.length))
                .hasRootCauseInstanceOf(ProtocolViolation.class)
                .hasRootCauseMessage("bad frame size: length=" + size);
        read(stream, 0, stream.length);
        assertNothingMore();
    }

    @Test
    void shouldWaitForThePausedGateBehindAFrameThatItSkips() {
        byte[] stream = stream(HEAD_BYTES + 50, 5);
        read(stream, 0, LENGTH_BYTES + HEAD_BYTES);
        assertSkipped(HEAD_BYTES + 50);
        gate.pause();
        read(stream, LENGTH_BYTES + HEAD_BYTES, stream.length);
        assertNothingMore();
        gate.resume();
        read(stream(6), 0, LENGTH_BYTES + 6);
        assertFrame(5);
        assertFrame(6);
        assertNothingMore();
    }

    @Test
    void shouldTakeUpALargeFrameAgainBehindOneThatItSkips() {
        FrameSplitter splitter = channel.pipeline().get(FrameSplitter.class);
        read(stream(200_000), 0, LENGTH_BYTES + 200_000);
        assertSkipped(200_000);
        splitter.limit(150_000);
        byte[] stream = stream(140_000, 160_000, 140_000);
        for (int from = 0; from < stream.length; from += 10_000) {
            read(stream, from, Math.min(stream.length, from + 10_000));
        }
        assertFrame(140_000);
        SkippedFrame skipped = channel.readInbound();
        assertThat(skipped.why()).hasMessageContaining("limit=150000");
        release(skipped);
        assertFrame(140_000);
        assertNothingMore();
    }
}
