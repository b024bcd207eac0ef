package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LARGE_BYTES = 5 << 20;

    private final Transport transport = Transport.open(1, 2);
    private final AtomicReference<Channel> brokerEnd = new AtomicReference<>();
    private final AtomicLong seen = new AtomicLong();

    @AfterEach
    void close() {
        transport.close();
    }

    private Pipe connect(ChannelInboundHandlerAdapter handler) throws ClosedChannelException {
        return transport.connect("vm://test#1", channel -> {
            brokerEnd.set(channel);
            channel.pipeline().addLast(handler);
        });
    }

    private static ChannelInboundHandlerAdapter echo() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                context.writeAndFlush(message);
            }
        };
    }

    private ChannelInboundHandlerAdapter counter() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ByteBuf buffer = (ByteBuf) message;
                seen.addAndGet(buffer.readableBytes());
                buffer.release();
            }
        };
    }

    @Test
    void shouldCarryMoreThanItHolds() throws IOException {
        byte[] large = new byte[LARGE_BYTES];
        new Random(1).nextBytes(large);
        try (Pipe pipe = connect(echo())) {
            CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(pipe, large));
            assertThat(pipe.input().readNBytes(LARGE_BYTES)).isEqualTo(large);
            written.join();
            assertThat(brokerEnd.get().remoteAddress()).hasToString("vm://test#1");
        }
    }

    private static void write(Pipe pipe, byte[] bytes) {
        try {
            pipe.output().write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldHoldTheClientWhileTheBrokerDoesNotRead() throws IOException {
        try (Pipe pipe = connect(counter())) {
            Channel channel = brokerEnd.get();
            channel.config().setAutoRead(false);
            channel.eventLoop().submit(() -> {}).syncUninterruptibly();
            Thread writer = new Thread(() -> write(pipe, new byte[LARGE_BYTES]));
            writer.start();
            await().atMost(PATIENCE).until(() -> writer.getState() == Thread.State.WAITING);
            writer.interrupt();
            assertThat(seen.get()).isLessThan(LARGE_BYTES / 2);

            channel.config().setAutoRead(true);

            await().atMost(PATIENCE).until(() -> seen.get() == LARGE_BYTES && !writer.isAlive());
        }
    }

    @Test
    void shouldSayThatItIsNotWritableWhileTheClientDoesNotRead() throws IOException {
        try (Pipe pipe = connect(counter())) {
            Channel channel = brokerEnd.get();
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[PipeChannel.QUEUE_BYTES]));
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[LARGE_BYTES]));
            await().atMost(PATIENCE).until(() -> !channel.isWritable());

            assertThat(pipe.input().readNBytes(PipeChannel.QUEUE_BYTES + LARGE_BYTES))
                    .hasSize(PipeChannel.QUEUE_BYTES + LARGE_BYTES);

            assertThat(channel.isWritable()).isTrue();
        }
    }

    @Test
    void shouldReadWhatTheClientWroteBeforeItClosed() throws IOException {
        Pipe pipe = connect(counter());
        pipe.output().write(new byte[100_000]);
        pipe.close();

        await().atMost(PATIENCE).until(() -> !brokerEnd.get().isOpen());
        assertThat(seen.get()).isEqualTo(100_000);
        assertThat(pipe.input().read()).isEqualTo(-1);
        assertThatThrownBy(() -> pipe.output().write(1)).isInstanceOf(ClosedChannelException.class);
        await().atMost(PATIENCE).until(() -> transport.connectionCount() == 0);
    }

    @Test
    void shouldNoticeAClientThatClosedWithoutReading() throws IOException {
        Pipe pipe = connect(counter());
        Channel channel = brokerEnd.get();
        channel.config().setAutoRead(false);
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[PipeChannel.QUEUE_BYTES]));
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[LARGE_BYTES]));
        pipe.close();

        await().atMost(PATIENCE).until(() -> !channel.isOpen());
    }

    @Test
    void shouldDeliverTheRestWhenTheBrokerCloses() throws IOException {
        Pipe pipe = connect(echo());
        brokerEnd.get().writeAndFlush(Unpooled.wrappedBuffer(new byte[1000]));
        brokerEnd.get().close().syncUninterruptibly();

        assertThat(pipe.input().readAllBytes()).hasSize(1000);
        assertThatThrownBy(() -> pipe.output().write(1)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void shouldFreeAWaitingClientWhenTheBrokerCloses() throws IOException {
        Pipe pipe = connect(echo());
        brokerEnd.get().config().setAutoRead(false); // an echo that nobody takes would fill the heap
        Thread writer = new Thread(() -> assertThatThrownBy(() -> {
                    while (true) {
                        pipe.output().write(new byte[LARGE_BYTES]);
                    }
                })
                .isInstanceOf(ClosedChannelException.class));
        writer.start();
        await().atMost(PATIENCE).until(() -> writer.getState() == Thread.State.WAITING);

        transport.close();

        await().atMost(PATIENCE).until(() -> !writer.isAlive());
    }

    @Test
    void shouldTurnAwayWhoIsTooMany() throws IOException {
        try (Pipe one = connect(echo());
                Pipe other = connect(echo())) {
            assertThatThrownBy(() -> connect(echo())).isInstanceOf(ClosedChannelException.class);
            assertThat(one).hasToString(other.toString());
        }
        transport.stopAccepting();
        assertThatThrownBy(() -> connect(echo())).isInstanceOf(ClosedChannelException.class);
        transport.close();
        assertThatThrownBy(() -> connect(echo())).isInstanceOf(ClosedChannelException.class);
    }
}
