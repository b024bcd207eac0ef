package io.ferrymq.queue;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.queue.QueueEffects.DeadLetterReason;
import io.ferrymq.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A queue as a state machine, owned by one shard: records and commands go in, deliveries and {@link QueueEffects} come out. The
 * rules for acknowledgements and redelivery are those of ActiveMQ Classic's queue subscriptions.
 */
public final class Queue {
    /** lastDelivered when the client cannot tell: everything it held may have been seen. */
    public static final long LAST_DELIVERED_UNKNOWN = -2;

    /** lastDelivered when the application saw nothing. */
    public static final long LAST_DELIVERED_NONE = -1;

    private final DestinationName name;
    private final Clock clock;
    private final QueueEffects effects;
    private final Backlog backlog = new Backlog();
    private final Dispatcher dispatcher = new Dispatcher();
    private long earliestExpirationMs = Long.MAX_VALUE;
    private boolean closed;

    public Queue(DestinationName name, Clock clock, QueueEffects effects) {
        this.name = name;
        this.clock = clock;
        this.effects = effects;
    }

    public DestinationName name() {
        return name;
    }

    public int size() {
        return backlog.size();
    }

    public int consumerCount() {
        return dispatcher.consumers().size();
    }

    /** The queue is removed: returns its messages. What its consumers still say about them means nothing any more. */
    public List<QueueEntry> close() {
        closed = true;
        List<QueueEntry> all = new ArrayList<>(backlog.size());
        backlog.entries().forEach(all::add);
        takeOut(all);
        return all;
    }

    /** A message is in the queue: visible at once. */
    public void add(QueueEntry entry) {
        restore(entry);
        dispatch();
    }

    /** A message is in the queue, found at recovery: nobody is there to get it yet. */
    public void restore(QueueEntry entry) {
        backlog.add(entry);
        noteExpiration(entry);
    }

    /** A message has left the queue according to the journal. */
    public void forget(QueueEntry entry) {
        backlog.remove(entry);
    }

    /** A recovered message has been delivered before; {@code count} is how often. */
    public void restoreRedeliveries(QueueEntry entry, int count) {
        entry.redeliveries = Math.max(entry.redeliveries, count);
    }

    /** Recovered messages that a prepared transaction has acknowledged: nobody gets them before its outcome. */
    public void restoreAcknowledged(Collection<QueueEntry> entries) {
        entries.forEach(entry -> entry.state = QueueEntry.State.IN_TRANSACTION);
    }

    /**
     * After a crash nobody knows what was delivered, and a repetition must never look like a first delivery: not now, and not
     * after the next stop, which may be a clean one.
     */
    public void suspectDelivered(Collection<QueueEntry> entries) {
        List<QueueEntry> counted =
                entries.stream().filter(entry -> entry.redeliveries == 0).toList();
        counted.forEach(entry -> entry.redeliveries = 1);
        if (!counted.isEmpty()) {
            effects.deliveriesCounted(name, counted);
        }
    }

    public void subscribe(QueueConsumer consumer) {
        dispatcher.add(consumer);
        dispatch();
    }

    public void browse(QueueBrowser browser) {
        browser.start(backlog.entries());
    }

    /**
     * Ends a consumer: what it holds goes back to its old place, to whoever is next. See {@code
     * Client.unsubscribe} for {@code lastDelivered}.
     */
    public void unsubscribe(QueueConsumer consumer, long lastDelivered) {
        if (consumer.closed) {
            return;
        }
        consumer.closed = true;
        dispatcher.remove(consumer);
        List<QueueEntry> held = consumer.held();
        List<QueueEntry> counted = countDeliveries(held, lastDelivered);
        for (QueueEntry entry : held) {
            consumer.letGo(entry);
            if (entry.state == QueueEntry.State.DISPATCHED) {
                makeReady(entry);
            }
        }
        if (!counted.isEmpty()) {
            effects.deliveriesCounted(name, counted);
        }
        dispatch();
    }

    private static List<QueueEntry> countDeliveries(List<QueueEntry> held, long lastDelivered) {
        List<QueueEntry> seen = new ArrayList<>();
        boolean found = lastDelivered == LAST_DELIVERED_UNKNOWN;
        for (QueueEntry entry : held) {
            seen.add(entry);
            if (entry.sequence() == lastDelivered) {
                found = true;
                break;
            }
        }
        if (!found) {
            return List.of();
        }
        seen.removeIf(entry -> entry.state != QueueEntry.State.DISPATCHED);
        seen.forEach(entry -> entry.redeliveries++);
        return seen;
    }

    /** An acknowledgement outside any transaction. */
    public Optional<Refusal> acknowledge(QueueConsumer consumer, AckRange range) {
        if (isLeftover(consumer)) {
            return Optional.empty();
        }
        List<QueueEntry> selected = select(consumer, range);
        Optional<Refusal> refusal = check(consumer, range, selected);
        if (refusal.isEmpty()) {
            settle(consumer, range, selected);
            dispatcher.credited(consumer);
            dispatch();
        }
        return refusal;
    }

    private void settle(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        switch (range.type()) {
            case DELIVERED -> consumer.window.delivered(range.count());
            case STANDARD, INDIVIDUAL -> {
                consumer.window.settled(selected.size());
                takeOut(selected);
                effects.removed(name, selected);
            }
            case POISON ->
                deadLetter(consumer, selected, new DeadLetterReason(DeadLetterReason.Kind.POISON, range.cause()));
            case EXPIRED -> deadLetter(consumer, selected, new DeadLetterReason(DeadLetterReason.Kind.EXPIRED, ""));
            case REDELIVERED -> {}
        }
    }

    private void deadLetter(QueueConsumer consumer, List<QueueEntry> selected, DeadLetterReason reason) {
        consumer.window.settled(selected.size(), 1);
        takeOut(selected);
        effects.deadLettered(name, selected, reason);
    }

    /**
     * An acknowledgement inside a transaction: its messages stay with the consumer until the outcome, and are added to {@code
     * collected}.
     */
    public Optional<Refusal> acknowledge(QueueConsumer consumer, AckRange range, List<QueueEntry> collected) {
        if (range.type() == AckType.DELIVERED
                || range.type() == AckType.REDELIVERED
                || range.type() == AckType.EXPIRED) {
            return acknowledge(consumer, range);
        }
        if (range.type() == AckType.POISON) {
            return Optional.of(
                    new Refusal(Refusal.Code.INVALID_ACKNOWLEDGE, "Poison ack cannot be transacted: " + range));
        }
        if (isLeftover(consumer)) {
            return Optional.empty();
        }
        List<QueueEntry> selected = select(consumer, range);
        if (selected.isEmpty()) {
            return Optional.of(unmatched(consumer, range, selected));
        }
        for (QueueEntry entry : selected) {
            entry.state = QueueEntry.State.IN_TRANSACTION;
            collected.add(entry);
        }
        if (range.type() == AckType.INDIVIDUAL) {
            consumer.window.delivered(1);
            dispatcher.credited(consumer);
            dispatch();
        }
        return Optional.empty();
    }

    /** An acknowledgement of a connection that failover has replaced, or for a queue that was removed. */
    private boolean isLeftover(QueueConsumer consumer) {
        return closed || consumer.closed || !consumer.everDispatched;
    }

    /** The transaction is durable: its acknowledged messages leave. Returns them: some may be gone with the queue. */
    public List<QueueEntry> commit(List<QueueEntry> acknowledged) {
        List<QueueEntry> leaving = present(acknowledged);
        for (QueueEntry entry : leaving) {
            QueueConsumer consumer = entry.consumer;
            if (consumer != null) {
                consumer.window.settled(1);
                consumer.letGo(entry);
                dispatcher.credited(consumer);
            }
            backlog.remove(entry);
        }
        dispatch();
        return leaving;
    }

    private static List<QueueEntry> present(List<QueueEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.state != QueueEntry.State.GONE)
                .toList();
    }

    /** The transaction is undone: its messages are again dispatched to the same consumer, or ready if that is gone. */
    public void rollback(List<QueueEntry> acknowledged) {
        List<QueueEntry> counted = new ArrayList<>();
        for (QueueEntry entry : present(acknowledged)) {
            QueueConsumer consumer = entry.consumer;
            if (consumer == null) {
                entry.redeliveries++;
                counted.add(entry);
                makeReady(entry);
            } else {
                entry.state = QueueEntry.State.DISPATCHED;
                consumer.window.shrink(1);
            }
        }
        if (!counted.isEmpty()) {
            effects.deliveriesCounted(name, counted);
        }
        dispatch();
    }

    /** A consumer without prefetch asks for one message; false when there is none for it now. */
    public boolean pull(QueueConsumer consumer) {
        consumer.window.pull();
        dispatcher.credited(consumer);
        dispatch();
        return !consumer.isPullOpen();
    }

    /** The pull's time is over. */
    public void endPull(QueueConsumer consumer) {
        consumer.window.endPull();
    }

    public void changePrefetch(QueueConsumer consumer, int prefetch) {
        consumer.window.changePrefetch(prefetch);
        dispatcher.credited(consumer);
        dispatch();
    }

    private void makeReady(QueueEntry entry) {
        backlog.makeReady(entry);
        noteExpiration(entry);
    }

    private void noteExpiration(QueueEntry entry) {
        long expirationMs = entry.message().expirationMs();
        if (expirationMs > 0) {
            earliestExpirationMs = Math.min(earliestExpirationMs, expirationMs);
        }
    }

    /** Takes out what has expired; cheap while nothing can have. */
    public void expire() {
        long nowMs = clock.epochMs();
        if (nowMs < earliestExpirationMs) {
            return;
        }
        earliestExpirationMs = Long.MAX_VALUE;
        List<QueueEntry> expired = new ArrayList<>();
        for (QueueEntry entry : backlog.entries()) {
            if (entry.state != QueueEntry.State.READY) {
                continue; // its consumer has it; looked at again if it comes back
            }
            if (entry.message().isExpiredAt(nowMs)) {
                expired.add(entry);
            } else {
                noteExpiration(entry);
            }
        }
        expireAll(expired);
    }

    private void dispatch() {
        QueueEntry entry = backlog.firstReady();
        while (entry != null) {
            if (entry.message().expirationMs() > 0 && entry.message().isExpiredAt(clock.epochMs())) {
                expireAll(List.of(entry));
            } else if (!dispatchToNext(entry)) {
                return;
            }
            entry = backlog.firstReady();
        }
    }

    private boolean dispatchToNext(QueueEntry entry) {
        @Nullable QueueConsumer consumer = dispatcher.next();
        if (consumer == null) {
            return false;
        }
        consumer.hold(entry);
        consumer.sink().deliver(new Delivery(consumer.id(), entry.message(), entry.sequence(), entry.redeliveries));
        dispatcher.credited(consumer);
        return true;
    }

    private void expireAll(List<QueueEntry> expired) {
        if (!expired.isEmpty()) {
            takeOut(expired);
            effects.deadLettered(name, expired, new DeadLetterReason(DeadLetterReason.Kind.EXPIRED, ""));
        }
    }

    private void takeOut(List<QueueEntry> entries) {
        for (QueueEntry entry : entries) {
            if (entry.consumer != null) {
                entry.consumer.letGo(entry);
            }
            backlog.remove(entry);
        }
    }

    private static List<QueueEntry> select(QueueConsumer consumer, AckRange range) {
        if (range.type() != AckType.INDIVIDUAL) {
            return consumer.select(range);
        }
        QueueEntry entry = consumer.find(range.last());
        return entry == null ? List.of() : List.of(entry);
    }

    private Optional<Refusal> check(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        boolean exact = range.type() == AckType.STANDARD;
        if (selected.isEmpty() || (exact && selected.size() != range.count())) {
            return Optional.of(unmatched(consumer, range, selected));
        }
        return Optional.empty();
    }

    private Refusal unmatched(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        boolean consumed = range.type() == AckType.STANDARD || range.type() == AckType.INDIVIDUAL;
        String what = consumed ? "Unmatched acknowledge" : "Could not correlate acknowledgment with dispatched message";
        String facts = ": destination=" + name + ", consumer=" + consumer.id() + ", type=" + range.type() + ", last="
                + range.last() + ", count=" + range.count() + ", matching=" + selected.size();
        return new Refusal(Refusal.Code.INVALID_ACKNOWLEDGE, what + facts);
    }
}
