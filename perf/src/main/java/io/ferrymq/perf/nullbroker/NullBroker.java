package io.ferrymq.perf.nullbroker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All destinations, owned by the one event loop. As a program it prints {@code Null ready: tcp://HOST:PORT} and takes no arguments. */
public final class NullBroker {
    private static final int BACKLOG = 10_000;

    private final Map<String, NullDestination> destinations = new HashMap<>();
    private final List<NullConnection> unflushed = new ArrayList<>();

    private NullBroker() {}

    public static void main(String[] args) throws InterruptedException {
        boolean epoll = Epoll.isAvailable(); // as FerryMQ has it
        EventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        NullBroker broker = new NullBroker();
        Channel server = new ServerBootstrap()
                .group(loop)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new NullConnection(broker, channel));
                    }
                })
                .bind(new InetSocketAddress("127.0.0.1", 0))
                .sync()
                .channel();
        System.out.println("Null ready: tcp://127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort());
        server.closeFuture().sync();
    }

    NullDestination destination(byte type, String name) {
        return destinations.computeIfAbsent(type + name, any -> new NullDestination(Wire.isTopic(type)));
    }

    /** One flush per connection for all that one turn of the loop brings. */
    void flushLater(NullConnection connection, Channel channel) {
        if (unflushed.isEmpty()) {
            channel.eventLoop().execute(this::flush);
        }
        unflushed.add(connection);
    }

    private void flush() {
        List<NullConnection> now = List.copyOf(unflushed);
        unflushed.clear();
        now.forEach(NullConnection::flush);
    }
}
