package io.ferrymq.queue;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.queue.QueueEffects.DeadLetterReason;
import io.ferrymq.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue as a state machine, owned by one shard: records and commands go in, deliveries and {@link QueueEffects} come out. The
 * rules for acknowledgements and redelivery are those of ActiveMQ Classic's queue subscriptions.
 */
public final class Queue {
    private final DestinationName name;
    private final Clock clock;
    private final QueueEffects effects;
    private final DestinationPolicy policy;
    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final HeapShare heapShare;
    private final Dispatcher dispatcher;
    private final List<QueueBrowser> browsers = new ArrayList<>(0);
    /** Those who wait for the end of a search. */
    private final List<Runnable> looking = new ArrayList<>(0);

    private final Slowness slowness;
    private final Expiry expiry;
    private @Nullable Restoration restoration;

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
        this.readAhead = new ReadAhead(backlog, new Bodies());
        this.heapShare = new HeapShare(backlog, readAhead, effects, policy);
        this.dispatcher = new Dispatcher(backlog, readAhead, properties, new Hands(), clock);
        backlog.whenLeaving(dispatcher::forget);
        this.expiry = new Expiry(backlog);
        this.slowness = new Slowness(name, clock, policy, effects);
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

    /** LSN of its oldest message in the journal; {@code Long.MAX_VALUE} without one. */
    public long oldestLsn() {
        return backlog.oldestLsn();
    }

    public int consumerCount() {
        return dispatcher.consumers().size();
    }

    /** Only while there are consumers. */
    public ConsumerId oldestConsumer() {
        return dispatcher.consumers().get(0).id();
    }

    /**
     * The queue is removed: returns those of its messages that are in the heap. What its consumers still say about them means nothing
     * any more.
     *
     * @param stored is told of each of the others: its LSN
     */
    public List<QueueEntry> close(LongConsumer stored) {
        closed = true;
        List<QueueEntry> all = new ArrayList<>();
        backlog.visit((chunk, at, place) -> {
            QueueEntry entry = chunk.entry(at);
            if (entry == null) {
                stored.accept(chunk.lsn(at));
                backlog.removeStored(place);
            } else {
                all.add(entry);
            }
            return true;
        });
        Set<QueueConsumer> widened = new LinkedHashSet<>();
        for (QueueEntry entry : all) {
            if (entry.consumer != null) {
                entry.consumer.window.settled(1);
                widened.add(entry.consumer);
            }
        }
        takeOut(all);
        widened.forEach(consumer -> consumer.window.shareCredit()); // its other queues go on
        goOnLooking();
        browseOn(); // there is nothing more
        return all;
    }

    /** A message is in the queue: visible at once. */
    public void add(QueueEntry entry) {
        backlog.add(entry);
        expiry.note(entry);
        dispatcher.arrived(entry);
        if (entry.state == QueueEntry.State.READY) {
            slowness.note(dispatcher.consumers());
        }
        keepWithinHeap();
    }

    /** While the broker recovers: what the journal says about its messages. */
    public Restoration restoration() {
        if (restoration == null) {
            restoration = new Restoration(backlog, this::keepWithinHeap);
        }
        return restoration;
    }

    /** The journal has said everything. */
    public void restored() {
        if (restoration != null) {
            restoration.finish();
            expiry.lookAgain();
        }
    }

    /** Bodies of messages that wait go, if they take more of the heap than they may. */
    private void keepWithinHeap() {
        heapShare.keepWithin(consumerCount() > 0);
    }

    /** For what is to be written again. */
    public OldRecords oldRecords() {
        return new OldRecords(name, backlog, effects);
    }

    /** Some time has passed: bodies need not stay in the heap. */
    public void rest() {
        heapShare.rest(consumerCount() > 0);
    }

    /** What becomes of bodies that are read back. */
    private final class Bodies implements ReadAhead.Reader {
        @Override
        public void read(WantedBodies wanted) {
            effects.readBodies(wanted);
        }

        @Override
        public boolean isUrgent() {
            return dispatcher.isIdle();
        }

        @Override
        public void back(List<QueueEntry> entries, long bytes) {
            if (closed) {
                return; // and so its backlog is empty
            }
            List<QueueEntry> expired = new ArrayList<>(0);
            for (QueueEntry entry : entries) {
                if (entry.state == QueueEntry.State.READY && entry.message().isExpiredAt(clock.epochMs())) {
                    expired.add(entry);
                }
            }
            effects.bodiesBack(bytes);
            expireAll(expired);
            dispatcher.broughtBack();
            browseOn();
            goOnLooking();
            heapShare.used(entries);
            keepWithinHeap();
            if (!expired.isEmpty()) {
                expire();
            }
        }

        @Override
        public void lost(List<Absent> messages) {
            effects.lost(name, messages);
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

    /** Goes on looking for messages for selectors and browsers: see {@link QueueEffects#sweepLater}. */
    public void sweep() {
        dispatcher.sweep();
        browseOn();
        goOnLooking();
    }

    public void browse(QueueBrowser browser) {
        browsers.removeIf(QueueBrowser::isOver);
        browsers.add(browser);
        browser.start(backlog, readAhead, () -> effects.sweepLater(this));
    }

    private void browseOn() {
        List.copyOf(browsers).forEach(QueueBrowser::lookOn);
        browsers.removeIf(QueueBrowser::isOver);
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
        if (consumer.turn.isBusy() && !consumer.holds()) {
            consumer.turn.done(clock.nanoTime(), policy.messagesPerTurn());
        }
        if (!consumer.window.shareCredit()) {
            dispatcher.credited(consumer);
        }
    }

    private void settle(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        if (range.type() != AckType.DELIVERED && range.type() != AckType.REDELIVERED) {
            consumer.window.acknowledged();
        }
        switch (range.type()) {
            case DELIVERED -> consumer.window.delivered(range.count());
            case STANDARD, INDIVIDUAL -> {
                consumer.window.settled(selected.size());
                takeOut(selected);
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

    /** An acknowledgement of a connection that failover has replaced, or for a queue that was removed. */
    private boolean isLeftover(QueueConsumer consumer) {
        return closed || consumer.closed || !consumer.everDispatched;
    }

    /** The transaction is about to be written. */
    public void committing(List<QueueEntry> acknowledged) {
        present(acknowledged).forEach(entry -> entry.state = QueueEntry.State.COMMITTING);
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

    /** A consumer without prefetch asks for one message. Returns which pull it is. */
    public long pull(QueueConsumer consumer) {
        long pull = consumer.window.pull();
        dispatcher.credited(consumer);
        return pull;
    }

    /**
     * False when it is known that there is nothing more for the consumer now, or it has got something; else the action runs as soon as
     * that is so.
     */
    public boolean awaitLook(QueueConsumer consumer, Runnable then) {
        if (closed || !consumer.isPullOpen() || !dispatcher.isLooking(consumer)) {
            return false;
        }
        looking.add(() -> {
            if (!awaitLook(consumer, then)) {
                then.run();
            }
        });
        return true;
    }

    private void goOnLooking() {
        if (!looking.isEmpty()) {
            List<Runnable> now = List.copyOf(looking);
            looking.clear();
            now.forEach(Runnable::run);
        }
    }

    /** The pull's time is over; false when it has got a message. */
    public boolean endPull(QueueConsumer consumer, long pull) {
        return consumer.window.endPull(pull);
    }

    public void changePrefetch(QueueConsumer consumer, int prefetch) {
        consumer.window.changePrefetch(prefetch);
        credited(consumer);
    }

    /** Takes out what has expired, a bounded number of messages; returns how many. Cheap while nothing can have. */
    public int expire() {
        Expiry.Found found = expiry.look(clock.epochMs());
        expireAll(found.expired());
        found.absent().forEach(place -> readAhead.want(Backlog.levelOf(place), Backlog.orderOf(place)));
        return found.expired().size();
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
            boolean kept = !heapShare.isTooMuch(entry);
            Message message = entry.message();
            consumer.sink().deliver(new Delivery(consumer.id(), message, entry.sequence(), entry.redeliveries, kept));
            if (policy.advisories().advisoryForDispatched()) {
                effects.dispatched(name, entry, consumer.id());
            }
            if (!kept) {
                heapShare.lighten(entry);
            }
            return true;
        }

        @Override
        public void unreadable(QueueEntry entry) {
            if (!policy.deadLetters().isDeadEnd(name)) {
                takeOut(List.of(entry));
                effects.deadLettered(name, List.of(entry), DeadLetterReason.UNREADABLE);
            }
        }

        @Override
        public boolean isClosed() {
            return effects.deliversNoMore();
        }

        @Override
        public void sweepLater() {
            effects.sweepLater(Queue.this);
        }
    }

    /** Ends consumers that have been too slow for too long (ActiveMQ's abortSlowConsumerStrategy). */
    public void abortSlowConsumers() {
        slowness.abort(dispatcher.consumers());
    }

    private void expireAll(List<QueueEntry> expired) {
        if (!expired.isEmpty()) {
            takeOut(expired);
            effects.deadLettered(name, expired, DeadLetterReason.LATE);
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
