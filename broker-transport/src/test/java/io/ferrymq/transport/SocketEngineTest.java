package io.ferrymq.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.ferrymq.BrokerConfig.SocketEngine;
import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What sockets are served by. */
class SocketEngineTest {
    private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

    private static Class<? extends Channel> serving(SocketEngine engine) throws IOException {
        CompletableFuture<Channel> accepted = new CompletableFuture<>();
        try (Transport transport = Transport.open(engine, 1, 10)) {
            InetSocketAddress address = transport.listen(LOOPBACK, 0, accepted::complete);
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                assertThat(client.isConnected()).isTrue();
                return accepted.orTimeout(30, TimeUnit.SECONDS).join().getClass();
            }
        }
    }

    @Test
    void shouldBeJavasWhereTheConfigurationSaysSo() throws IOException {
        assertThat(serving(SocketEngine.NIO)).isEqualTo(NioSocketChannel.class);
    }

    @Test
    void shouldBeTheOperatingSystemsWhereItCan() throws IOException {
        assumeThat(Epoll.isAvailable()).isTrue();
        assertThat(serving(SocketEngine.AUTO)).isEqualTo(EpollSocketChannel.class);
    }

    /** The library is on the class path for these; so a mistake in the build would not go unnoticed. */
    @Test
    void shouldFindTheLibraryOnLinux() {
        assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
        assumeThat(System.getProperty("os.arch")).isIn("amd64", "aarch64");
        assertThat(Epoll.isAvailable()).as("%s", Epoll.unavailabilityCause()).isTrue();
    }
}
