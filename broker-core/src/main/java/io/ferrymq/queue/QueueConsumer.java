package io.ferrymq.queue;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Silence;
import io.ferrymq.flow.Window;
import io.ferrymq.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of one queue: its window and what it holds, in dispatch order. Owned by the queue's shard; made by the session,
 * thereafter used only by that shard.
 */
public final class QueueConsumer {
    private final ConsumerId id;
    private final DeliverySink sink;
    private final int priority;
    private final Filter filter;
    private boolean exclusive;
    final Window window;
    final Silence silence;
    /** Those who want the same, once it is subscribed. */
    @Nullable
    Audience audience;
    /** It is in its audience's line of consumers with credit. */
    boolean inLine;
    /** When it joined that line. */
    long ticket;

    final Turn turn = new Turn();
    final Claims claims = new Claims();
    /** Those of its queue, once it is subscribed. */
    @Nullable
    MessageGroups groups;
    /** Since when its window is full while messages wait and it acknowledges nothing, nanoseconds; 0 while it keeps up. */
    long slowSinceNs;
    /** How often it had acknowledged by then: its window may be that of several queues. */
    long slowAcknowledgements;
    /** That has been told, and its window has not had room since. */
    boolean calledSlow;

    boolean everDispatched;
    boolean closed;
    private @Nullable QueueEntry firstHeld;
    private @Nullable QueueEntry lastHeld;

    /** @param window its own, or one it shares with its other queues */
    public QueueConsumer(
            ConsumerId id, DeliverySink sink, Window window, int priority, boolean exclusive, Filter filter) {
        this.id = id;
        this.sink = sink;
        this.window = window;
        this.silence = new Silence(window);
        this.priority = priority;
        this.exclusive = exclusive;
        this.filter = filter;
    }

    public ConsumerId id() {
        return id;
    }

    /** Whether a pull of it is still unanswered. */
    public boolean isPullOpen() {
        return !closed && window.isPull() && window.hasCredit();
    }

    int priority() {
        return priority;
    }

    Filter filter() {
        return filter;
    }

    boolean isExclusive() {
        return exclusive;
    }

    void makeExclusive() {
        exclusive = true;
    }

    DeliverySink sink() {
        return sink;
    }

    void hold(QueueEntry entry) {
        entry.consumer = this;
        entry.state = QueueEntry.State.DISPATCHED;
        entry.previousDispatched = lastHeld;
        if (lastHeld == null) {
            firstHeld = entry;
        } else {
            lastHeld.nextDispatched = entry;
        }
        lastHeld = entry;
        everDispatched = true;
    }

    void letGo(QueueEntry entry) {
        if (entry.consumer != this) {
            return;
        }
        if (entry.previousDispatched == null) {
            firstHeld = entry.nextDispatched;
        } else {
            entry.previousDispatched.nextDispatched = entry.nextDispatched;
        }
        if (entry.nextDispatched == null) {
            lastHeld = entry.previousDispatched;
        } else {
            entry.nextDispatched.previousDispatched = entry.previousDispatched;
        }
        entry.previousDispatched = null;
        entry.nextDispatched = null;
        entry.consumer = null;
        if (groups != null) {
            groups.left(entry.message());
        }
    }

    /** Whether it has any. */
    boolean holds() {
        return firstHeld != null;
    }

    /** Everything it holds, in dispatch order. */
    List<QueueEntry> held() {
        List<QueueEntry> all = new ArrayList<>();
        for (QueueEntry entry = firstHeld; entry != null; entry = entry.nextDispatched) {
            all.add(entry);
        }
        return all;
    }

    /**
     * The held messages of a range that are not yet in a transaction, in dispatch order; empty when either end is not held.
     */
    List<QueueEntry> select(AckRange range) {
        if (range.first().isEmpty()) {
            return selectFrom(firstHeld, range.last());
        }
        MessageId first = range.first().get();
        QueueEntry start = firstHeld;
        while (start != null && !start.message().id().equals(first)) {
            start = start.nextDispatched;
        }
        return selectFrom(start, range.last());
    }

    private static List<QueueEntry> selectFrom(@Nullable QueueEntry start, MessageId last) {
        if (start != null && start.message().id().equals(last) && start.state == QueueEntry.State.DISPATCHED) {
            return List.of(start);
        }
        List<QueueEntry> selected = new ArrayList<>();
        for (QueueEntry entry = start; entry != null; entry = entry.nextDispatched) {
            if (entry.state == QueueEntry.State.DISPATCHED) {
                selected.add(entry);
            }
            if (entry.message().id().equals(last)) {
                return selected;
            }
        }
        return List.of();
    }

    /** The held message with this id that is not yet in a transaction, or null. */
    @Nullable
    QueueEntry find(MessageId message) {
        for (QueueEntry entry = firstHeld; entry != null; entry = entry.nextDispatched) {
            if (entry.state == QueueEntry.State.DISPATCHED
                    && entry.message().id().equals(message)) {
                return entry;
            }
        }
        return null;
    }
}
