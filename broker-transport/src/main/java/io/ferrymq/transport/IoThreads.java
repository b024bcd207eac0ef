package io.ferrymq.transport;

import io.ferrymq.BrokerConfig.SocketEngine;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads {@code ferrymq-io-N}: epoll where its native library is on the class path, else NIO. Not daemons: a broker that
 * was started keeps the JVM alive until it is closed. Any thread.
 */
final class IoThreads {
    private static final Logger LOG = LoggerFactory.getLogger(IoThreads.class);

    private final MultiThreadIoEventLoopGroup group;
    private final Class<? extends ServerChannel> serverChannelType;
    private final List<Thread> started;

    private IoThreads(
            MultiThreadIoEventLoopGroup group, Class<? extends ServerChannel> serverChannelType, List<Thread> started) {
        this.group = group;
        this.serverChannelType = serverChannelType;
        this.started = started;
    }

    static IoThreads start(SocketEngine engine, int count) {
        boolean epoll = engine == SocketEngine.AUTO && isEpollUsable();
        LOG.info("Sockets are served: engine={}, threads={}", epoll ? "epoll" : "nio", count);
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        List<Thread> started = new CopyOnWriteArrayList<>();
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(count, named(started), io);
        return new IoThreads(group, epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class, started);
    }

    /**
     * An application may bring a native library that is older than its classes. Netty takes it, and fails where the first error of a
     * socket is looked up; so it is looked up here.
     */
    private static boolean isEpollUsable() {
        try {
            return Epoll.isAvailable() && Errors.ERRNO_EPIPE_NEGATIVE < 0;
        } catch (LinkageError e) {
            LOG.warn("The native library does not fit its classes, so sockets are java.nio's", e);
            return false;
        }
    }

    /** Netty's own thread type: it gives the buffers a thread has cached back when the thread ends. */
    private static ThreadFactory named(List<Thread> started) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new FastThreadLocalThread(task, "ferrymq-io-" + number.incrementAndGet());
            thread.setDaemon(false);
            started.add(thread);
            return thread;
        };
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannelType() {
        return serverChannelType;
    }

    /** Netty reports the end of a loop a moment before its thread is gone; so the threads are waited for as well. */
    void stop(int timeoutS) {
        group.shutdownGracefully(0, timeoutS, TimeUnit.SECONDS);
        try {
            boolean ended = group.awaitTermination(timeoutS + 1L, TimeUnit.SECONDS);
            for (Thread thread : started) {
                thread.join(ended ? TimeUnit.SECONDS.toMillis(timeoutS) : 1);
            }
            if (!ended) {
                LOG.warn("I/O threads did not end in time: threads={}, timeoutS={}", started, timeoutS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
