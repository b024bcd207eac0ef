package io.ferrymq.queue;

import io.ferrymq.message.PropertyFormat;
import io.ferrymq.selector.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses who gets a message: of the consumers that want it and have credit, the one of the highest priority, and of these the one
 * that has waited longest, for a {@link Turn}. A message group goes to whoever has the fewest, and stays with that one ({@link
 * MessageGroups}). An exclusive consumer has the queue for itself. Soft state, owned by the queue's shard.
 *
 * <p>Between two commands this holds: an audience with credit knows of no message, unless it is being swept or not permitted. So a new
 * message goes to somebody with credit at once, and nothing older is overtaken.
 */
final class Dispatcher {
    /** An exclusive consumer with this priority replaces any other, as in ActiveMQ. */
    private static final int HIGHEST_PRIORITY = Byte.MAX_VALUE;
    /** Messages of groups that one run passes, so that commands need not wait. */
    private static final int PASSED_PER_RUN = 5_000;

    /** What the queue does with a choice. */
    interface Hand {
        /** Gives the message away; false when it has expired and is gone, or another shard has just filled the consumer's window. */
        boolean over(QueueEntry entry, QueueConsumer consumer, boolean firstOfGroup);

        /** No selector can tell whether it is wanted, and nobody is there without one. */
        void unreadable(QueueEntry entry);

        /** Whether nobody is to be given anything now. */
        boolean isClosed();

        /** The time, in nanoseconds from anywhere. */
        long nowNs();

        /** There are messages left to look at: call {@link Dispatcher#sweep} again soon. */
        void sweepLater();
    }

    private final Backlog backlog;
    private final PropertyFormat properties;
    private final Hand hand;
    private final List<QueueConsumer> consumers = new ArrayList<>();
    private final Audiences audiences;
    private final MessageGroups groups;
    private final Reservations reservations;
    private @Nullable QueueConsumer exclusiveOwner;
    /** All go on at the same time. */
    private boolean together;

    private long nextTicket;

    Dispatcher(Backlog backlog, ReadAhead readAhead, PropertyFormat properties, Hand hand, MessageGroups groups) {
        this.backlog = backlog;
        this.properties = properties;
        this.hand = hand;
        this.audiences = new Audiences(backlog, readAhead);
        this.groups = groups;
        this.reservations = new Reservations(backlog, readAhead, groups, properties, new OfGroups());
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
        consumer.groups = groups;
        consumer.audience = audiences.of(consumer.filter());
        consumer.audience.consumers++;
        QueueConsumer owner = exclusiveOwner;
        if (consumer.isExclusive() && consumer.priority() == HIGHEST_PRIORITY) {
            exclusiveOwner = consumer;
        } else {
            considerAsOwner(consumer);
        }
        if (exclusiveOwner != owner) {
            consumers.forEach(reservations::release); // one has them all now
            groups.offerAgain();
        }
        credited(consumer);
        reservations.settle();
    }

    /** Takes a consumer out, and offers others what it had; {@code returned} is in order. */
    void remove(QueueConsumer consumer, List<QueueEntry> returned) {
        Audience audience = consumer.audience;
        if (audience == null || !consumers.remove(consumer)) {
            return;
        }
        audience.leave(consumer);
        audience.consumers--;
        reservations.release(consumer);
        if (audience.consumers == 0) {
            audiences.dissolve(audience);
        }
        if (audience.consumers == 0 || exclusiveOwner == consumer) {
            groups.offerAgain();
        }
        List<QueueEntry> plain = reservations.takeBack(returned);
        if (consumers.isEmpty()) {
            exclusiveOwner = null;
            reservations.forgetAll(); // whoever comes looks at everything
        } else if (exclusiveOwner == consumer) {
            plain.forEach(this::rememberReturned); // others may have messages between these
            exclusiveOwner = null;
            electOwner();
            runAll();
        } else {
            offerInOrder(plain);
        }
        reservations.settle();
    }

    /** It leaves the queue: nobody who remembers it keeps its body any longer. */
    void forget(QueueEntry entry) {
        audiences.forget(entry);
        groups.gone(entry);
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
        reservations.serve(consumer, Long.MAX_VALUE);
        reservations.settle();
    }

    /** A new message is at the end of its lane. */
    void arrived(QueueEntry entry) {
        Audience everyone = audiences.everyone();
        if (audiences.areListening()) {
            Candidate candidate = candidate(entry);
            offer(entry, candidate, audiences.wanting(entry, candidate));
        } else if (everyone != null) {
            run(everyone);
        }
        reservations.settle();
    }

    /** Messages are back in the heap: those who wait for them go on. */
    void broughtBack() {
        reservations.tryAgain();
        Audience everyone = audiences.everyone();
        if (everyone != null) {
            everyone.waitNoLonger();
            run(everyone);
        }
        for (Audience audience : List.copyOf(audiences.selecting())) {
            if (audience.isWaiting()) {
                audience.waitNoLonger();
                run(audience);
            }
        }
        reservations.broughtBack(consumers);
        sweep();
    }

    /** Whether it is not yet known that there is nothing more for this consumer. */
    boolean isLooking(QueueConsumer consumer) {
        Audience audience = consumer.audience;
        return audience != null
                && (audience.isWaiting()
                        || audience.state == Audience.State.SWEEPING
                        || consumer.claims.reading
                        || reservations.isHeldUp());
    }

    /** Whether it is known that messages wait which this consumer wants. */
    boolean hasMoreFor(QueueConsumer consumer) {
        Audience audience = consumer.audience;
        return audience != null && (audience.hasMore() || reservations.hasMore(consumer));
    }

    /** Messages are ready again, at their old places, in order. */
    void returned(List<QueueEntry> entries) {
        offerInOrder(reservations.takeBack(entries));
        reservations.settle();
    }

    /** Behind what is of a group that nobody has, and comes before. */
    private void offerInOrder(List<QueueEntry> plain) {
        for (QueueEntry entry : plain) {
            reservations.offerBefore(Places.rank(entry));
            offerAgain(entry);
        }
    }

    private void offerAgain(QueueEntry entry) {
        Candidate candidate = candidate(entry);
        offer(entry, candidate, audiences.wantingAgain(entry, candidate));
    }

    private void rememberReturned(QueueEntry entry) {
        audiences.wantingAgain(entry, candidate(entry)).forEach(audience -> audiences.remember(audience, entry));
    }

    /** To the best of those who want it, or into the memory of them all; what nobody can judge is dead, as in ActiveMQ. */
    private void offer(QueueEntry entry, Candidate candidate, List<Audience> wanting) {
        if (wanting.isEmpty() && candidate.isUnreadable() && audiences.isForNobody(entry, candidate)) {
            hand.unreadable(entry);
            return;
        }
        if (isGrouped(entry) && reservations.take(entry)) {
            return;
        }
        QueueConsumer best = best(wanting, entry);
        while (best != null) {
            hand(entry, best);
            best = entry.state == QueueEntry.State.READY ? best(wanting, entry) : null;
        }
        if (entry.state == QueueEntry.State.READY) {
            wanting.forEach(audience -> audiences.remember(audience, entry));
            if (entry.isLight()) {
                List.copyOf(wanting).forEach(this::run); // so that it is on its way
            }
        }
    }

    private boolean isGrouped(QueueEntry entry) {
        return groups.concern(entry.message());
    }

    /** Nobody for one whose body is away, and nobody whose audience has to be given another one before. */
    private @Nullable QueueConsumer best(List<Audience> candidates, QueueEntry entry) {
        QueueConsumer best = null;
        for (int i = 0; i < candidates.size() && !entry.isLight(); i++) {
            Audience audience = candidates.get(i);
            QueueConsumer first = audience.knowsBefore(entry) ? null : next(audience);
            QueueConsumer taker = first == null ? null : taker(audience, first, entry);
            if (taker != null && (best == null || isBefore(taker, best, entry))) {
                best = taker;
            }
        }
        return best;
    }

    private boolean isBefore(QueueConsumer one, QueueConsumer other, QueueEntry entry) {
        if (one.priority() != other.priority()) {
            return one.priority() > other.priority();
        }
        boolean byGroups = one.claims.groups != other.claims.groups && isGrouped(entry);
        return byGroups ? one.claims.groups < other.claims.groups : one.ticket < other.ticket;
    }

    /** Who of an audience gets the message, if not the one who is next: a group goes to whoever has the fewest. */
    private QueueConsumer taker(Audience audience, QueueConsumer next, QueueEntry entry) {
        return exclusiveOwner == null && isGrouped(entry) ? audience.withFewestGroups(next) : next;
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
        while (first != null && first.turn.isUnderWay() && first.turn.hasLasted(hand.nowNs())) {
            nextTurn(audience, first, true);
            first = audience.first();
        }
        return first;
    }

    /** When its turn is over the consumer goes to the end of its line, if it has credit left. */
    private void hand(QueueEntry entry, QueueConsumer consumer) {
        Audience audience = consumer.audience;
        boolean first = isGrouped(entry) && groups.isFirst(entry.message(), consumer);
        if (!hand.over(entry, consumer, first) || audience == null) {
            return;
        }
        if (isGrouped(entry)) {
            reservations.given(entry, consumer);
        }
        boolean credit = !consumer.closed && consumer.window.hasCredit();
        boolean mayGoOn = consumers.size() >= Turn.FEWEST_CONSUMERS && !consumer.window.isShared();
        if (!mayGoOn) {
            consumer.turn.shorten();
        } else if (!isGrouped(entry) && consumer.turn.goesOn(hand.nowNs()) && credit) {
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

    /** What came of looking at the next message of an audience. */
    private enum Step {
        GIVEN,
        /** It is for the consumer of its group. */
        PASSED,
        NOBODY_HAS_CREDIT,
        NOTHING_KNOWN,
        /** An earlier one for the same consumer has to be read first. */
        READING
    }

    /** Gives an audience what it knows of, while somebody of it has credit. */
    private void run(Audience audience) {
        int passed = 0;
        Step step = step(audience);
        while ((step == Step.GIVEN || step == Step.PASSED) && passed < PASSED_PER_RUN) {
            passed += step == Step.PASSED ? 1 : 0;
            step = step(audience);
        }
        if (step == Step.READING) {
            audience.waitForAnother();
        } else if (passed == PASSED_PER_RUN) {
            audience.pause();
            hand.sweepLater();
        } else if (step != Step.NOBODY_HAS_CREDIT && audiences.joinsSweep(audience)) {
            lookSoon();
        }
    }

    private Step step(Audience audience) {
        QueueConsumer consumer = next(audience);
        QueueEntry entry = consumer == null ? null : audiences.first(audience);
        if (consumer == null || entry == null) {
            return consumer == null ? Step.NOBODY_HAS_CREDIT : Step.NOTHING_KNOWN;
        }
        long rank = Places.rank(entry);
        reservations.tryAgain();
        if (reservations.hasOrphanBefore(rank + 1)) {
            reservations.offerBefore(rank + 1);
            return reservations.isHeldUpBefore(rank) ? Step.READING : Step.GIVEN;
        }
        if (isGrouped(entry) && reservations.take(entry)) {
            audiences.forget(entry);
            audience.pass(entry);
            return Step.PASSED;
        }
        QueueConsumer taker = together ? takerOfAll(audience, consumer, entry) : taker(audience, consumer, entry);
        Reservations.Served before = reservations.serve(taker, rank);
        if (before == Reservations.Served.NOTHING) {
            hand(entry, taker);
        }
        return before == Reservations.Served.READING ? Step.READING : Step.GIVEN;
    }

    /** Together with all others who come before the next sweep begins, unless there is so little that it is looked at now. */
    private void lookSoon() {
        if (!audiences.isSweeping() && backlog.size() <= Sweep.MESSAGES_PER_STEP) {
            sweep();
        } else {
            hand.sweepLater();
        }
    }

    /** Messages have left the queue, perhaps some that others waited behind. */
    void settle() {
        reservations.settle();
    }

    /** Nothing was given to anybody for a while, and is from now on. */
    void goOn() {
        reservations.tryAgain();
        runAll();
        List.copyOf(consumers).forEach(this::credited);
    }

    /** That of all who want everything comes to all messages, and lets others have what they want, too; then one after the other, by priority. */
    private void runAll() {
        Audience everyone = audiences.everyone();
        if (everyone != null) {
            together = true;
            run(everyone);
            together = false;
        }
        List<Audience> all = new ArrayList<>(audiences.selecting());
        all.sort(Comparator.comparingInt(audience -> -highestPriority(audience)));
        all.forEach(this::run);
    }

    /** Who gets the message of all who want it, also of audiences that have not come to it yet. */
    private QueueConsumer takerOfAll(Audience audience, QueueConsumer next, QueueEntry entry) {
        QueueConsumer best = taker(audience, next, entry);
        Candidate candidate = candidate(entry);
        for (Audience other : audiences.selecting()) {
            QueueConsumer first = next(other);
            if (first != null && !other.knowsBefore(entry) && other.filter.matches(entry.message(), candidate)) {
                QueueConsumer taker = taker(other, first, entry);
                best = isBefore(taker, best, entry) ? taker : best;
            }
        }
        return best;
    }

    private int highestPriority(Audience audience) {
        QueueConsumer next = next(audience);
        return next == null ? Byte.MIN_VALUE : next.priority();
    }

    /** Looks on for those who have not seen all of the backlog yet. */
    void sweep() {
        audiences.paused().forEach(this::run);
        if (audiences.sweep(this::candidate, this::offer)) {
            hand.sweepLater();
        }
        reservations.settle();
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

    /** What reservations need. */
    private final class OfGroups implements Reservations.Dispatch {
        @Override
        public void hand(QueueEntry entry, QueueConsumer owner) {
            Dispatcher.this.hand(entry, owner);
        }

        @Override
        public boolean offer(QueueEntry entry) {
            offerAgain(entry);
            boolean comes = exclusiveOwner == null
                    ? audiences.everyone() != null
                    : exclusiveOwner.filter().matches(entry.message(), candidate(entry));
            return comes || entry.state != QueueEntry.State.READY;
        }

        @Override
        public void lookOn(QueueConsumer consumer) {
            if (consumer.audience != null && !consumer.closed) {
                run(consumer.audience);
            }
        }

        @Override
        public boolean hasPassed(QueueConsumer consumer, long place) {
            Audience audience = together ? audiences.everyone() : consumer.audience;
            return audience != null
                    && audiences.hasPassed(audience, Backlog.levelOf(place), Backlog.orderOf(place))
                    && !audience.knowsBefore(Places.rank(place));
        }

        @Override
        public boolean isClosed() {
            return hand.isClosed();
        }
    }
}
