package io.ferrymq.queue;

import io.ferrymq.message.Message;
import org.jspecify.annotations.Nullable;

/** Bodies that somebody who has come to them in a backlog wants back in the heap. Used on the queue's shard. */
public interface WantedBodies {
    /** Whether the queue comes to a standstill without them. */
    boolean isUrgent();

    /** Which of them are to be read now: not more than so many bytes and one. None when nobody needs them any more. */
    Batch choose(long mostBytes);

    /** The chosen ones, in order, with null for what cannot be read. */
    void read(@Nullable Message[] messages);

    /** Where the records of messages are, and what those take of the heap. */
    record Batch(long[] lsns, long bytes) {}
}
