package io.ferrymq.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices when nothing was read or written for a while. Owned by the connection's event loop; the cost per frame is one
 * flag. Sits at the socket's end of the pipeline, so that bytes of a large unfinished frame count as activity.
 *
 * <p>It looks six times in an interval and counts the looks at which nothing had happened, so a pause of this JVM is one look,
 * however long; what came meanwhile is read before the next. {@link Rounds} say when to look.
 *
 * <p>While the broker itself does not read the socket (back-pressure), silence says nothing about the peer and is not reported.
 */
public final class ActivityMonitor extends ChannelDuplexHandler {
    /** What to do about silence. Called on the event loop. */
    public interface Listener {
        /** Nothing was read for more than one interval. */
        void onReadIdle();

        /** Nothing was written for a third of an interval; at the latest after two thirds, as by a look each third. */
        void onWriteIdle();

        /** There was something to write for more than one interval, and the peer took none of it. */
        void onWriteStalled();
    }

    private static final int LOOKS = 6;
    /** One more than there are in an interval, for what could not be read before a late look. */
    private static final int LOST_LOOKS = LOOKS + 1;

    private static final int QUIET_LOOKS = 2;

    private final Listener listener;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Watch watch;
    private boolean read = true;
    private boolean written = true;
    private int unreadLooks;
    private int unwrittenLooks;
    private int stalledLooks;
    /** Where the socket stood when it was last looked at: what it is taking, and how much of that it has. */
    private @Nullable Object stuckAt;

    private long stuckBytes;

    public ActivityMonitor(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** Begins to watch after {@code delayMs}. At most once, and only with an interval above 0. */
    public void start(Rounds rounds, long delayMs, long intervalMs) {
        ChannelHandlerContext current = context;
        if (current == null || watch != null || !current.channel().isActive()) {
            return;
        }
        watch = new Watch(current.channel(), rounds);
        rounds.join(watch, TimeUnit.MILLISECONDS.toNanos(delayMs), TimeUnit.MILLISECONDS.toNanos(intervalMs) / LOOKS);
    }

    /** From the start to the end of the channel. */
    private final class Watch extends Rounds.Member {
        private final Channel channel;
        private final Rounds rounds;

        Watch(Channel channel, Rounds rounds) {
            this.channel = channel;
            this.rounds = rounds;
        }

        @Override
        void look() {
            lookAtWrites();
            lookAtReads(channel);
            lookAtStall(channel);
        }

        void end() {
            rounds.leave(this);
        }
    }

    private void lookAtWrites() {
        unwrittenLooks = written ? 0 : unwrittenLooks + 1;
        written = false;
        if (unwrittenLooks == QUIET_LOOKS) {
            unwrittenLooks = 0;
            listener.onWriteIdle();
        }
    }

    private void lookAtReads(Channel channel) {
        boolean deaf = !channel.config().isAutoRead();
        unreadLooks = read || deaf ? 0 : unreadLooks + 1;
        read = false;
        if (unreadLooks == LOST_LOOKS) {
            unreadLooks = 0;
            listener.onReadIdle();
        }
    }

    /** How much is pending says too little: Netty counts a large buffer until all of it is taken, and then the next may be as large. */
    private void lookAtStall(Channel channel) {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        if (pending == null) {
            return; // closed
        }
        Object at = pending.current();
        long bytes = pending.currentProgress();
        boolean stalled = channel.bytesBeforeWritable() > 0 && at == stuckAt && bytes == stuckBytes;
        stalledLooks = stalled ? stalledLooks + 1 : 0;
        stuckAt = at;
        stuckBytes = bytes;
        if (stalledLooks == LOST_LOOKS) {
            stalledLooks = 0;
            listener.onWriteStalled();
        }
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
        if (watch != null) {
            watch.end();
        }
    }
}
