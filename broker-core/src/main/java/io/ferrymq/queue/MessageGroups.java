package io.ferrymq.queue;

import io.ferrymq.message.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which consumer has which message group of a queue (JMSXGroupID), by ActiveMQ's rules: whoever is given a message of a group that nobody has gets
 * the group, until it leaves, or is given a message with a negative JMSXGroupSeq. One with JMSXGroupSeq 1 looks for a consumer
 * anew. Beyond a number of groups the one that was used longest ago is forgotten, but none of which a consumer has messages or that has some
 * waiting: so its order holds, whoever gets it next. Soft state, owned by the queue's shard.
 */
final class MessageGroups {
    private static final int ANEW = 1;
    /** So many in use are looked at for one that can be forgotten; the next new group looks on. */
    private static final int TRIES = 64;

    private final int most;
    private final Map<String, MessageGroup> byId = new LinkedHashMap<>(16, 0.75f, true);
    /** Nobody has them, messages of them wait, and none of these is offered. */
    private final Set<MessageGroup> orphans = new LinkedHashSet<>();

    /** @param most how many groups are remembered; 0: there are none, each message is by itself */
    MessageGroups(int most) {
        this.most = most;
    }

    /** Whether the message is of a group. */
    boolean concern(Message message) {
        return most > 0 && message.groupIdOrNull() != null;
    }

    /** Whose its group is decides who may have the message; null when that is to be decided by it. */
    @Nullable
    MessageGroup of(Message message) {
        return concern(message) && message.groupSequence() != ANEW ? byId.get(message.groupIdOrNull()) : null;
    }

    /** Likewise, a new one if there is none. */
    @Nullable
    MessageGroup ofOrNew(Message message) {
        return concern(message) && message.groupSequence() != ANEW
                ? byId.computeIfAbsent(message.groupIdOrNull(), any -> new MessageGroup())
                : null;
    }

    /** Whether the message, if the consumer is given it now, begins a group for it (JMSXGroupFirstForConsumer). */
    boolean isFirst(Message message, QueueConsumer consumer) {
        MessageGroup group = of(message);
        return concern(message) && (group == null || group.owner != consumer);
    }

    /** The consumer has been given the message, which is of a group. */
    void given(Message message, QueueConsumer to) {
        boolean goesOn = !isFirst(message, to);
        MessageGroup group = byId.computeIfAbsent(message.groupIdOrNull(), any -> new MessageGroup());
        group.inWork++;
        if (!goesOn) {
            own(group, to);
            forgetOld();
        } else if (message.groupSequence() < 0) {
            own(group, null);
        }
    }

    private void own(MessageGroup group, @Nullable QueueConsumer owner) {
        if (group.owner != null) {
            group.owner.claims.groups--;
            group.owner.claims.leave(group);
        }
        group.owner = owner;
        group.waiting.addAll(group.unwanted);
        if (owner != null) {
            orphans.remove(group);
            group.offered = null;
            owner.claims.groups++;
            owner.claims.changed(group);
        } else {
            waits(group);
        }
    }

    /** A message of a group that may be nobody's waits. */
    void waits(MessageGroup group) {
        if (group.owner == null && !group.isOffered() && !group.waiting.isEmpty()) {
            orphans.add(group);
        }
    }

    /** What was offered to all may be gone. */
    void gone(QueueEntry entry) {
        MessageGroup group = of(entry.message());
        if (group != null && group.offered == entry) {
            group.offered = null;
            waits(group);
        }
        if (group != null && group.unwanted.first() == Backlog.place(entry.level, entry.order)) {
            group.unwanted.removeFirst();
        }
    }

    /** What is offered has to be offered again: who remembered it is not there any more. */
    void offerAgain() {
        for (MessageGroup group : byId.values()) {
            if (group.offered != null && group.isOffered()) {
                group.waiting.add(group.offered);
            }
            group.offered = null;
            waits(group);
        }
    }

    /** Nobody is there: all messages are for who comes next, and looks at all of them. */
    void forgetAll() {
        byId.clear();
        orphans.clear();
    }

    /** A consumer has the message no longer. */
    void left(Message message) {
        MessageGroup group = concern(message) ? byId.get(message.groupIdOrNull()) : null;
        if (group != null && group.inWork > 0) {
            group.inWork--;
            if (group.owner == null && group.isAtRest()) {
                byId.remove(message.groupIdOrNull());
            }
        }
    }

    /** The consumer has no group any more. */
    void release(QueueConsumer consumer) {
        if (consumer.claims.groups > 0) {
            byId.values().stream().filter(group -> group.owner == consumer).forEach(group -> own(group, null));
            byId.values().removeIf(group -> group.owner == null && group.isAtRest());
        }
    }

    private void forgetOld() {
        List<String> inUse = new ArrayList<>(0);
        Iterator<Map.Entry<String, MessageGroup>> oldest = byId.entrySet().iterator();
        while (byId.size() > most && inUse.size() < TRIES && oldest.hasNext()) {
            Map.Entry<String, MessageGroup> next = oldest.next();
            if (next.getValue().isAtRest()) {
                own(next.getValue(), null);
                oldest.remove();
            } else {
                inUse.add(next.getKey());
            }
        }
        inUse.forEach(byId::get); // now they are the newest
    }

    /** Those that nobody has though messages of them wait, the one with the first of these first; asked once. */
    List<MessageGroup> takeOrphans() {
        if (orphans.isEmpty()) {
            return List.of();
        }
        List<MessageGroup> inOrder = new ArrayList<>(orphans);
        orphans.clear();
        inOrder.removeIf(group -> group.waiting.isEmpty());
        inOrder.sort(Comparator.comparingLong(group -> Places.rank(group.waiting.first())));
        return inOrder;
    }

    boolean hasOrphanBefore(long rank) {
        return !orphans.isEmpty() // asked for each message
                && orphans.stream()
                        .anyMatch(group -> !group.waiting.isEmpty() && Places.rank(group.waiting.first()) < rank);
    }

    boolean hasOrphans() {
        return !orphans.isEmpty();
    }
}
