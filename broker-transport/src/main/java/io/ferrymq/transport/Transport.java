package io.ferrymq.transport;

import io.ferrymq.BrokerConfig.SocketEngine;
import io.ferrymq.BrokerException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of one broker and all sockets on them. Any thread may call it, except {@link #close}, which waits for the
 * event loops and so must not be called on one.
 *
 * <p>Memory for buffers comes from an allocator of its own and not from Netty's shared one, because only then a closed broker
 * leaves no direct memory behind in a JVM that lives on: most goes with the threads, the rest with the allocator's collection.
 */
public final class Transport implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
    private static final int BACKLOG = 1024;
    private static final int LOW_WATER_BYTES = 64 << 10;
    private static final int HIGH_WATER_BYTES = 256 << 10;
    private static final int CLOSE_TIMEOUT_S = 10;

    private final IoThreads threads;
    private final int maxConnections;
    private final AtomicReference<@Nullable AdaptiveByteBufAllocator> allocator =
            new AtomicReference<>(new AdaptiveByteBufAllocator(true, true));
    private final ChannelGroup listeners = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    private final AtomicBoolean full = new AtomicBoolean();
    private final AtomicBoolean accepting = new AtomicBoolean(true);
    private final AtomicBoolean closed = new AtomicBoolean();

    private Transport(IoThreads threads, int maxConnections) {
        this.threads = threads;
        this.maxConnections = maxConnections;
    }

    /** With the fastest sockets there are. */
    public static Transport open(int ioThreads, int maxConnections) {
        return open(SocketEngine.AUTO, ioThreads, maxConnections);
    }

    /**
     * Starts the event loops.
     *
     * @param engine what they take for sockets
     * @param ioThreads how many threads serve sockets
     * @param maxConnections how many sockets may be open at a time; further ones are closed as they come
     */
    public static Transport open(SocketEngine engine, int ioThreads, int maxConnections) {
        if (ioThreads < 1 || maxConnections < 1) {
            throw new IllegalArgumentException(
                    "at least 1: ioThreads=" + ioThreads + ", maxConnections=" + maxConnections);
        }
        return new Transport(IoThreads.start(engine, ioThreads), maxConnections);
    }

    /**
     * Binds and accepts connections.
     *
     * @param host a name or an address; empty or {@code *} stands for all addresses
     * @param port 0 takes a free one
     * @param pipeline builds the pipeline of each accepted channel, on that channel's event loop
     * @return the address really bound
     * @throws BrokerException BIND, naming address and reason
     */
    public InetSocketAddress listen(String host, int port, Consumer<Channel> pipeline) {
        InetSocketAddress address =
                host.isEmpty() || host.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw bindFailure(host, port, "the host name cannot be resolved", null);
        }
        ChannelFuture bound = bootstrap(pipeline).bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw bindFailure(host, port, String.valueOf(cause.getMessage()), cause);
        }
        listeners.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    private ServerBootstrap bootstrap(Consumer<Channel> pipeline) {
        AdaptiveByteBufAllocator buffers = allocator.get();
        if (buffers == null) {
            throw new BrokerException(BrokerException.Code.BIND, "cannot listen: the transport is closed");
        }
        return new ServerBootstrap()
                .group(threads.group())
                .channel(threads.serverChannelType())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.ALLOCATOR, buffers)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, buffers)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                .childHandler(admission(pipeline));
    }

    /**
     * Opens a connection inside the JVM. It counts like one that was accepted.
     *
     * @param name what it is shown as
     * @param pipeline builds the pipeline of the broker's end, on its event loop
     * @throws ClosedChannelException when no connections are accepted: stopping, or too many
     */
    public Pipe connect(String name, Consumer<Channel> pipeline) throws ClosedChannelException {
        AdaptiveByteBufAllocator buffers = allocator.get();
        if (buffers == null || !accepting.get()) {
            throw new ClosedChannelException();
        }
        PipeChannel channel = new PipeChannel(Pipe.address(name));
        channel.config()
                .setAllocator(buffers)
                .setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES));
        channel.pipeline().addLast(admission(pipeline));
        ChannelFuture registered = threads.group().register(channel).awaitUninterruptibly();
        if (!registered.isSuccess() || !channel.isOpen()) {
            throw new ClosedChannelException();
        }
        return new Pipe(channel);
    }

    private static BrokerException bindFailure(String host, int port, String reason, @Nullable Throwable cause) {
        String message = String.format(Locale.ROOT, "cannot listen: address=%s:%d, reason=%s", host, port, reason);
        return new BrokerException(BrokerException.Code.BIND, message, cause);
    }

    private ChannelHandler admission(Consumer<Channel> pipeline) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                if (admit(channel)) {
                    pipeline.accept(channel);
                }
            }
        };
    }

    /** Says "full" once and "not full" once, however many sockets are turned away in between. */
    private boolean admit(Channel channel) {
        if (connections.size() >= maxConnections) {
            if (full.compareAndSet(false, true)) {
                LOG.warn("Too many connections, new ones are closed: limit={}", maxConnections);
            }
            channel.close();
            return false;
        }
        if (full.compareAndSet(true, false)) {
            LOG.info("New connections are accepted again: limit={}", maxConnections);
        }
        connections.add(channel);
        return true;
    }

    /** One of the event loops, for work that belongs to no connection. */
    public EventExecutor eventLoop() {
        return threads.group().next();
    }

    /** Sockets open now. */
    public int connectionCount() {
        return connections.size();
    }

    /** Direct memory held for buffers now. */
    public long directMemoryBytes() {
        AdaptiveByteBufAllocator buffers = allocator.get();
        return buffers == null ? 0 : buffers.metric().usedDirectMemory();
    }

    /** Accepts no more connections; those that exist go on. Idempotent. */
    public void stopAccepting() {
        accepting.set(false);
        listeners.close().awaitUninterruptibly(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
    }

    /** Closes all sockets and waits until the threads have ended. Idempotent. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stopAccepting();
        if (!connections.close().awaitUninterruptibly(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
            LOG.warn("Sockets did not close in time: open={}, timeoutS={}", connections.size(), CLOSE_TIMEOUT_S);
        }
        threads.stop(CLOSE_TIMEOUT_S);
        allocator.set(null);
    }
}
