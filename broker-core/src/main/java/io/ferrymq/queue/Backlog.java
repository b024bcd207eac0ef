package io.ferrymq.queue;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The hard state of one queue: its messages in order, one lane per priority. Owned by the queue's shard; knows no clock and does no
 * I/O. A message that is dispatched keeps its place, so that one that comes back is where it was.
 */
final class Backlog {
    /** JMSPriority 0 to 9. */
    static final int LEVELS = 10;

    private static final int PLAIN_LEVEL = 4;

    private final boolean prioritized;
    private final @Nullable Lane[] lanes = new Lane[LEVELS];
    private int size;
    private long bytes;

    /** @param prioritized orders by priority first; else all messages are in one lane */
    Backlog(boolean prioritized) {
        this.prioritized = prioritized;
    }

    void add(QueueEntry entry) {
        entry.level =
                prioritized ? Math.max(0, Math.min(LEVELS - 1, entry.message().priority())) : PLAIN_LEVEL;
        Lane lane = lanes[entry.level];
        if (lane == null) {
            lane = new Lane();
            lanes[entry.level] = lane;
        }
        lane.append(entry);
        size++;
        bytes += entry.message().footprintBytes();
    }

    void remove(QueueEntry entry) {
        Lane lane = lanes[entry.level];
        if (entry.state == QueueEntry.State.GONE || lane == null) {
            return;
        }
        lane.remove(entry);
        entry.state = QueueEntry.State.GONE;
        size--;
        bytes -= entry.message().footprintBytes();
    }

    /** The first message of this priority with this order or a later one, or null. */
    @Nullable
    QueueEntry from(int level, long order) {
        Lane lane = lanes[level];
        return lane == null ? null : lane.from(order);
    }

    /** The order that the next message of this priority will get. */
    long end(int level) {
        Lane lane = lanes[level];
        return lane == null ? 0 : lane.end();
    }

    /** The footprint of all messages. */
    long bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** All messages in order. The entry last returned may be removed from the backlog before the next call. */
    Iterable<QueueEntry> entries() {
        return () -> new Iterator<>() {
            private int level = LEVELS - 1;
            private @Nullable QueueEntry following = seek(0);

            private @Nullable QueueEntry seek(long order) {
                QueueEntry found = from(level, order);
                while (found == null && level > 0) {
                    found = from(--level, 0);
                }
                return found;
            }

            @Override
            public boolean hasNext() {
                return following != null;
            }

            @Override
            public QueueEntry next() {
                QueueEntry entry = following;
                if (entry == null) {
                    throw new NoSuchElementException();
                }
                following = seek(entry.order + 1);
                return entry;
            }
        };
    }
}
