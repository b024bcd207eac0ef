package io.ferrymq.openwire.connection;

import io.netty.channel.Channel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets that have not introduced themselves yet, of all event loops; any thread. When there are too many the oldest goes: a
 * flood of idle sockets pushes itself out, while a good client is done long before its turn comes.
 */
final class PendingHandshakes {
    private static final Logger LOG = LoggerFactory.getLogger(PendingHandshakes.class);

    private final Queue<Channel> oldestFirst = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final int limit;

    PendingHandshakes(int limit) {
        this.limit = limit;
    }

    void begin(Channel channel) {
        oldestFirst.add(channel);
        if (count.incrementAndGet() > limit) {
            Channel oldest = oldestFirst.poll();
            if (oldest != null) {
                count.decrementAndGet();
                oldest.close();
                report(dropped.incrementAndGet());
            }
        }
    }

    /** The handshake is over, well or not. Idempotent. */
    void end(Channel channel) {
        if (oldestFirst.remove(channel)) {
            count.decrementAndGet();
        }
    }

    int count() {
        return count.get();
    }

    /** A line for the 1st, 2nd, 4th, 8th...: a flood must not fill the log. */
    private void report(long total) {
        if (Long.bitCount(total) == 1) {
            LOG.warn("Too many unfinished handshakes, the oldest is dropped: limit={}, droppedSoFar={}", limit, total);
        }
    }
}
