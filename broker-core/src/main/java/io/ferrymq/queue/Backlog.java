package io.ferrymq.queue;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The hard state of one queue: its messages in order. Owned by the queue's shard; knows no clock and does no I/O.
 *
 * <pre>
 *   oldest -> D -> D -> R -> D -> R -> R -> newest      D dispatched or in a transaction, R ready
 *                       ^ firstReady: nothing before it is ready
 * </pre>
 *
 * A message that comes back takes its old place, because it never left the list.
 */
final class Backlog {
    private @Nullable QueueEntry oldest;
    private @Nullable QueueEntry newest;
    private @Nullable QueueEntry firstReady;
    private long nextOrder;
    private int size;

    void add(QueueEntry entry) {
        entry.order = nextOrder++;
        entry.previous = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.next = entry;
        }
        newest = entry;
        size++;
        if (firstReady == null && entry.state == QueueEntry.State.READY) {
            firstReady = entry;
        }
    }

    void remove(QueueEntry entry) {
        if (entry.state == QueueEntry.State.GONE) {
            return;
        }
        QueueEntry previous = entry.previous;
        QueueEntry next = entry.next;
        if (firstReady == entry) {
            firstReady = next;
        }
        if (previous == null) {
            oldest = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            newest = previous;
        } else {
            next.previous = previous;
        }
        entry.previous = null;
        entry.next = null;
        entry.state = QueueEntry.State.GONE;
        size--;
    }

    /** The oldest message that waits for a consumer, or null. Moves the mark over what is not ready. */
    @Nullable
    QueueEntry firstReady() {
        QueueEntry entry = firstReady;
        while (entry != null && entry.state != QueueEntry.State.READY) {
            entry = entry.next;
        }
        firstReady = entry;
        return entry;
    }

    /** The message is ready again, at its old place. */
    void makeReady(QueueEntry entry) {
        entry.state = QueueEntry.State.READY;
        if (firstReady == null || entry.order < firstReady.order) {
            firstReady = entry;
        }
    }

    int size() {
        return size;
    }

    /** All messages, oldest first. The entry last returned may be removed from the backlog before the next call. */
    Iterable<QueueEntry> entries() {
        return () -> new Iterator<>() {
            private @Nullable QueueEntry following = oldest;

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
                following = entry.next;
                return entry;
            }
        };
    }
}
