package io.ferrymq.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses who gets the next message: consumers with credit stand in one line per priority, the highest line first, and go to
 * the end of their line after each message. An exclusive consumer has the queue for itself. Soft state, owned by the queue's
 * shard.
 */
final class Dispatcher {
    private final List<QueueConsumer> consumers = new ArrayList<>();
    private final NavigableMap<Integer, Deque<QueueConsumer>> lines = new TreeMap<>(Comparator.reverseOrder());
    private @Nullable QueueConsumer exclusiveOwner;

    void add(QueueConsumer consumer) {
        consumers.add(consumer);
        electOwner();
        credited(consumer);
    }

    void remove(QueueConsumer consumer) {
        consumers.remove(consumer);
        leaveLine(consumer);
        if (exclusiveOwner == consumer) {
            exclusiveOwner = null;
            electOwner();
        }
    }

    /** The consumer may have got credit: it joins its line if it has. */
    void credited(QueueConsumer consumer) {
        if (!consumer.inLine && !consumer.closed && consumer.window.hasCredit()) {
            consumer.inLine = true;
            lines.computeIfAbsent(consumer.priority(), priority -> new ArrayDeque<>())
                    .add(consumer);
        }
    }

    /** Who is next, or null when nobody has credit. The consumer is taken out of its line. */
    @Nullable
    QueueConsumer next() {
        if (exclusiveOwner != null) {
            if (!exclusiveOwner.window.hasCredit()) {
                return null;
            }
            leaveLine(exclusiveOwner);
            return exclusiveOwner;
        }
        for (Deque<QueueConsumer> line : lines.values()) {
            QueueConsumer consumer = line.poll();
            while (consumer != null) {
                consumer.inLine = false;
                if (consumer.window.hasCredit()) {
                    return consumer;
                }
                consumer = line.poll();
            }
        }
        return null;
    }

    List<QueueConsumer> consumers() {
        return consumers;
    }

    private void leaveLine(QueueConsumer consumer) {
        if (consumer.inLine) {
            lines.get(consumer.priority()).remove(consumer);
            consumer.inLine = false;
        }
    }

    private void electOwner() {
        for (QueueConsumer consumer : consumers) {
            boolean better = exclusiveOwner == null || consumer.priority() > exclusiveOwner.priority();
            if (consumer.isExclusive() && better) {
                exclusiveOwner = consumer;
            }
        }
    }
}
