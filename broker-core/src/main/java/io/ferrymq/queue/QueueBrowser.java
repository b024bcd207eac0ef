package io.ferrymq.queue;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Window;
import io.ferrymq.message.PropertyFormat;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a queue without taking anything: a snapshot of what was there when it started, dispatched within its window, then
 * one "nothing more". Its acknowledgements only move the window. It looks at no more messages at once than a step of a {@link Sweep}.
 * Owned by the queue's shard.
 */
public final class QueueBrowser {
    private final ConsumerId id;
    private final DeliverySink sink;
    private final Window window;
    private final Filter filter;
    private final PropertyFormat properties;
    private final long[] ends = new long[Backlog.LEVELS];
    private @Nullable Backlog backlog;
    private @Nullable ReadAhead readAhead;
    private Runnable lookOnLater = () -> {};
    private int level = Backlog.LEVELS - 1;
    private long order;
    private long pull;
    private boolean ended;
    private boolean closed;

    public QueueBrowser(ConsumerId id, DeliverySink sink, Window window, Filter filter, PropertyFormat properties) {
        this.id = id;
        this.sink = sink;
        this.window = window;
        this.filter = filter;
        this.properties = properties;
    }

    public ConsumerId id() {
        return id;
    }

    /** @param later has {@link #lookOn} called in the next duty cycle */
    void start(Backlog all, ReadAhead reading, Runnable later) {
        backlog = all;
        readAhead = reading;
        lookOnLater = later;
        for (int each = 0; each < ends.length; each++) {
            ends[each] = all.end(each);
        }
        dispatch();
    }

    /** Its time has come again, or messages are back in the heap, perhaps those it waits for. */
    void lookOn() {
        dispatch();
    }

    /** It looks at nothing any more. */
    boolean isOver() {
        return closed || level < 0;
    }

    public void acknowledged(int count) {
        window.settled(count);
        dispatch();
    }

    public void delivered(int count) {
        window.delivered(count);
        dispatch();
    }

    /** A browser without prefetch asks for one message: it gets one, or "nothing more". */
    public void pull() {
        if (window.isPull() && !closed) {
            pull = window.pull();
            ended = false;
            dispatch();
        }
    }

    public void changePrefetch(int prefetch) {
        window.changePrefetch(prefetch);
        dispatch();
    }

    /** Ends it: it looks at nothing any more. */
    public void close() {
        ended = true;
        closed = true;
    }

    private void dispatch() {
        for (int looked = 0; !closed && seekNext() && window.hasCredit(); looked++) {
            if (looked == Sweep.MESSAGES_PER_STEP) {
                lookOnLater.run();
                return;
            }
            QueueEntry entry = next();
            if (entry == null) {
                return; // it is on its way back into the heap
            }
            if (isWanted(entry) && window.take()) {
                sink.deliver(new Delivery(id, entry.message(), entry.sequence(), entry.redeliveries(), false));
            }
        }
        boolean asked = !window.isPull() || window.hasCredit();
        if (isOver() && !ended && asked) {
            ended = true;
            window.endPull(pull);
            sink.nothing(id);
        }
    }

    /** Goes on to the next message; false when there is none. */
    private boolean seekNext() {
        Backlog all = backlog;
        while (all != null && level >= 0) {
            order = all.seek(level, order);
            if (order < ends[level]) {
                return true;
            }
            level--;
            order = 0;
        }
        return false;
    }

    private @Nullable QueueEntry next() {
        QueueEntry entry = backlog == null ? null : backlog.at(level, order);
        if (entry != null && !entry.isLight()) {
            order++;
            return entry;
        }
        if (readAhead != null) {
            readAhead.want(level, order);
        }
        return null;
    }

    private boolean isWanted(QueueEntry entry) {
        return filter.isAll() || filter.matches(entry.message(), entry.candidate(properties));
    }
}
