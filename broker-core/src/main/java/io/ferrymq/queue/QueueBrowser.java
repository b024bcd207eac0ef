package io.ferrymq.queue;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Window;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.selector.Candidate;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Looks at a queue without taking anything: a snapshot of what was there when it started, dispatched within its window, then
 * one "nothing more". Its acknowledgements only move the window. Owned by the queue's shard.
 */
public final class QueueBrowser {
    private final ConsumerId id;
    private final DeliverySink sink;
    private final Window window;
    private final Filter filter;
    private final PropertyFormat properties;
    private final Deque<QueueEntry> snapshot = new ArrayDeque<>();
    private boolean ended;

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

    void start(Iterable<QueueEntry> entries) {
        entries.forEach(snapshot::add);
        dispatch();
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
        if (window.isPull()) {
            window.pull();
            ended = false;
            dispatch();
        }
    }

    public void changePrefetch(int prefetch) {
        window.changePrefetch(prefetch);
        dispatch();
    }

    /** Ends it: it holds nothing any more. */
    public void close() {
        ended = true;
        snapshot.clear();
    }

    private void dispatch() {
        while (window.hasCredit() && !snapshot.isEmpty()) {
            QueueEntry entry = snapshot.poll();
            if (entry.state() != QueueEntry.State.GONE && isWanted(entry) && window.take()) {
                sink.deliver(new Delivery(id, entry.message(), entry.sequence(), entry.redeliveries()));
            }
        }
        boolean asked = !window.isPull() || window.hasCredit();
        if (snapshot.isEmpty() && !ended && asked) {
            ended = true;
            window.endPull();
            sink.nothing(id);
        }
    }

    private boolean isWanted(QueueEntry entry) {
        return filter.isAll() || filter.matches(entry.message(), new Candidate(entry.message(), properties));
    }
}
