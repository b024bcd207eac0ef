package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
