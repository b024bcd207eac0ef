package io.ferrymq.queue;

import io.ferrymq.message.PropertyFormat;
import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.SelectorIndex;
import io.ferrymq.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses who gets a message: of the consumers that want it and have credit, the one of the highest priority, and of these the one
 * that has waited longest, for a {@link Turn}. An exclusive consumer has the queue for itself. Soft state, owned by the queue's shard.
 *
 * <p>Between two commands this holds: an audience with credit knows of no message, unless it is being swept or not permitted. So a new
 * message goes to somebody with credit at once, and nothing older is overtaken.
 */
final class Dispatcher {
    /** An exclusive consumer with this priority replaces any other, as in ActiveMQ. */
    private static final int HIGHEST_PRIORITY = Byte.MAX_VALUE;

    /** What the queue does with a choice. */
    interface Hand {
        /** Gives the message away; false when it has expired and is gone, or another shard has just filled the consumer's window. */
        boolean over(QueueEntry entry, QueueConsumer consumer);

        /** No selector can tell whether it is wanted, and nobody is there without one. */
        void unreadable(QueueEntry entry);

        /** Whether nobody is to be given anything any more. */
        boolean isClosed();

        /** There are messages left to look at: call {@link Dispatcher#sweep} again soon. */
        void sweepLater();
    }

    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final PropertyFormat properties;
    private final Hand hand;
    private final Clock clock;
    private final List<QueueConsumer> consumers = new ArrayList<>();
    private final Map<Filter, Audience> audiences = new HashMap<>();
    private final SelectorIndex<Audience> listening = new SelectorIndex<>();
    private final Set<Audience> toSweep = new LinkedHashSet<>();
    private final List<Audience> wanting = new ArrayList<>();
    private @Nullable Audience everyone;
    private @Nullable Sweep sweep;
    private @Nullable QueueConsumer exclusiveOwner;
    private long nextTicket;

    Dispatcher(Backlog backlog, ReadAhead readAhead, PropertyFormat properties, Hand hand, Clock clock) {
        this.backlog = backlog;
        this.readAhead = readAhead;
        this.properties = properties;
        this.hand = hand;
        this.clock = clock;
    }

    List<QueueConsumer> consumers() {
        return consumers;
    }

    /** Whether no consumer has a message. */
    boolean isIdle() {
        return consumers.stream().noneMatch(QueueConsumer::holds);
    }

    void add(QueueConsumer consumer) {
        consumers.add(consumer);
        consumer.audience = audience(consumer.filter());
        consumer.audience.consumers++;
        boolean preempts = consumer.isExclusive() && consumer.priority() == HIGHEST_PRIORITY;
        if (preempts) {
            exclusiveOwner = consumer;
        } else {
            considerAsOwner(consumer);
        }
        credited(consumer);
    }

    private Audience audience(Filter filter) {
        if (filter.isAll()) {
            if (everyone == null) {
                everyone = new Audience(filter, backlog, readAhead);
            }
            return everyone;
        }
        return audiences.computeIfAbsent(filter, any -> new Audience(filter, backlog, readAhead));
    }

    /** Takes a consumer out, and offers others what it had; {@code returned} is in order. */
    void remove(QueueConsumer consumer, List<QueueEntry> returned) {
        Audience audience = consumer.audience;
        if (audience == null || !consumers.remove(consumer)) {
            return;
        }
        audience.leave(consumer);
        audience.consumers--;
        if (audience.consumers == 0) {
            dissolve(audience);
        }
        if (exclusiveOwner == consumer) {
            returned.forEach(this::rememberReturned); // others may have messages between these
            exclusiveOwner = null;
            electOwner();
            runAll();
        } else {
            returned.forEach(this::returned);
        }
    }

    /** It leaves the queue: nobody who remembers it keeps its body any longer. */
    void forget(QueueEntry entry) {
        if (entry.rememberedBy > 0) {
            audiences.values().forEach(audience -> audience.forget(entry));
        }
        if (entry.rememberedBy > 0 && everyone != null) {
            everyone.forget(entry);
        }
    }

    /** The next one who wants the same begins at the oldest message. */
    private void dissolve(Audience audience) {
        audience.forgetKnown();
        if (audience == everyone) {
            everyone = null;
            return;
        }
        audiences.remove(audience.filter);
        if (audience.state == Audience.State.LISTENING) {
            listening.remove(audience.filter.selector(), audience);
        }
        stopSweeping(audience);
    }

    private void stopSweeping(Audience audience) {
        toSweep.remove(audience);
        if (sweep != null) {
            sweep.remove(audience);
        }
    }

    /** The consumer may have got credit. */
    void credited(QueueConsumer consumer) {
        Audience audience = consumer.audience;
        boolean idle = consumer.inLine && backlog.size() == 0;
        if (audience == null || consumer.closed || idle || !consumer.window.hasCredit()) {
            return;
        }
        if (!consumer.inLine) {
            audience.join(consumer, nextTicket++);
        }
        run(audience);
    }

    /** A new message is at the end of its lane. */
    void arrived(QueueEntry entry) {
        if (listening.isEmpty()) {
            if (everyone != null) {
                run(everyone);
            }
        } else {
            Candidate candidate = candidate(entry);
            collectListening(entry, candidate);
            offer(entry, candidate);
        }
    }

    /** Messages are back in the heap: those who wait for them go on. */
    void broughtBack() {
        if (everyone != null) {
            everyone.waitNoLonger();
            run(everyone);
        }
        for (Audience audience : List.copyOf(audiences.values())) {
            if (audience.isWaiting()) {
                audience.waitNoLonger();
                run(audience);
            }
        }
        sweep();
    }

    /** Whether it is not yet known that there is nothing more for this consumer. */
    boolean isLooking(QueueConsumer consumer) {
        Audience audience = consumer.audience;
        return audience != null && (audience.isWaiting() || audience.state == Audience.State.SWEEPING);
    }

    /** Whether it is known that messages wait which this consumer wants. */
    boolean hasMoreFor(QueueConsumer consumer) {
        Audience audience = consumer.audience;
        return audience != null && audience.hasMore();
    }

    /** A message is ready again, at its old place. */
    void returned(QueueEntry entry) {
        Candidate candidate = candidate(entry);
        collectWanting(entry, candidate);
        offer(entry, candidate);
    }

    private void rememberReturned(QueueEntry entry) {
        collectWanting(entry, candidate(entry));
        wanting.forEach(audience -> remember(audience, entry));
    }

    private void collectWanting(QueueEntry entry, Candidate candidate) {
        forget(entry); // its deliveries count, so it may not match any more
        collectListening(entry, candidate);
        for (Audience audience : audiences.values()) {
            boolean overlooked = audience.state != Audience.State.LISTENING && isPast(audience, entry);
            if (overlooked && audience.filter.matches(entry.message(), candidate)) {
                wanting.add(audience);
            }
        }
    }

    private boolean isPast(Audience audience, QueueEntry entry) {
        boolean swept = sweep != null && sweep.members().contains(audience) && sweep.isPast(entry);
        return swept || audience.isPast(entry);
    }

    private void collectListening(QueueEntry entry, Candidate candidate) {
        wanting.clear();
        if (everyone != null && (everyone.isPast(entry) || !everyone.isWaiting())) {
            wanting.add(everyone); // else it comes to this one later
        }
        if (!listening.isEmpty()) {
            listening.forEachMatch(candidate, audience -> {
                if (audience.filter.hears(entry.message())) {
                    wanting.add(audience);
                }
            });
        }
    }

    /** To the best of those who want it, or into the memory of them all; what nobody can judge is dead, as in ActiveMQ. */
    private void offer(QueueEntry entry, Candidate candidate) {
        if (wanting.isEmpty() && everyone == null && candidate.isUnreadable() && isForNobody(entry, candidate)) {
            hand.unreadable(entry);
            return;
        }
        while (entry.state == QueueEntry.State.READY) {
            QueueConsumer best = best(wanting, entry);
            if (best == null) {
                break;
            }
            hand(entry, best);
        }
        if (entry.state == QueueEntry.State.READY) {
            for (Audience audience : wanting) {
                remember(audience, entry);
                if (entry.isLight() && next(audience) != null) {
                    first(audience); // so that it is on its way
                }
            }
        }
    }

    /** Those who have not come to it yet are asked, too. */
    private boolean isForNobody(QueueEntry entry, Candidate candidate) {
        return audiences.values().stream().noneMatch(audience -> audience.filter.matches(entry.message(), candidate));
    }

    /** The next message that an audience is known to want, or null; that may be on its way. */
    private @Nullable QueueEntry first(Audience audience) {
        return audience == everyone ? audience.firstReady() : audience.firstKnown();
    }

    private void remember(Audience audience, QueueEntry entry) {
        boolean comesAnyway = audience == everyone && !audience.isPast(entry);
        if (comesAnyway || audience.remember(entry) || audience == everyone) {
            return;
        }
        if (audience.state == Audience.State.LISTENING) {
            listening.remove(audience.filter.selector(), audience);
            audience.caughtUp();
        } else {
            stopSweeping(audience);
        }
        audience.state = Audience.State.STALE;
    }

    /** Nobody for one whose body is away, and nobody whose audience has to be given another one before. */
    private @Nullable QueueConsumer best(List<Audience> candidates, QueueEntry entry) {
        QueueConsumer best = null;
        for (int i = 0; i < candidates.size() && !entry.isLight(); i++) {
            Audience audience = candidates.get(i);
            QueueConsumer first = audience.knowsBefore(entry) ? null : next(audience);
            if (first != null && (best == null || isBefore(first, best))) {
                best = first;
            }
        }
        return best;
    }

    private static boolean isBefore(QueueConsumer one, QueueConsumer other) {
        return one.priority() != other.priority() ? one.priority() > other.priority() : one.ticket < other.ticket;
    }

    /** Who of an audience may have the next message. */
    private @Nullable QueueConsumer next(Audience audience) {
        if (hand.isClosed()) {
            return null;
        }
        if (exclusiveOwner == null) {
            return firstInTurn(audience);
        }
        return exclusiveOwner.audience == audience && audience.hasInLine(exclusiveOwner) ? exclusiveOwner : null;
    }

    /** Whoever is first, unless that is by a turn that has lasted too long. */
    private @Nullable QueueConsumer firstInTurn(Audience audience) {
        QueueConsumer first = audience.first();
        while (first != null && first.turn.isUnderWay() && first.turn.hasLasted(clock.nanoTime())) {
            nextTurn(audience, first, true);
            first = audience.first();
        }
        return first;
    }

    /** When its turn is over the consumer goes to the end of its line, if it has credit left. */
    private void hand(QueueEntry entry, QueueConsumer consumer) {
        Audience audience = consumer.audience;
        if (!hand.over(entry, consumer) || audience == null) {
            return;
        }
        boolean credit = !consumer.closed && consumer.window.hasCredit();
        boolean mayGoOn = consumers.size() >= Turn.FEWEST_CONSUMERS && !consumer.window.isShared();
        if (!mayGoOn) {
            consumer.turn.shorten();
        } else if (consumer.turn.goesOn(clock.nanoTime()) && credit) {
            return;
        }
        nextTurn(audience, consumer, credit);
    }

    private void nextTurn(Audience audience, QueueConsumer consumer, boolean credit) {
        consumer.turn.end();
        audience.leave(consumer);
        if (credit) {
            audience.join(consumer, nextTicket++);
        }
    }

    private void run(Audience audience) {
        QueueConsumer consumer = next(audience);
        while (consumer != null) {
            QueueEntry entry = first(audience);
            if (entry == null) {
                break;
            }
            hand(entry, consumer);
            consumer = next(audience);
        }
        if (consumer != null && audience != everyone && audience.state == Audience.State.STALE) {
            audience.state = Audience.State.SWEEPING;
            toSweep.add(audience);
            lookSoon();
        }
    }

    /** Together with all others who come before the next sweep begins, unless there is so little that it is looked at now. */
    private void lookSoon() {
        if (sweep == null && backlog.size() <= Sweep.MESSAGES_PER_STEP) {
            sweep();
        } else {
            hand.sweepLater();
        }
    }

    private void runAll() {
        if (everyone != null) {
            run(everyone);
        }
        List.copyOf(audiences.values()).forEach(this::run);
    }

    /** Looks on for those who have not seen all of the backlog yet. */
    void sweep() {
        if (sweep == null && !toSweep.isEmpty()) {
            sweep = new Sweep(backlog, readAhead, toSweep);
            toSweep.clear();
        }
        Sweep current = sweep;
        Sweep.Progress progress = current == null ? Sweep.Progress.DONE : current.step(this::candidate, this::onSwept);
        if (current != null && progress == Sweep.Progress.DONE) {
            current.members().forEach(this::listen);
            sweep = null;
        }
        if (progress != Sweep.Progress.WAITING && (sweep != null || !toSweep.isEmpty())) {
            hand.sweepLater();
        }
    }

    private void onSwept(QueueEntry entry, Candidate candidate, List<Audience> found) {
        wanting.clear();
        wanting.addAll(found);
        offer(entry, candidate);
    }

    private void listen(Audience audience) {
        audience.caughtUp();
        audience.state = Audience.State.LISTENING;
        listening.add(audience.filter.selector(), audience);
    }

    private Candidate candidate(QueueEntry entry) {
        return entry.candidate(properties);
    }

    private void electOwner() {
        consumers.forEach(this::considerAsOwner);
    }

    private void considerAsOwner(QueueConsumer consumer) {
        boolean better = exclusiveOwner == null || consumer.priority() > exclusiveOwner.priority();
        if (consumer.isExclusive() && better) {
            exclusiveOwner = consumer;
        }
    }
}
