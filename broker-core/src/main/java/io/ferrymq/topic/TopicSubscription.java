package io.ferrymq.topic;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.Window;
import io.ferrymq.message.Message;
import io.ferrymq.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A non-durable subscription, for one or (composite name) several topics of one shard, which owns it. What finds no credit
 * waits here, counted in the memory budget. Acknowledgements work by count and never fail (OpenWire sessions, topics).
 */
public final class TopicSubscription {
    private final ConsumerId id;
    private final DeliverySink sink;
    private final boolean noLocal;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Window window;
    private final Deque<Delivery> pending = new ArrayDeque<>();

    public TopicSubscription(
            ConsumerId id, DeliverySink sink, int prefetch, boolean noLocal, Clock clock, MemoryBudget budget) {
        this.id = id;
        this.sink = sink;
        this.window = new Window(prefetch);
        this.noLocal = noLocal;
        this.clock = clock;
        this.budget = budget;
    }

    public ConsumerId id() {
        return id;
    }

    /** Takes one message of its topic, at once or when there is credit. */
    void offer(Message message, long sequence) {
        if (noLocal && message.id().producer().connection().equals(id.connection())) {
            return;
        }
        Delivery delivery = new Delivery(id, message, sequence, 0);
        if (pending.isEmpty() && window.hasCredit()) {
            deliver(delivery);
        } else {
            pending.add(delivery);
            budget.take(message.footprintBytes());
        }
    }

    public void acknowledge(AckRange range) {
        if (range.type() == AckType.DELIVERED) {
            window.delivered(range.count());
        } else if (range.type() != AckType.REDELIVERED) {
            window.settled(Math.max(1, range.count()));
        }
        dispatch();
    }

    /** Asks for one message; false when there is none now. */
    public boolean pull() {
        window.pull();
        dispatch();
        return !window.hasCredit();
    }

    public boolean isPullOpen() {
        return window.isPull() && window.hasCredit();
    }

    public void endPull() {
        window.endPull();
    }

    public void changePrefetch(int prefetch) {
        window.changePrefetch(prefetch);
        dispatch();
    }

    /** Ends it; what it had not been given yet is gone. */
    public void close() {
        pending.forEach(delivery -> budget.give(delivery.message().footprintBytes()));
        pending.clear();
    }

    int pendingCount() {
        return pending.size();
    }

    private void dispatch() {
        while (!pending.isEmpty() && window.hasCredit()) {
            Delivery delivery = pending.poll();
            budget.give(delivery.message().footprintBytes());
            if (!delivery.message().isExpiredAt(clock.epochMs())) {
                deliver(delivery);
            }
        }
    }

    private void deliver(Delivery delivery) {
        window.dispatched();
        sink.deliver(delivery);
    }
}
