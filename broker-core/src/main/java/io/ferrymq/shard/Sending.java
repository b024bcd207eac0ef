package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.Advisories;
import io.ferrymq.queue.ProducerAudit;
import io.ferrymq.queue.QueueEntry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings messages into the destinations of one shard: persistent ones through the journal, transient ones at once unless
 * persistent ones of the same queue are still on their way. Holds producers back while the memory budget is exhausted or the disk
 * nearly full. Owned by the shard.
 */
final class Sending {
    private static final Logger LOG = LoggerFactory.getLogger(Sending.class);

    /** A queue with fewer messages than this, in flight ones included, is one whose consumers keep up. */
    private static final int KEEPS_UP_MESSAGES = 100;

    private final ShardContext context;
    private final Destinations destinations;
    private final Schedules schedules;
    private final ProducerAudit audit = new ProducerAudit(ProducerAudit.PAIRS);
    private final HeldSends held = new HeldSends();
    private final Quiet quiet;

    Sending(ShardContext context, Destinations destinations, Schedules schedules) {
        this.schedules = schedules;
        this.context = context;
        this.quiet = new Quiet(context.clock());
        this.destinations = destinations;
    }

    ProducerAudit audit() {
        return audit;
    }

    /** @param mayBeDuplicate the client came back after a failover and may send what it already sent */
    void send(Message message, boolean mayBeDuplicate, Receipt receipt) {
        DestinationName name = message.destination();
        boolean noDisk = (context.outlet().isSpaceLow() || held.hasCommits()) && isJournaled(message);
        boolean mayGo = !held.has(name) && !noDisk && !mustWait(name, false);
        if (mayGo || isKnown(message, mayBeDuplicate)) {
            accept(message, mayBeDuplicate, receipt);
            return;
        }
        boolean journaled = isJournaled(message);
        if (context.policies().of(name).advisories().advisoryForFastProducers()) {
            context.events().on(new BrokerEvent.FastProducer(name, message.id().producer()));
        }
        if (context.noSpace().sendFailIfNoSpace()) {
            tellFull(name, journaled);
            receipt.refused(noSpace(Optional.of(name), journaled));
        } else {
            hold(name, message, journaled, () -> accept(message, mayBeDuplicate, receipt), receipt);
        }
    }

    /** What was accepted before needs no room, and must not be refused now. */
    private boolean isKnown(Message message, boolean mayBeDuplicate) {
        return mayBeDuplicate && (message.persistent() || message.isScheduled()) && audit.isDuplicate(message);
    }

    private boolean isJournaled(Message message) {
        if (message.isScheduled()) {
            return true;
        }
        Destination destination = message.persistent() ? destinations.find(message.destination()) : null;
        return destination == null
                ? message.persistent() && message.destination().isQueue()
                : destination.keepsMessages();
    }

    /** A refusal when there is no memory for a message that is about to be counted, and producers do not want to wait. */
    Optional<Refusal> refusalWithinMemory(DestinationName destination) {
        return context.noSpace().sendFailIfNoSpace() && mustWait(destination, false)
                ? Optional.of(noSpace(Optional.of(destination), false))
                : Optional.empty();
    }

    /** The receipt of a message that is counted already: a producer without it stops before long. */
    void answerWithinMemory(DestinationName destination, Receipt receipt) {
        if (held.has(destination) || mustWait(destination, false)) {
            hold(destination, null, false, receipt::done, Receipt.always(receipt::done));
        } else {
            receipt.done();
        }
    }

    /**
     * What a transaction sends is written when it is committed or prepared: at once if the disk has room, later, or not at all.
     *
     * @param refused what is done instead of {@code go} when it is not to be written
     */
    void writeWithinSpace(Runnable go, Receipt refused) {
        if (!held.hasCommits() && !context.outlet().isSpaceLow()) {
            go.run();
        } else if (context.noSpace().sendFailIfNoSpace()) {
            refused.refused(noSpace(Optional.empty(), true));
        } else {
            held.addCommit(new HeldSends.Held(null, true, context.clock().nanoTime(), go, refused));
        }
    }

    /**
     * Full memory holds back whoever sends to where it piles up; a queue whose consumers keep up may overdraw a little. So may
     * advisories: they are small, and clients wait for them to create what they consume with, and to close. A full disk holds
     * back what would be written to it.
     */
    private boolean mustWait(DestinationName name, boolean journaled) {
        return (context.budget().isExhausted()
                        && (context.budget().isOverdrawn() || !(name.isAdvisory() || keepsUp(name))))
                || isFull(name)
                || (journaled && context.outlet().isSpaceLow());
    }

    private boolean isFull(DestinationName name) {
        if (name.isAdvisory() || (name.isQueue() && context.policies().isEmpty())) {
            return false;
        }
        Destination destination = destinations.find(name);
        return destination != null
                && (name.isQueue()
                        ? destination.queue().isFull()
                        : destination.topic().isFull(context.budget()));
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

    private void tellFull(DestinationName name, boolean journaled) {
        Advisories told = context.policies().of(name).advisories();
        if (told.advisoryWhenFull()) {
            boolean disk = journaled && context.outlet().isSpaceLow();
            context.events()
                    .on(new BrokerEvent.DestinationFull(
                            name,
                            disk ? "store" : "memory",
                            disk
                                    ? context.outlet().appendedBytes()
                                    : context.budget().usedBytes()));
        }
    }

    private void hold(
            DestinationName destination, @Nullable Message message, boolean journaled, Runnable go, Receipt refused) {
        if (!held.has(destination)) {
            tellFull(destination, journaled);
        }
        long nowNs = context.clock().nanoTime();
        boolean disk = journaled && context.outlet().isSpaceLow(); // for which the journal has warned
        // at the limit producers are held and let go many times a second
        if (held.isEmpty() && !disk && quiet.mayTell()) {
            LOG.warn(
                    "memory limit reached, producers are held until consumers catch up: destination={}{}",
                    destination,
                    memoryLimit(Optional.of(destination)));
        }
        held.add(destination, new HeldSends.Held(message, journaled, nowNs, go, refused));
    }

    private Refusal noSpace(Optional<DestinationName> destination, boolean journaled) {
        String where = destination.map(name -> "destination=" + name).orElse("a transaction");
        String why = journaled && context.outlet().isSpaceLow()
                ? "the disk is nearly full: " + where
                        + "; consume, or make space in the file system of the data directory"
                : "memory limit reached: " + where + memoryLimit(destination);
        return new Refusal(Refusal.Code.RESOURCE_LIMIT, why);
    }

    /** Which limit it is, and what to do about it. */
    private String memoryLimit(Optional<DestinationName> destination) {
        Optional<DestinationName> full =
                destination.filter(name -> name.isQueue() && !context.budget().isExhausted() && isFull(name));
        return full.map(name -> ", its limit=" + context.policies().of(name).memoryLimitBytes()
                        + "; consume, or raise memoryLimitBytes of its policy")
                .orElseGet(() -> ", used=" + context.budget().usedBytes() + ", limit="
                        + context.budget().limitBytes() + "; consume, or raise limits.memoryBytes");
    }

    /**
     * A message of a transaction is about to be written. What its producer sent to the same destination before it goes first, room
     * or not: JMS keeps their order, and {@link ProducerAudit} would take the earlier one for a duplicate when it is sent again.
     */
    void letGoBefore(Message message) {
        held.takeBefore(message).forEach(earlier -> earlier.go().run());
    }

    /** Lets held producers go on, at most {@code limit}; returns how many. */
    int releaseHeld(int limit) {
        if (held.isEmpty()) {
            return 0;
        }
        int released = held.release(limit, this::mayGoOn);
        long timeoutMs = context.noSpace().sendFailIfNoSpaceAfterTimeoutMs();
        return timeoutMs == 0
                ? released
                : released
                        + held.refuse(
                                context.clock().nanoTime() - TimeUnit.MILLISECONDS.toNanos(timeoutMs),
                                (destination, late) -> noSpace(destination, late.journaled()));
    }

    private boolean mayGoOn(Optional<DestinationName> destination, HeldSends.Held next) {
        boolean room = destination
                .map(name -> !mustWait(name, next.journaled()))
                .orElseGet(() -> !context.outlet().isSpaceLow());
        return room && !context.outlet().isCongested();
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
            receipt.done(); // first: the producer need not wait until fifty subscribers have been written to
            destinations.arrive(destination, new QueueEntry(message, sequence, lsn, 0));
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
            destination.parkedMessages++; // those that come later wait behind this one, too
            context.outlet().afterParked(lsn -> {
                destination.parkedMessages--;
                arrival.run();
            });
        }
    }
}
