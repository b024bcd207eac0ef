package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.transport.PartialFrames;
import io.ferrymq.transport.ReadGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames come out as they went in, however the stream is cut; what a large one takes is in proportion to what came of it. */
class FrameSplitterTest {
    private static final int LIMIT = 4 << 20;
    private static final int READ_BUFFER = 64 << 10;
    private static final int[] SIZES = {1, 3, 200, 1_100, 60_000, 65_536, 65_537, 200_000, 1_100_000};
    private static final int[] READS = {1, 2, 5, 300, 5_000, 40_000, 65_536};

    private final long seed = Long.getLong("frames.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Test
    void shouldGiveTheSameFramesHoweverTheStreamIsCut() {
        channel.pipeline().addLast(splitter());
        List<byte[]> sent = new ArrayList<>();
        ByteBuf stream = Unpooled.buffer();
        for (int i = 0; i < 60; i++) {
            byte[] frame = new byte[SIZES[random.nextInt(SIZES.length)]];
            random.nextBytes(frame);
            sent.add(frame);
            stream.writeInt(frame.length).writeBytes(frame);
        }
        while (stream.isReadable()) {
            read(stream, READS[random.nextInt(READS.length)] * (random.nextInt(8) == 0 ? 1 : 8));
        }
        for (byte[] frame : sent) {
            ByteBuf received = channel.readInbound();
            assertThat(received).as("seed=%d", seed).isEqualTo(Unpooled.wrappedBuffer(frame));
            received.release();
        }
        assertThat(channel.finish()).isFalse();
    }

    /** It could not go on with it, and its memory would be missing for those who can. */
    @Test
    void shouldBeginNoLargeFrameOfAConnectionThatIsHeldBack() {
        PartialFrames partialFrames =
                new PartialFrames(channel.eventLoop(), System::nanoTime, LIMIT, new PartialFrames.Patience(1, 1, 1));
        ReadGate gate = new ReadGate(channel, 1_000, new ReadGate.Total(LIMIT));
        channel.pipeline().addLast(gate.valve(), new FrameSplitter(LIMIT, partialFrames, gate));
        byte[] frame = new byte[200_000];
        random.nextBytes(frame);
        ByteBuf stream = Unpooled.buffer().writeInt(frame.length).writeBytes(frame);
        gate.hold(1_001);

        read(stream, 60_000);
        assertThat(partialFrames.usedBytes()).isZero();

        gate.release(1_001);
        assertThat(partialFrames.usedBytes()).isEqualTo(frame.length);
        while (stream.isReadable()) {
            read(stream, 60_000);
        }
        ByteBuf received = channel.readInbound();
        assertThat(received).isEqualTo(Unpooled.wrappedBuffer(frame));
        received.release();
        assertThat(partialFrames.usedBytes()).isZero();
        assertThat(channel.finish()).isFalse();
    }

    private FrameSplitter splitter() {
        PartialFrames partialFrames =
                new PartialFrames(channel.eventLoop(), System::nanoTime, LIMIT, new PartialFrames.Patience(1, 1, 1));
        return new FrameSplitter(LIMIT, partialFrames, new ReadGate(channel, LIMIT, new ReadGate.Total(LIMIT)));
    }

    /** As from a socket: into a buffer of some size, which need not be full. */
    private void read(ByteBuf stream, int most) {
        int bytes = Math.min(most, stream.readableBytes());
        ByteBuf in = channel.alloc().buffer(bytes * (random.nextBoolean() ? 1 : 3));
        channel.writeInbound(in.writeBytes(stream, bytes));
    }

    @Test
    void shouldTakeMemoryInProportionToWhatCame() {
        int size = 1_000_000;
        for (int read : new int[] {1, 7, 30_000, 33_000, READ_BUFFER}) {
            UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
            ByteBuf whole = Unpooled.EMPTY_BUFFER;
            int came = 0;
            for (int i = 0; came < size / 2; i++) {
                int bytes = i % 3 == 0 ? Math.min(read, 50) : read;
                came += bytes;
                ByteBuf in = allocator.buffer(READ_BUFFER).writeZero(bytes);
                whole = LargeFrame.add(allocator, whole, in, size);
                assertThat(allocator.metric().usedHeapMemory())
                        .as("reads of %d, came=%d", read, came)
                        .isLessThanOrEqualTo(3L * came + 2 * READ_BUFFER);
            }
            assertThat(whole.readableBytes()).isEqualTo(came);
            whole.release();
            assertThat(allocator.metric().usedHeapMemory()).isZero();
        }
    }
}
