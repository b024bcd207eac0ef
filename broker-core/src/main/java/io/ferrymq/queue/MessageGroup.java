package io.ferrymq.queue;

import org.jspecify.annotations.Nullable;

/** One message group of a queue: who has it, and which of its messages wait for whoever does. Owned by the queue's shard. */
final class MessageGroup {
    @Nullable
    QueueConsumer owner;
    /** Messages that consumers have. */
    int inWork;
    /** Its messages that have been come to, but not given to anybody yet: no consumer may have them but the owner, one after the other. */
    final Places waiting = new Places();
    /** Those that the owner does not want: nobody may have them while it is the owner, as in ActiveMQ. */
    final Places unwanted = new Places();
    /** Nobody has the group, and this is what is offered to all now. */
    @Nullable
    QueueEntry offered;
    /** By what it is known in its owner's {@link Claims}, or {@link Backlog#NOWHERE}. */
    long rank = Backlog.NOWHERE;

    /** Whether it can be forgotten without a trace. */
    boolean isAtRest() {
        return inWork == 0 && waiting.isEmpty() && unwanted.isEmpty() && !isOffered();
    }

    /** Whether a message of it is there for whoever has credit first. */
    boolean isOffered() {
        return offered != null && offered.state == QueueEntry.State.READY;
    }

    /** What is offered is so no longer, because an earlier one has to be, or it is that one. */
    void withdrawBehind(QueueEntry entry) {
        if (offered != null && isOffered() && Places.rank(entry) <= Places.rank(offered)) {
            waiting.add(offered);
            offered = null;
        }
    }

    /** Whether an earlier message of it waits. */
    boolean hasBefore(QueueEntry entry) {
        long first = waiting.first();
        return first != Backlog.NOWHERE && Places.rank(first) < Places.rank(entry);
    }
}
