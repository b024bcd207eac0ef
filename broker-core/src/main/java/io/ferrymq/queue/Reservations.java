package io.ferrymq.queue;

import io.ferrymq.message.PropertyFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages of groups for who has the group: what that consumer has no credit for waits for it, while others are given what lies behind. So a
 * group that is held up costs each of its messages one look. When nobody has a group any more, its first message is offered to all, and the
 * rest goes to who takes that. Owned by the queue's shard.
 */
final class Reservations {
    /** The dispatcher, as far as it is concerned. */
    interface Dispatch {
        /** Gives it to the consumer, which has credit; it stays ready when that was not so. */
        void hand(QueueEntry entry, QueueConsumer owner);

        /** Whoever wants it may have it; false when nobody does. */
        boolean offer(QueueEntry entry);

        /** Goes on to where there is something for the consumer to look at, if it has not yet. */
        void lookOn(QueueConsumer consumer);

        /** Whether all that comes before this place has been looked at for the consumer. */
        boolean hasPassed(QueueConsumer consumer, int level, long order);

        /** Whether nobody is to be given anything now. */
        boolean isClosed();
    }

    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final MessageGroups groups;
    private final PropertyFormat properties;
    private final Dispatch dispatch;
    /** Those for which something may wait that they have credit for. */
    private final Set<QueueConsumer> toServe = new LinkedHashSet<>();

    private boolean settling;

    Reservations(
            Backlog backlog, ReadAhead readAhead, MessageGroups groups, PropertyFormat properties, Dispatch dispatch) {
        this.backlog = backlog;
        this.readAhead = readAhead;
        this.groups = groups;
        this.properties = properties;
        this.dispatch = dispatch;
    }

    /** The message is ready; false when it is for whoever wants it. What follows from it is done by {@link #settle}. */
    boolean take(QueueEntry entry) {
        MessageGroup group = groups.of(entry.message());
        QueueConsumer owner = group == null ? null : group.owner;
        if (group == null || (owner == null && !group.hasBefore(entry))) {
            return false;
        }
        if (owner == null || !mayHaveAtOnce(owner, entry) || !give(entry, owner, group)) {
            wait(entry, group);
        }
        return true;
    }

    private void wait(QueueEntry entry, MessageGroup group) {
        group.waiting.add(entry);
        if (group.owner != null) {
            group.owner.claims.changed(group);
            serveLater(group.owner);
        }
    }

    private void serveLater(QueueConsumer consumer) {
        if (consumer.window.hasCredit()) {
            toServe.add(consumer);
        }
    }

    private boolean mayHaveAtOnce(QueueConsumer owner, QueueEntry entry) {
        return owner.window.hasCredit()
                && !owner.claims.isWaitedFor()
                && !entry.isLight()
                && !dispatch.isClosed()
                && dispatch.hasPassed(owner, entry.level, entry.order);
    }

    /** False when another shard has just filled the consumer's window. */
    private boolean give(QueueEntry entry, QueueConsumer owner, MessageGroup group) {
        boolean wanted = owner.filter().isAll() || owner.filter().matches(entry.message(), entry.candidate(properties));
        if (wanted) {
            dispatch.hand(entry, owner);
        } else {
            group.unwanted.add(entry);
        }
        return !wanted || entry.state != QueueEntry.State.READY;
    }

    /** The consumer has been given the message, which is of a group. */
    void given(QueueEntry entry, QueueConsumer to) {
        groups.given(entry.message(), to);
        if (to.claims.isWaitedFor()) {
            serveLater(to);
        }
    }

    /** The consumer has no groups any more. */
    void release(QueueConsumer consumer) {
        toServe.remove(consumer);
        for (MessageGroup orphan : groups.orphans()) { // who wanted what is offered may have been this one
            if (orphan.offered != null && orphan.isOffered()) {
                orphan.waiting.add(orphan.offered);
            }
            orphan.offered = null;
        }
        groups.release(consumer);
    }

    /** Messages are back in the heap. */
    void broughtBack(List<QueueConsumer> consumers) {
        consumers.stream().filter(consumer -> consumer.claims.reading).forEach(toServe::add);
    }

    /** After everything that may have changed who has which group, or who has credit for what waits. */
    void settle() {
        if (settling || (toServe.isEmpty() && !groups.hasOrphans())) {
            return;
        }
        settling = true;
        boolean goesOn = true;
        while (goesOn) {
            List<QueueConsumer> now = List.copyOf(toServe);
            toServe.clear();
            for (QueueConsumer consumer : now) {
                dispatch.lookOn(consumer);
                serve(consumer, 0);
            }
            boolean adopted = false;
            for (MessageGroup orphan : groups.orphans()) {
                adopted |= offer(orphan);
            }
            goesOn = adopted || !toServe.isEmpty();
        }
        settling = false;
    }

    /** Gives the consumer what waits for it and is not of a lower level, while it has credit. */
    void serve(QueueConsumer owner, int leastLevel) {
        owner.claims.reading = false;
        boolean goesOn = true;
        while (goesOn && owner.window.hasCredit() && !owner.closed && !dispatch.isClosed()) {
            MessageGroup group = owner.claims.first();
            goesOn = group != null
                    && Backlog.levelOf(group.waiting.first()) >= leastLevel
                    && serve(owner, group, group.waiting.first());
        }
    }

    /** False when it cannot be had yet. */
    private boolean serve(QueueConsumer owner, MessageGroup group, long place) {
        if (!dispatch.hasPassed(owner, Backlog.levelOf(place), Backlog.orderOf(place))) {
            return false;
        }
        if (isAway(place)) {
            owner.claims.reading = true;
            return false;
        }
        QueueEntry entry = removeFirst(group);
        owner.claims.changed(group);
        if (entry != null && !give(entry, owner, group)) {
            wait(entry, group);
            return false;
        }
        return true;
    }

    /** Whether its body has to be read first, which then begins. */
    private boolean isAway(long place) {
        QueueEntry entry = backlog.at(Backlog.levelOf(place), Backlog.orderOf(place));
        boolean away =
                entry == null ? backlog.isStored(place) : entry.isLight() && entry.state == QueueEntry.State.READY;
        if (away) {
            readAhead.want(Backlog.levelOf(place), Backlog.orderOf(place));
        }
        return away;
    }

    /** Null when it is gone. */
    private @Nullable QueueEntry removeFirst(MessageGroup group) {
        long place = group.waiting.first();
        group.waiting.removeFirst();
        QueueEntry entry = backlog.at(Backlog.levelOf(place), Backlog.orderOf(place));
        return entry != null && entry.state == QueueEntry.State.READY ? entry : null;
    }

    /** Offers the first message of a group that nobody has; whether somebody has it now. */
    private boolean offer(MessageGroup orphan) {
        while (!orphan.isOffered() && orphan.owner == null && !orphan.waiting.isEmpty()) {
            if (dispatch.isClosed() || isAway(orphan.waiting.first())) {
                return false;
            }
            QueueEntry entry = removeFirst(orphan);
            orphan.offered = entry;
            if (entry != null && !dispatch.offer(entry)) {
                orphan.offered = null;
            }
        }
        if (orphan.waiting.isEmpty()) {
            groups.settled(orphan);
        }
        return orphan.owner != null;
    }

    /** Whether messages wait for the consumer. */
    boolean hasMore(QueueConsumer consumer) {
        for (MessageGroup group = consumer.claims.first(); group != null; group = consumer.claims.first()) {
            long place = group.waiting.first();
            QueueEntry entry = backlog.at(Backlog.levelOf(place), Backlog.orderOf(place));
            if (entry == null ? backlog.isStored(place) : entry.state == QueueEntry.State.READY) {
                return true;
            }
            group.waiting.removeFirst();
            consumer.claims.changed(group);
        }
        return false;
    }
}
