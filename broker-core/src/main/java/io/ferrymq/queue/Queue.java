package io.ferrymq.queue;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.queue.QueueEffects.DeadLetterReason;
import io.ferrymq.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
    private final DestinationPolicy policy;
    private final Backlog backlog;
    private final Dispatcher dispatcher;
    private final boolean watchesSlowness;
    private long earliestExpirationMs = Long.MAX_VALUE;
    private boolean closed;

    public Queue(
            DestinationName name,
            Clock clock,
            QueueEffects effects,
            DestinationPolicy policy,
            PropertyFormat properties) {
        this.name = name;
        this.clock = clock;
        this.effects = effects;
        this.policy = policy;
        this.backlog = new Backlog(policy.prioritizedMessages());
        this.dispatcher = new Dispatcher(backlog, properties, new Hands());
        this.watchesSlowness =
                policy.abortSlowConsumerMs() >= 0 || policy.advisories().advisoryForSlowConsumers();
    }

    public DestinationName name() {
        return name;
    }

    public int size() {
        return backlog.size();
    }

    /** Whether its messages have the footprint that the policy allows it (ActiveMQ's memoryLimit). */
    public boolean isFull() {
        return policy.memoryLimitBytes() >= 0 && backlog.bytes() >= policy.memoryLimitBytes();
    }

    /** LSN of its oldest message in the journal; {@code Long.MAX_VALUE} without one. Looks at all messages. */
    public long oldestLsn() {
        long oldest = Long.MAX_VALUE;
        for (QueueEntry entry : backlog.entries()) {
            oldest = entry.isJournaled() ? Math.min(oldest, entry.lsn()) : oldest;
        }
        return oldest;
    }

    public int consumerCount() {
        return dispatcher.consumers().size();
    }

    /** Only while there are consumers. */
    public ConsumerId oldestConsumer() {
        return dispatcher.consumers().get(0).id();
    }

    /** The queue is removed: returns its messages. What its consumers still say about them means nothing any more. */
    public List<QueueEntry> close() {
        closed = true;
        List<QueueEntry> all = new ArrayList<>(backlog.size());
        backlog.entries().forEach(all::add);
        Set<QueueConsumer> widened = new LinkedHashSet<>();
        for (QueueEntry entry : all) {
            if (entry.consumer != null) {
                entry.consumer.window.settled(1);
                widened.add(entry.consumer);
            }
        }
        takeOut(all);
        widened.forEach(consumer -> consumer.window.shareCredit()); // its other queues go on
        return all;
    }

    /** A message is in the queue: visible at once. */
    public void add(QueueEntry entry) {
        restore(entry);
        dispatcher.arrived(entry);
        if (watchesSlowness && entry.state == QueueEntry.State.READY) {
            noteSlowConsumers();
        }
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
        if (policy.allConsumersExclusiveByDefault()) {
            consumer.makeExclusive();
        }
        dispatcher.add(consumer);
    }

    /** The consumer may have got credit from elsewhere: another of its destinations. */
    public void resume(QueueConsumer consumer) {
        dispatcher.credited(consumer);
    }

    /** Goes on looking for messages for selectors: see {@link QueueEffects#sweepLater}. */
    public void sweep() {
        dispatcher.sweep();
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
        List<QueueEntry> held = consumer.held();
        List<QueueEntry> counted = countDeliveries(held, lastDelivered);
        List<QueueEntry> back = new ArrayList<>(held.size());
        for (QueueEntry entry : held) {
            consumer.letGo(entry);
            if (entry.state == QueueEntry.State.DISPATCHED) {
                back.add(entry);
            }
        }
        consumer.window.settled(held.size());
        if (!counted.isEmpty()) {
            effects.deliveriesCounted(name, counted);
        }
        dispatcher.remove(consumer, ready(back));
    }

    /** Back to their old places, in order. */
    private List<QueueEntry> ready(List<QueueEntry> entries) {
        List<QueueEntry> inOrder = new ArrayList<>(entries);
        inOrder.sort(QueueEntry.IN_ORDER);
        for (QueueEntry entry : inOrder) {
            entry.state = QueueEntry.State.READY;
            noteExpiration(entry);
        }
        return inOrder;
    }

    /** SESSIONS 12: a durable subscription counts by sequence, a queue by place in the order of dispatch. */
    private List<QueueEntry> countDeliveries(List<QueueEntry> held, long lastDelivered) {
        List<QueueEntry> seen = new ArrayList<>();
        if (name.isSubscription()) {
            held.stream()
                    .filter(entry -> lastDelivered == LAST_DELIVERED_UNKNOWN
                            || lastDelivered == 0
                            || entry.sequence() <= lastDelivered)
                    .forEach(seen::add);
            return count(seen);
        }
        boolean found = lastDelivered == LAST_DELIVERED_UNKNOWN;
        for (QueueEntry entry : held) {
            seen.add(entry);
            if (entry.sequence() == lastDelivered) {
                found = true;
                break;
            }
        }
        return found ? count(seen) : List.of();
    }

    private static List<QueueEntry> count(List<QueueEntry> seen) {
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
            credited(consumer);
        }
        return refusal;
    }

    private void credited(QueueConsumer consumer) {
        consumer.slowSinceNs = 0;
        if (!consumer.window.shareCredit()) {
            dispatcher.credited(consumer);
        }
    }

    private void settle(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        switch (range.type()) {
            case DELIVERED -> consumer.window.delivered(range.count());
            case STANDARD, INDIVIDUAL -> {
                consumer.window.settled(selected.size());
                takeOut(selected);
                leave(selected);
            }
            case POISON ->
                deadLetter(consumer, selected, new DeadLetterReason(DeadLetterReason.Kind.POISON, range.cause()));
            case EXPIRED -> deadLetter(consumer, selected, new DeadLetterReason(DeadLetterReason.Kind.EXPIRED, ""));
            case REDELIVERED -> {}
        }
    }

    private void leave(List<QueueEntry> consumed) {
        if (policy.advisories().advisoryForConsumed()) {
            effects.consumed(name, consumed);
        } else {
            effects.removed(name, consumed);
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
            credited(consumer);
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
        Set<QueueConsumer> widened = new LinkedHashSet<>();
        for (QueueEntry entry : leaving) {
            QueueConsumer consumer = entry.consumer;
            if (consumer != null) {
                consumer.window.settled(1);
                consumer.letGo(entry);
                widened.add(consumer);
            }
            backlog.remove(entry);
        }
        widened.forEach(this::credited);
        return leaving;
    }

    private static List<QueueEntry> present(List<QueueEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.state != QueueEntry.State.GONE)
                .toList();
    }

    /** The transaction is undone: its messages are again dispatched to the same consumer, or ready if that is gone. */
    public void rollback(List<QueueEntry> acknowledged) {
        List<QueueEntry> ready = new ArrayList<>();
        for (QueueEntry entry : present(acknowledged)) {
            QueueConsumer consumer = entry.consumer;
            if (consumer == null) {
                entry.redeliveries++;
                ready.add(entry);
            } else {
                entry.state = QueueEntry.State.DISPATCHED;
                consumer.window.shrink(1);
            }
        }
        if (!ready.isEmpty()) {
            effects.deliveriesCounted(name, ready);
        }
        ready(ready).forEach(dispatcher::returned);
    }

    /** A consumer without prefetch asks for one message; false when there is none for it now. */
    public boolean pull(QueueConsumer consumer) {
        consumer.window.pull();
        dispatcher.credited(consumer);
        return !consumer.isPullOpen();
    }

    /** The pull's time is over. */
    public void endPull(QueueConsumer consumer) {
        consumer.window.endPull();
    }

    public void changePrefetch(QueueConsumer consumer, int prefetch) {
        consumer.window.changePrefetch(prefetch);
        credited(consumer);
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

    /** How the dispatcher's choices are carried out. */
    private final class Hands implements Dispatcher.Hand {
        @Override
        public boolean over(QueueEntry entry, QueueConsumer consumer) {
            if (entry.message().expirationMs() > 0 && entry.message().isExpiredAt(clock.epochMs())) {
                expireAll(List.of(entry));
                return false;
            }
            if (!consumer.window.take()) {
                return false;
            }
            consumer.hold(entry);
            consumer.sink().deliver(new Delivery(consumer.id(), entry.message(), entry.sequence(), entry.redeliveries));
            if (policy.advisories().advisoryForDispatched()) {
                effects.dispatched(name, entry, consumer.id());
            }
            return true;
        }

        @Override
        public void sweepLater() {
            effects.sweepLater(Queue.this);
        }
    }

    private void noteSlowConsumers() {
        for (QueueConsumer consumer : dispatcher.consumers()) {
            if (consumer.slowSinceNs == 0 && !consumer.window.isPull() && !consumer.window.hasCredit()) {
                consumer.slowSinceNs = Math.max(1, clock.nanoTime());
                effects.slow(name, consumer.id());
            }
        }
    }

    /** Ends consumers that have been too slow for too long (ActiveMQ's abortSlowConsumerStrategy). */
    public void abortSlowConsumers() {
        if (policy.abortSlowConsumerMs() < 0) {
            return;
        }
        long nowNs = clock.nanoTime();
        for (QueueConsumer consumer : dispatcher.consumers()) {
            if (consumer.slowSinceNs != 0
                    && (nowNs - consumer.slowSinceNs) / 1_000_000 >= policy.abortSlowConsumerMs()) {
                consumer.slowSinceNs = nowNs;
                consumer.sink().abort(consumer.id());
            }
        }
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
        String facts = "destination=" + name + ", consumer=" + consumer.id() + ", type=" + range.type() + ", last="
                + range.last() + ", count=" + range.count() + ", matching=" + selected.size();
        return Unmatched.refusal(consumer, range, selected, facts);
    }
}
