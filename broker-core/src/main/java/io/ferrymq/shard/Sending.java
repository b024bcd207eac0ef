package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.Advisories;
import io.ferrymq.queue.QueueEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings messages into the destinations of one shard: persistent ones through the journal, transient ones at once unless
 * persistent ones of the same queue are still on their way. Holds producers back while the memory budget is exhausted. Owned by
 * the shard.
 */
final class Sending {
    private static final Logger LOG = LoggerFactory.getLogger(Sending.class);

    /** A queue with fewer messages than this, in flight ones included, is one whose consumers keep up. */
    private static final int KEEPS_UP_MESSAGES = 100;
    /** How long one warning about full memory is enough. */
    private static final long QUIET_NS = 30_000_000_000L;

    private final ShardContext context;
    private final Destinations destinations;
    private final Schedules schedules;
    private final ProducerAudit audit = new ProducerAudit();
    /** What waits for memory, in order for each destination. */
    private final Map<DestinationName, Deque<Runnable>> held = new LinkedHashMap<>();

    private long quietUntilNs;

    Sending(ShardContext context, Destinations destinations, Schedules schedules) {
        this.schedules = schedules;
        this.context = context;
        this.quietUntilNs = context.clock().nanoTime();
        this.destinations = destinations;
    }

    ProducerAudit audit() {
        return audit;
    }

    /** @param mayBeDuplicate the client came back after a failover and may send what it already sent */
    void send(Message message, boolean mayBeDuplicate, Receipt receipt) {
        DestinationName name = message.destination();
        if (held.containsKey(name) || mustWait(name)) {
            if (context.policies().of(name).advisories().advisoryForFastProducers()) {
                context.events()
                        .on(new BrokerEvent.FastProducer(name, message.id().producer()));
            }
            hold(name, () -> accept(message, mayBeDuplicate, receipt));
        } else {
            accept(message, mayBeDuplicate, receipt);
        }
    }

    /** The receipt of a message that is counted already: a producer without it stops before long. */
    void answerWithinMemory(DestinationName destination, Receipt receipt) {
        if (held.containsKey(destination) || mustWait(destination)) {
            hold(destination, receipt::done);
        } else {
            receipt.done();
        }
    }

    /**
     * Full memory holds back whoever sends to where it piles up; a queue whose consumers keep up may overdraw a little. So may
     * advisories: they are small, and clients wait for them to create what they consume with, and to close.
     */
    private boolean mustWait(DestinationName name) {
        return (context.budget().isExhausted()
                        && (context.budget().isOverdrawn() || !(name.isAdvisory() || keepsUp(name))))
                || isFull(name);
    }

    private boolean isFull(DestinationName name) {
        if (context.policies().isEmpty()) {
            return false;
        }
        Destination destination = destinations.find(name);
        return destination != null && name.isQueue() && destination.queue().isFull();
    }

    private boolean keepsUp(DestinationName name) {
        Destination destination = destinations.find(name);
        return destination != null
                && name.isQueue()
                && destination.queue().consumerCount() > 0
                && destination.queue().size() + destination.parkedMessages < KEEPS_UP_MESSAGES;
    }

    boolean isHolding() {
        return !held.isEmpty();
    }

    private void tellFull(DestinationName name) {
        Advisories told = context.policies().of(name).advisories();
        if (told.advisoryWhenFull()) {
            context.events()
                    .on(new BrokerEvent.DestinationFull(
                            name, "memory", context.budget().usedBytes()));
        }
    }

    private void hold(DestinationName destination, Runnable action) {
        if (!held.containsKey(destination)) {
            tellFull(destination);
        }
        long nowNs = context.clock().nanoTime();
        if (held.isEmpty() && nowNs - quietUntilNs >= 0) {
            quietUntilNs = nowNs + QUIET_NS; // at the limit producers are held and let go many times a second
            LOG.warn(
                    "memory limit reached, producers are held until consumers catch up: destination={}, used={}, limit={};"
                            + " consume, or raise limits.memoryBytes",
                    destination,
                    context.budget().usedBytes(),
                    context.budget().limitBytes());
        }
        held.computeIfAbsent(destination, any -> new ArrayDeque<>()).add(action);
    }

    /** Lets held producers go on, at most {@code limit}; returns how many. */
    int releaseHeld(int limit) {
        int released = 0;
        for (Iterator<Map.Entry<DestinationName, Deque<Runnable>>> all =
                        held.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<DestinationName, Deque<Runnable>> waiting = all.next();
            Deque<Runnable> actions = waiting.getValue();
            while (released < limit && !actions.isEmpty() && mayGoOn(waiting.getKey())) {
                actions.remove().run();
                released++;
            }
            if (actions.isEmpty()) {
                all.remove();
            }
        }
        return released;
    }

    private boolean mayGoOn(DestinationName destination) {
        return !mustWait(destination) && !context.outlet().isCongested();
    }

    private void accept(Message message, boolean mayBeDuplicate, Receipt receipt) {
        if (message.isScheduled()) {
            schedule(message, mayBeDuplicate, receipt);
            return;
        }
        Destination destination = destinations.findOrCreate(message.destination());
        if (destination == null) {
            receipt.refused(destinations.missing(message.destination()));
        } else if (message.persistent() && mayBeDuplicate && audit.isDuplicate(message)) {
            context.outlet().afterParked(lsn -> receipt.done()); // the first copy may still be on its way to the disk
        } else if (message.persistent() && destination.keepsMessages()) {
            acceptPersistent(destination, message, receipt);
        } else {
            acceptTransient(destination, message, receipt);
        }
    }

    private void schedule(Message message, boolean mayBeDuplicate, Receipt receipt) {
        if (mayBeDuplicate && audit.isDuplicate(message)) {
            context.outlet().afterParked(lsn -> receipt.done());
            return;
        }
        audit.seen(message);
        schedules.accept(message, receipt);
    }

    private void acceptPersistent(Destination destination, Message message, Receipt receipt) {
        audit.seen(message);
        long sequence = context.nextSequence();
        context.budget().take(message.footprintBytes());
        destination.parkedMessages++;
        context.outlet().appendAndPark(List.of(new Record.MessageAdded(sequence, message)), lsn -> {
            destination.parkedMessages--;
            destinations.arrive(destination, new QueueEntry(message, sequence, lsn, 0));
            receipt.done();
        });
    }

    private void acceptTransient(Destination destination, Message message, Receipt receipt) {
        if (message.persistent()) {
            audit.seen(message);
        }
        QueueEntry entry = new QueueEntry(message, context.nextSequence(), 0, 0);
        context.budget().take(message.footprintBytes());
        behindParked(destination, () -> {
            destinations.arrive(destination, entry);
            receipt.done();
        });
    }

    private void behindParked(Destination destination, Runnable arrival) {
        if (destination.parkedMessages == 0) {
            arrival.run();
        } else {
            context.outlet().afterParked(lsn -> arrival.run());
        }
    }
}
