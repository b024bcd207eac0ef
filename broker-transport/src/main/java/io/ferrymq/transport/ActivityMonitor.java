package io.ferrymq.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices when nothing was read or written for a while. Owned by the connection's event loop, whose timer it uses; the cost per
 * frame is one flag. Sits at the socket's end of the pipeline, so that bytes of a large unfinished frame count as activity.
 *
 * <p>While the broker itself does not read the socket (back-pressure), silence says nothing about the peer and is not
 * reported.
 */
public final class ActivityMonitor extends ChannelDuplexHandler {
    /** What to do about silence. Called on the event loop. */
    public interface Listener {
        /** Nothing was read for one read interval at least. */
        void onReadIdle();

        /** Nothing was written for one write interval. */
        void onWriteIdle();

        /** There was something to write for one read interval at least, and the peer took none of it. */
        void onWriteStalled();
    }

    private final Listener listener;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> readTimer;
    private @Nullable ScheduledFuture<?> writeTimer;
    private boolean read = true;
    private boolean written = true;
    private long stuckBytes;

    public ActivityMonitor(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** Begins to watch after {@code delayMs}. At most once, and only with intervals above 0. */
    public void start(long delayMs, long readIntervalMs, long writeIntervalMs) {
        ChannelHandlerContext current = context;
        if (current == null || readTimer != null || !current.channel().isActive()) {
            return;
        }
        readTimer = current.executor()
                .scheduleAtFixedRate(this::checkRead, delayMs + readIntervalMs, readIntervalMs, TimeUnit.MILLISECONDS);
        writeTimer = current.executor()
                .scheduleAtFixedRate(
                        this::checkWrite, delayMs + writeIntervalMs, writeIntervalMs, TimeUnit.MILLISECONDS);
    }

    private void checkRead() {
        ChannelHandlerContext current = context;
        boolean deaf = current != null && !current.channel().config().isAutoRead();
        if (!read && !deaf) {
            listener.onReadIdle();
        }
        read = deaf;
        checkStall();
    }

    /** A full socket buffer shrinks when the peer reads, and nothing is added to it meanwhile. */
    private void checkStall() {
        ChannelHandlerContext current = context;
        long bytes = current == null ? 0 : current.channel().bytesBeforeWritable();
        if (bytes > 0 && bytes == stuckBytes) {
            listener.onWriteStalled();
        }
        stuckBytes = bytes;
    }

    private void checkWrite() {
        if (!written) {
            listener.onWriteIdle();
        }
        written = false;
    }

    @Override
    public void channelRead(ChannelHandlerContext current, Object message) {
        read = true;
        current.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext current, Object message, ChannelPromise promise) {
        written = true;
        current.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext current) {
        stop();
        current.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        stop();
    }

    private void stop() {
        if (readTimer != null) {
            readTimer.cancel(false);
        }
        if (writeTimer != null) {
            writeTimer.cancel(false);
        }
    }
}
