package io.ferrymq.queue;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The message groups that a consumer has, and in which order their messages wait for it. Owned by the queue's shard. */
final class Claims {
    /** How many groups. */
    int groups;
    /** What is next for it is on its way back into the heap. */
    boolean reading;
    /** Those of which messages wait, by the first of these; few consumers ever have any. */
    private @Nullable NavigableMap<Long, MessageGroup> waiting;

    boolean isWaitedFor() {
        return waiting != null && !waiting.isEmpty();
    }

    /** The group whose message is to be given first, or null. */
    @Nullable
    MessageGroup first() {
        Map.Entry<Long, MessageGroup> first = waiting == null ? null : waiting.firstEntry();
        return first == null ? null : first.getValue();
    }

    /** What waits of one of its groups has changed. */
    void changed(MessageGroup group) {
        long first = group.waiting.first();
        long rank = first == Backlog.NOWHERE ? first : Places.rank(first);
        if (rank != group.rank) {
            leave(group);
            join(group, rank);
        }
    }

    private void join(MessageGroup group, long rank) {
        group.rank = rank;
        if (rank != Backlog.NOWHERE) {
            waiting = waiting == null ? new TreeMap<>() : waiting;
            waiting.put(rank, group);
        }
    }

    /** The group is its no longer. */
    void leave(MessageGroup group) {
        if (group.rank != Backlog.NOWHERE && waiting != null) {
            waiting.remove(group.rank);
        }
        group.rank = Backlog.NOWHERE;
    }
}
