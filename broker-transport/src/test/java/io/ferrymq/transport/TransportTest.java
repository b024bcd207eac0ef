package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TransportTest {
    private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

    private static final long ONE_CHUNK_BYTES = 128 << 10;

    /** Writes back what it reads, with the event loop's own buffers. */
    private static void echo(Channel channel) {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                context.writeAndFlush(message);
            }
        });
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static Set<Thread> ioThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ferrymq-io-"))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldServeAndLeaveNothingBehindWhenClosed() throws IOException {
        Set<Thread> before = ioThreads();
        long directBefore = PlatformDependent.usedDirectMemory();
        Transport transport = Transport.open(2, 10);
        InetSocketAddress address = transport.listen(LOOPBACK, 0, TransportTest::echo);
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(42);
            assertThat(socket.getInputStream().read()).isEqualTo(42);
            assertThat(transport.directMemoryBytes()).isPositive();
            Set<Thread> during = ioThreads();
            during.removeAll(before);
            assertThat(during).isNotEmpty().noneMatch(Thread::isDaemon);

            transport.close();

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(ioThreads()).isEqualTo(before);
        assertThat(transport.connectionCount()).isZero();
        transport.close();
        // A JVM with a small heap shares one chunk between its event loops; Netty lets that go with the allocator.
        assertThat(PlatformDependent.usedDirectMemory()).isLessThanOrEqualTo(directBefore + ONE_CHUNK_BYTES);
    }

    @Test
    void shouldNameAddressAndReasonWhenItCannotBind() {
        try (Transport transport = Transport.open(1, 10)) {
            int port = transport.listen(LOOPBACK, 0, TransportTest::echo).getPort();
            assertThatThrownBy(() -> transport.listen(LOOPBACK, port, TransportTest::echo))
                    .isInstanceOfSatisfying(
                            BrokerException.class, e -> assertThat(e.code()).isEqualTo(BrokerException.Code.BIND))
                    .hasMessageContaining(LOOPBACK + ":" + port)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void shouldNameTheHostThatCannotBeResolved() {
        try (Transport transport = Transport.open(1, 10)) {
            assertThatThrownBy(() -> transport.listen("no such host", 1, TransportTest::echo))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("no such host:1")
                    .hasMessageContaining("resolved");
        }
    }

    @Test
    void shouldCloseSocketsAboveTheLimitAndAcceptAgainBelowIt() throws IOException {
        try (Transport transport = Transport.open(1, 1)) {
            InetSocketAddress address = transport.listen(LOOPBACK, 0, TransportTest::echo);
            try (Socket first = connect(address)) {
                await().until(() -> transport.connectionCount() == 1);
                try (Socket second = connect(address)) {
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                }
                first.getOutputStream().write(1);
                assertThat(first.getInputStream().read()).isEqualTo(1);
            }
            await().until(() -> transport.connectionCount() == 0);
            try (Socket third = connect(address)) {
                third.getOutputStream().write(3);
                assertThat(third.getInputStream().read()).isEqualTo(3);
            }
        }
    }

    @Test
    void shouldKeepConnectionsWhenItStopsAccepting() throws IOException {
        try (Transport transport = Transport.open(1, 10)) {
            InetSocketAddress address = transport.listen(LOOPBACK, 0, TransportTest::echo);
            try (Socket socket = connect(address)) {
                await().until(() -> transport.connectionCount() == 1);
                transport.stopAccepting();
                // NIO lets go of the port with the selector's next turn.
                await().untilAsserted(() ->
                        assertThatThrownBy(() -> connect(address).close()).isInstanceOf(IOException.class));
                socket.getOutputStream().write(7);
                assertThat(socket.getInputStream().read()).isEqualTo(7);
            }
        }
    }

    @Test
    void shouldSurviveHandlersThatThrow() throws IOException {
        Set<String> loops = ConcurrentHashMap.newKeySet();
        try (Transport transport = Transport.open(1, 10)) {
            InetSocketAddress address = transport.listen(
                    LOOPBACK, 0, channel -> channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext context) {
                            loops.add(Thread.currentThread().getName());
                            throw new IllegalStateException("a handler's fault");
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                            context.close();
                        }
                    }));
            for (int i = 0; i < 5; i++) {
                try (Socket socket = connect(address)) {
                    assertThat(socket.getInputStream().read()).isEqualTo(-1);
                }
            }
            assertThat(loops).hasSize(1);
        }
    }

    /** What is asked for as a byte is written as a byte; for zero there is no memory. */
    private static void answer(Channel channel) {
        OutboundQueue<Byte> outbound = new OutboundQueue<>(new OutboundQueue.Encoder<>() {
            @Override
            public void encode(Byte command, ByteBuf out) {
                if (command == 0) {
                    throw new OutOfMemoryError("says the test");
                }
                out.writeByte(command);
            }

            @Override
            public int estimateBytes(Byte command) {
                return 1;
            }
        });
        channel.pipeline().addLast(outbound, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
                outbound.open();
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ByteBuf bytes = (ByteBuf) message;
                outbound.enqueue(bytes.readByte());
                bytes.release();
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
            }
        });
    }

    @Test
    void shouldEndOnlyTheConnectionForWhichThereIsNoMemory() throws IOException {
        try (Transport transport = Transport.open(1, 10)) {
            InetSocketAddress address = transport.listen(LOOPBACK, 0, TransportTest::answer);
            try (Socket poor = connect(address);
                    Socket other = connect(address)) {
                poor.getOutputStream().write(0);
                assertThat(poor.getInputStream().read()).isEqualTo(-1);

                other.getOutputStream().write(7);
                assertThat(other.getInputStream().read()).isEqualTo(7);
            }
        }
    }
}
