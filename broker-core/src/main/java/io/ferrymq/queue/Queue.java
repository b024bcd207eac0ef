package io.ferrymq.queue;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.DispatchStart;
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
 * A queue as a state machine, owned by one shard: records and commands go in, deliveries and {@link QueueEffects} come out.
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
    private final Acknowledgements acknowledgements;
    private final List<QueueBrowser> browsers = new ArrayList<>(0);
    /** Those who wait for the end of a search. */
    private final List<Runnable> looking = new ArrayList<>(0);

    private final StartGate gate;
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
        this.dispatcher = new Dispatcher(
                backlog,
                readAhead,
                properties,
                new Hands(),
                new MessageGroups(name.isSubscription() ? 0 : policy.messageGroupCacheSize()));
        backlog.whenLeaving(dispatcher::forget);
        DispatchStart start = name.isSubscription() ? DispatchStart.AT_ONCE : policy.dispatchStart();
        this.gate = new StartGate(start, effects, this::letGo);
        this.expiry = new Expiry(backlog);
        this.slowness = new Slowness(name, clock, policy, effects);
        this.acknowledgements =
                new Acknowledgements(name, clock, effects, policy, backlog, dispatcher, expiry, slowness);
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
        backlog.takeOut(all);
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

    /** The gate opens. */
    private void letGo() {
        dispatcher.goOn();
        goOnLooking();
    }

    /** Whether watchers want to know what is consumed (advisoryForConsumed). */
    public boolean tellsConsumed() {
        return policy.advisories().advisoryForConsumed();
    }

    public void subscribe(QueueConsumer consumer) {
        if (policy.allConsumersExclusiveByDefault()) {
            consumer.makeExclusive();
        }
        gate.coming(consumerCount());
        dispatcher.add(consumer);
        gate.came();
        slowness.served(consumer, dispatcher);
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
        acknowledgements.unsubscribe(consumer, lastDelivered);
    }

    /** An acknowledgement outside any transaction; means nothing once the queue is removed. */
    public Optional<Refusal> acknowledge(QueueConsumer consumer, AckRange range) {
        return closed ? Optional.empty() : acknowledgements.acknowledge(consumer, range);
    }

    /**
     * An acknowledgement inside a transaction: its messages stay with the consumer until the outcome, and are added to {@code
     * collected}.
     */
    public Optional<Refusal> acknowledge(QueueConsumer consumer, AckRange range, List<QueueEntry> collected) {
        return closed ? Optional.empty() : acknowledgements.acknowledge(consumer, range, collected);
    }

    /** The transaction is about to be written. */
    public void committing(List<QueueEntry> acknowledged) {
        acknowledgements.committing(acknowledged);
    }

    /** The transaction is durable: its acknowledged messages leave. Returns them: some may be gone with the queue. */
    public List<QueueEntry> commit(List<QueueEntry> acknowledged) {
        return acknowledgements.commit(acknowledged);
    }

    /** The transaction is undone: its messages are again dispatched to the same consumer, or ready if that is gone. */
    public void rollback(List<QueueEntry> acknowledged) {
        acknowledgements.rollback(acknowledged);
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
        acknowledgements.credited(consumer);
    }

    /**
     * Takes out what has expired, a bounded number of messages; returns how many. Cheap while nothing can have. On a full disk what would become
     * dead letters stays.
     */
    public int expire() {
        if (policy.deadLetters().takesExpired() && effects.isSpaceLow()) {
            return 0;
        }
        Expiry.Found found = expiry.look(clock.epochMs());
        expireAll(found.expired());
        found.absent().forEach(place -> readAhead.want(Backlog.levelOf(place), Backlog.orderOf(place)));
        dispatcher.settle();
        return found.expired().size();
    }

    /** How the dispatcher's choices are carried out. */
    private final class Hands implements Dispatcher.Hand {
        @Override
        public boolean over(QueueEntry entry, QueueConsumer consumer, boolean firstOfGroup) {
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
            consumer.sink()
                    .deliver(new Delivery(
                            consumer.id(), message, entry.sequence(), entry.redeliveries, kept, firstOfGroup));
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
                backlog.takeOut(List.of(entry));
                effects.deadLettered(name, List.of(entry), DeadLetterReason.UNREADABLE);
            }
        }

        @Override
        public boolean isClosed() {
            return effects.deliversNoMore() || gate.isShut();
        }

        @Override
        public long nowNs() {
            return clock.nanoTime();
        }

        @Override
        public void sweepLater() {
            effects.sweepLater(Queue.this);
        }
    }

    /** Looks for slow consumers, and ends those that have been so for too long (ActiveMQ's abortSlowConsumerStrategy). */
    public void lookForSlowConsumers() {
        slowness.look(dispatcher);
    }

    private void expireAll(List<QueueEntry> expired) {
        if (!expired.isEmpty()) {
            backlog.takeOut(expired);
            effects.deadLettered(name, expired, DeadLetterReason.LATE);
        }
    }
}
