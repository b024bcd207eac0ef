package io.ferrymq.queue;

import io.ferrymq.message.PropertyFormat;
import java.util.ArrayList;
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

        /** Whoever wants it may have it; whether there is somebody who takes it sooner or later, and in order. */
        boolean offer(QueueEntry entry);

        /** Goes on to where there is something for the consumer to look at, if it has not yet. */
        void lookOn(QueueConsumer consumer);

        /** Whether all that comes before this place has been looked at for the consumer, and nothing of that is to be given to it first. */
        boolean hasPassed(QueueConsumer consumer, long place);

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
    /** Those that nobody has, and of which nothing can be offered yet. */
    private final Set<MessageGroup> held = new LinkedHashSet<>();

    /** Those that could not be served because their audience had not come so far, or had to be given something else first. */
    private final Set<QueueConsumer> stalled = new LinkedHashSet<>();

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
        } else {
            group.withdrawBehind(entry);
            groups.waits(group);
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
                && dispatch.hasPassed(owner, Backlog.place(entry.level, entry.order));
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
        stalled.remove(consumer);
        groups.release(consumer);
    }

    /** What a consumer had is ready again: what is of a group waits in it; returns the rest. */
    List<QueueEntry> takeBack(List<QueueEntry> returned) {
        List<QueueEntry> rest = new ArrayList<>(returned.size());
        for (QueueEntry entry : returned) {
            MessageGroup group = groups.ofOrNew(entry.message());
            if (group == null) {
                rest.add(entry);
            } else {
                wait(entry, group);
            }
        }
        return rest;
    }

    /** Messages are back in the heap. */
    void broughtBack(List<QueueConsumer> consumers) {
        consumers.stream().filter(consumer -> consumer.claims.reading).forEach(toServe::add);
    }

    /** After everything that may have changed who has which group, or who has credit for what waits. */
    void settle() {
        if (settling) {
            return;
        }
        settling = true;
        toServe.addAll(stalled);
        stalled.clear();
        while (!toServe.isEmpty() || groups.hasOrphans()) {
            offerBefore(Long.MAX_VALUE);
            List<QueueConsumer> now = List.copyOf(toServe);
            toServe.clear();
            for (QueueConsumer consumer : now) {
                dispatch.lookOn(consumer);
                serve(consumer, Long.MAX_VALUE);
            }
        }
        settling = false;
    }

    /** What comes before this rank, and is of a group that nobody has, is offered to all; who gets a group gets what waits in it. All in order. */
    void offerBefore(long before) {
        for (MessageGroup orphan : groups.takeOrphans()) {
            long rank = Places.rank(orphan.waiting.first());
            if (rank < before) {
                serveAll(rank);
                offer(orphan);
            } else {
                groups.waits(orphan);
            }
        }
        serveAll(before);
    }

    private void serveAll(long before) {
        if (!toServe.isEmpty()) {
            List.copyOf(toServe).forEach(consumer -> serve(consumer, before));
        }
    }

    /** Whether {@link #offerBefore} has something to offer. */
    boolean hasOrphanBefore(long rank) {
        return groups.hasOrphanBefore(rank);
    }

    /** What came of an attempt to give a consumer what waits for it. */
    enum Served {
        /** Nothing was to be given. */
        NOTHING,
        SOMETHING,
        /** What is next has to be read first. */
        READING
    }

    /** Gives the consumer what waits for it and is before this rank, while it has credit. */
    Served serve(QueueConsumer owner, long before) {
        Served served = Served.NOTHING;
        Served last = serveNext(owner, before);
        while (last == Served.SOMETHING) {
            served = last;
            last = serveNext(owner, before);
        }
        return last == Served.READING ? last : served;
    }

    private Served serveNext(QueueConsumer owner, long before) {
        MessageGroup group = owner.claims.first();
        if (group == null || !owner.window.hasCredit() || owner.closed || dispatch.isClosed()) {
            return Served.NOTHING;
        }
        if (group.rank >= before) {
            toServe.add(owner);
            return Served.NOTHING;
        }
        if (!dispatch.hasPassed(owner, group.waiting.first())) {
            stalled.add(owner);
            return Served.NOTHING;
        }
        owner.claims.reading = isAway(group.waiting.first());
        if (owner.claims.reading) {
            return Served.READING;
        }
        QueueEntry entry = removeFirst(group);
        owner.claims.changed(group);
        if (entry != null && !give(entry, owner, group)) {
            wait(entry, group);
        }
        return Served.SOMETHING;
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

    /** Offers the first message of a group that nobody has to all who want it; the next ones too, if it may be long until somebody takes it. */
    private void offer(MessageGroup orphan) {
        while (orphan.owner == null && !orphan.isOffered() && !orphan.waiting.isEmpty()) {
            if (dispatch.isClosed() || isAway(orphan.waiting.first())) {
                held.add(orphan);
                return;
            }
            QueueEntry entry = removeFirst(orphan);
            orphan.offered = entry;
            if (entry != null && !dispatch.offer(entry)) {
                orphan.offered = null;
            }
        }
    }

    /** Whether something is to be offered that cannot be yet. */
    boolean isHeldUp() {
        return !held.isEmpty();
    }

    /** Whether something before this rank is to be offered that cannot be yet. */
    boolean isHeldUpBefore(long rank) {
        return !held.isEmpty()
                && held.stream()
                        .anyMatch(group -> group.owner == null
                                && !group.waiting.isEmpty()
                                && Places.rank(group.waiting.first()) < rank);
    }

    /** Nobody is there any more. */
    void forgetAll() {
        toServe.clear();
        stalled.clear();
        held.clear();
        groups.forgetAll();
    }

    /** What could not be offered because its body was away, or nobody was to be given anything. */
    void tryAgain() {
        if (!held.isEmpty()) {
            held.forEach(groups::waits);
            held.clear();
        }
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
