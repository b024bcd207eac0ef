package io.ferrymq.queue;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.queue.QueueEffects.DeadLetterReason;
import io.ferrymq.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the consumers of a queue say about the messages they hold, outside and inside transactions, and what they leave behind. The rules
 * are those of ActiveMQ Classic's queue subscriptions. Owned by the queue's shard.
 */
final class Acknowledgements {
    private final DestinationName name;
    private final Clock clock;
    private final QueueEffects effects;
    private final DestinationPolicy policy;
    private final Backlog backlog;
    private final Dispatcher dispatcher;
    private final Expiry expiry;
    private final Slowness slowness;

    Acknowledgements(
            DestinationName name,
            Clock clock,
            QueueEffects effects,
            DestinationPolicy policy,
            Backlog backlog,
            Dispatcher dispatcher,
            Expiry expiry,
            Slowness slowness) {
        this.name = name;
        this.clock = clock;
        this.effects = effects;
        this.policy = policy;
        this.backlog = backlog;
        this.dispatcher = dispatcher;
        this.expiry = expiry;
        this.slowness = slowness;
    }

    void unsubscribe(QueueConsumer consumer, long lastDelivered) {
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
            expiry.note(entry);
        }
        inOrder.removeIf(this::isLost);
        return inOrder;
    }

    /** Its record was found damaged while a consumer had it. */
    private boolean isLost(QueueEntry entry) {
        boolean lost = entry.isLight() && !entry.isJournaled();
        if (lost) {
            effects.bodiesStored(entry.heapBytes());
            backlog.remove(entry);
        }
        return lost;
    }

    /** SESSIONS 12: a durable subscription counts by sequence, a queue by place in the order of dispatch. */
    private List<QueueEntry> countDeliveries(List<QueueEntry> held, long lastDelivered) {
        List<QueueEntry> seen = new ArrayList<>();
        if (name.isSubscription()) {
            held.stream()
                    .filter(entry -> lastDelivered == LastDelivered.UNKNOWN
                            || lastDelivered == 0
                            || entry.sequence() <= lastDelivered)
                    .forEach(seen::add);
            return count(seen);
        }
        boolean found = lastDelivered == LastDelivered.UNKNOWN;
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

    Optional<Refusal> acknowledge(QueueConsumer consumer, AckRange range) {
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

    void credited(QueueConsumer consumer) {
        if (consumer.turn.isBusy() && !consumer.holds()) {
            consumer.turn.done(clock.nanoTime(), policy.messagesPerTurn());
        }
        if (!consumer.window.shareCredit()) {
            dispatcher.credited(consumer);
        }
        slowness.served(consumer, dispatcher);
    }

    private void settle(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        if (range.type() != AckType.DELIVERED && range.type() != AckType.REDELIVERED) {
            consumer.window.acknowledged();
        }
        switch (range.type()) {
            case DELIVERED -> consumer.window.delivered(range.count());
            case STANDARD, INDIVIDUAL -> {
                consumer.window.settled(selected.size());
                backlog.takeOut(selected);
                leave(selected);
            }
            case POISON ->
                deadLetter(consumer, selected, new DeadLetterReason(DeadLetterReason.Kind.POISON, range.cause()));
            case EXPIRED -> deadLetter(consumer, selected, DeadLetterReason.LATE);
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
        backlog.takeOut(selected);
        effects.deadLettered(name, selected, reason);
    }

    Optional<Refusal> acknowledge(QueueConsumer consumer, AckRange range, List<QueueEntry> collected) {
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
        consumer.window.acknowledged();
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

    /** An acknowledgement of a connection that failover has replaced. */
    private boolean isLeftover(QueueConsumer consumer) {
        return consumer.closed || !consumer.everDispatched;
    }

    void committing(List<QueueEntry> acknowledged) {
        present(acknowledged).forEach(entry -> entry.state = QueueEntry.State.COMMITTING);
    }

    List<QueueEntry> commit(List<QueueEntry> acknowledged) {
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

    void rollback(List<QueueEntry> acknowledged) {
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
        dispatcher.returned(ready(ready));
    }

    /** Of a DELIVERED range only the last counts, as in ActiveMQ: the first may have been acknowledged individually before. */
    private static List<QueueEntry> select(QueueConsumer consumer, AckRange range) {
        if (range.type() != AckType.INDIVIDUAL && range.type() != AckType.DELIVERED) {
            return consumer.select(range);
        }
        QueueEntry entry = consumer.find(range.last());
        return entry == null ? List.of() : List.of(entry);
    }

    private Optional<Refusal> check(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        boolean exact = range.type() == AckType.STANDARD;
        if (selected.isEmpty() && range.type() == AckType.INDIVIDUAL) {
            return Optional.empty(); // an application may acknowledge a message twice
        }
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
