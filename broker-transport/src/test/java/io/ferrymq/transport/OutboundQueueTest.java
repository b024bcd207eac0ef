package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundQueueTest {
    /** A command is a number; zero cannot be encoded. */
    private static final OutboundQueue.Encoder<Integer> NUMBERS = new OutboundQueue.Encoder<>() {
        @Override
        public void encode(Integer command, ByteBuf out) {
            if (command == 0) {
                throw new IllegalArgumentException("zero");
            }
            out.writeInt(command);
        }

        @Override
        public int estimateBytes(Integer command) {
            return 4;
        }
    };

    private final OutboundQueue<Integer> outbound = new OutboundQueue<>(NUMBERS);
    private final List<Throwable> failures = new ArrayList<>();

    private EmbeddedChannel channel() {
        return new EmbeddedChannel(outbound, new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                failures.add(cause);
            }
        });
    }

    private static List<Integer> numbers(EmbeddedChannel channel, List<Integer> batches) {
        List<Integer> all = new ArrayList<>();
        for (ByteBuf buffer = channel.readOutbound(); buffer != null; buffer = channel.readOutbound()) {
            batches.add(buffer.readableBytes() / 4);
            while (buffer.isReadable()) {
                all.add(buffer.readInt());
            }
            buffer.release();
        }
        return all;
    }

    @Test
    void shouldWriteNothingUntilOpen() {
        EmbeddedChannel channel = channel();
        outbound.enqueue(1);
        channel.runPendingTasks();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();

        outbound.open();

        assertThat(numbers(channel, new ArrayList<>())).containsExactly(1);
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldPutEverythingThatCameIntoOneBufferInOrder() {
        EmbeddedChannel channel = channel();
        outbound.open();
        List<Integer> expected = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            outbound.enqueue(i);
            expected.add(i);
        }
        channel.runPendingTasks();

        List<Integer> batches = new ArrayList<>();
        assertThat(numbers(channel, batches)).isEqualTo(expected);
        assertThat(batches).containsExactly(1000);
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldStopWhileTheSocketTakesNoMoreAndGoOnAfterwards() {
        FlushHolder socket = new FlushHolder();
        EmbeddedChannel channel = channel();
        channel.pipeline().addFirst(socket);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(8, 16));
        outbound.open();
        for (int i = 1; i <= 100_000; i++) {
            outbound.enqueue(i);
        }
        channel.runPendingTasks();
        channel.runPendingTasks();
        int writtenWhileFull = socket.writes;
        outbound.enqueue(100_001);
        channel.runPendingTasks();
        assertThat(socket.writes).isEqualTo(writtenWhileFull).isLessThan(5);

        socket.release(channel);
        List<Integer> all = numbers(channel, new ArrayList<>());

        assertThat(all).hasSize(100_001).isSorted().endsWith(100_001);
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldReportACommandThatCannotBeEncodedAndStop() {
        EmbeddedChannel channel = channel();
        outbound.open();
        outbound.enqueue(0);
        outbound.enqueue(1);
        channel.runPendingTasks();
        assertThat(failures).hasSize(1);
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldDropWhatComesAfterTheEnd() {
        EmbeddedChannel channel = channel();
        outbound.open();
        channel.close();
        outbound.enqueue(1);
        channel.runPendingTasks();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        assertThat(failures).isEmpty();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldKeepTheOrderOfEachThread() throws InterruptedException {
        EmbeddedChannel channel = channel();
        outbound.open();
        List<Thread> threads = new ArrayList<>();
        for (int t = 1; t <= 4; t++) {
            int base = t * 1_000_000;
            threads.add(new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    outbound.enqueue(base + i);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        channel.runPendingTasks();

        List<Integer> all = numbers(channel, new ArrayList<>());
        assertThat(all).hasSize(40_000);
        for (int t = 1; t <= 4; t++) {
            int thread = t;
            assertThat(all.stream().filter(n -> n / 1_000_000 == thread)).isSorted();
        }
        channel.finishAndReleaseAll();
    }

    /** Commands that are about half a mebibyte each, so that their buffers come in pieces. */
    private static final class Large implements OutboundQueue.Encoder<Integer> {
        static final int BYTES = 4 * (128 << 10);
        final List<Integer> encoded = new ArrayList<>();
        final List<Integer> dropped = new ArrayList<>();

        @Override
        public void encode(Integer command, ByteBuf out) {
            encoded.add(command);
            if (command == 0) {
                throw new StackOverflowError("zero");
            }
            out.writeZero(BYTES);
        }

        @Override
        public int estimateBytes(Integer command) {
            return BYTES;
        }

        @Override
        public void dropped(Integer command) {
            dropped.add(command);
        }
    }

    /** Memory that is used up when so many buffers have been taken from it. */
    private static final class SmallMemory extends AbstractByteBufAllocator {
        private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
        private int left;

        private SmallMemory(int buffers) {
            super(true);
            left = buffers;
        }

        private void take() {
            if (left-- == 0) {
                throw new OutOfMemoryError("no more direct memory, says the test");
            }
        }

        @Override
        protected ByteBuf newDirectBuffer(int initial, int most) {
            take();
            return memory.directBuffer(initial, most);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initial, int most) {
            take();
            return memory.heapBuffer(initial, most);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }

        long usedBytes() {
            return memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
        }
    }

    private EmbeddedChannel channel(OutboundQueue<Integer> queue) {
        return new EmbeddedChannel(queue, new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                failures.add(cause);
                context.close();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldGiveBackAllPiecesAndEndWhenThereIsNoMemoryForTheNext(int buffers) {
        Large large = new Large();
        OutboundQueue<Integer> queue = new OutboundQueue<>(large);
        SmallMemory memory = new SmallMemory(buffers);
        EmbeddedChannel channel = channel(queue);
        channel.config().setAllocator(memory);
        queue.open();
        queue.enqueue(1);
        queue.enqueue(2);
        channel.runPendingTasks();

        assertThat(failures).singleElement().isInstanceOf(OutOfMemoryError.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(memory.usedBytes()).isZero();
        assertThat(large.encoded).isEmpty();
        assertThat(large.dropped).containsExactly(1, 2);
        queue.enqueue(3);
        channel.runPendingTasks();
        assertThat(large.dropped).containsExactly(1, 2, 3);
        assertThat(channel.finishAndReleaseAll()).isFalse();
    }

    @Test
    void shouldWriteALargeCommandInPiecesWhileThereIsMemory() {
        Large large = new Large();
        OutboundQueue<Integer> queue = new OutboundQueue<>(large);
        SmallMemory memory = new SmallMemory(4);
        EmbeddedChannel channel = channel(queue);
        channel.config().setAllocator(memory);
        queue.open();
        queue.enqueue(1);
        channel.runPendingTasks();

        ByteBuf written = channel.readOutbound();
        assertThat(written.readableBytes()).isEqualTo(Large.BYTES);
        written.release();
        assertThat(memory.usedBytes()).isZero();
        assertThat(failures).isEmpty();
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldEndByAnErrorOfTheEncoder() {
        Large large = new Large();
        OutboundQueue<Integer> queue = new OutboundQueue<>(large);
        SmallMemory memory = new SmallMemory(100);
        EmbeddedChannel channel = channel(queue);
        channel.config().setAllocator(memory);
        queue.open();
        queue.enqueue(0);
        queue.enqueue(1);
        channel.runPendingTasks();

        assertThat(failures).singleElement().isInstanceOf(StackOverflowError.class);
        assertThat(channel.isOpen()).isFalse();
        assertThat(memory.usedBytes()).isZero();
        assertThat(large.encoded).containsExactly(0);
        assertThat(large.dropped).containsExactly(1);
        channel.finishAndReleaseAll();
    }

    /** A socket whose send buffer is full until released: holds flushes back. */
    private static final class FlushHolder extends ChannelOutboundHandlerAdapter {
        private boolean holding = true;
        private int writes;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            writes++;
            context.write(message, promise);
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            if (!holding) {
                context.flush();
            }
        }

        void release(EmbeddedChannel channel) {
            holding = false;
            channel.flush();
            channel.runPendingTasks();
            channel.runPendingTasks();
        }
    }
}
