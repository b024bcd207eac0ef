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
 * reported. This JVM may have stood still, too, and what came meanwhile is still to be read: so whatever is suspected is looked at
 * again a tenth of the interval later.
 */
public final class ActivityMonitor extends ChannelDuplexHandler {
    /** What to do about silence. Called on the event loop. */
    public interface Listener {
        /** Nothing was read for more than one read interval. */
        void onReadIdle();

        /** Nothing was written for one write interval. */
        void onWriteIdle();

        /** There was something to write for more than one read interval, and the peer took none of it. */
        void onWriteStalled();
    }

    private static final int SECOND_LOOK = 10;

    private final Listener listener;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ScheduledFuture<?> readTimer;
    private @Nullable ScheduledFuture<?> writeTimer;
    private @Nullable ScheduledFuture<?> secondLook;
    private long secondLookMs;
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
        secondLookMs = Math.max(1, readIntervalMs / SECOND_LOOK);
        readTimer = current.executor()
                .scheduleWithFixedDelay(
                        () -> checkRead(current), delayMs + readIntervalMs, readIntervalMs, TimeUnit.MILLISECONDS);
        writeTimer = current.executor()
                .scheduleWithFixedDelay(
                        this::checkWrite, delayMs + writeIntervalMs, writeIntervalMs, TimeUnit.MILLISECONDS);
    }

    private void checkRead(ChannelHandlerContext current) {
        boolean deaf = isDeaf(current);
        boolean silent = !read && !deaf;
        long bytes = current.channel().bytesBeforeWritable();
        boolean stalled = isStalled(bytes);
        if (silent || stalled) {
            secondLook = current.executor()
                    .schedule(() -> lookAgain(current, silent, stalled), secondLookMs, TimeUnit.MILLISECONDS);
        }
        read = deaf;
        stuckBytes = bytes;
    }

    private static boolean isDeaf(ChannelHandlerContext current) {
        return !current.channel().config().isAutoRead();
    }

    /** A full socket buffer shrinks when the peer reads, and nothing is added to it meanwhile. */
    private boolean isStalled(long bytesBeforeWritable) {
        return bytesBeforeWritable > 0 && bytesBeforeWritable == stuckBytes;
    }

    private void lookAgain(ChannelHandlerContext current, boolean silent, boolean stalled) {
        if (silent && !read && !isDeaf(current)) {
            listener.onReadIdle();
        }
        if (stalled && isStalled(current.channel().bytesBeforeWritable())) {
            listener.onWriteStalled();
        }
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
        if (secondLook != null) {
            secondLook.cancel(false);
        }
    }
}
