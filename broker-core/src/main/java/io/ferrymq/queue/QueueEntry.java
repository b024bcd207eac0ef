package io.ferrymq.queue;

import io.ferrymq.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * One message in the backlog of one queue. Owned by the shard of that queue. An entry is a node of two lists at once: the
 * backlog, and the dispatched list of the consumer that holds it.
 */
public final class QueueEntry {
    /** Where an entry is on its way through the queue. */
    public enum State {
        /** Waits for a consumer. */
        READY,
        /** With a consumer, not acknowledged. */
        DISPATCHED,
        /** Acknowledged inside an open or committing transaction. */
        IN_TRANSACTION,
        /** Not in the backlog any more. */
        GONE
    }

    private final Message message;
    private final long sequence;
    private final long lsn;
    long order;
    int redeliveries;
    State state = State.READY;

    @Nullable
    QueueConsumer consumer;

    @Nullable
    QueueEntry previous;

    @Nullable
    QueueEntry next;

    @Nullable
    QueueEntry previousDispatched;

    @Nullable
    QueueEntry nextDispatched;

    /** @param lsn of its MessageAdded record; 0 for a message that is not in the journal */
    public QueueEntry(Message message, long sequence, long lsn, int redeliveries) {
        this.message = message;
        this.sequence = sequence;
        this.lsn = lsn;
        this.redeliveries = redeliveries;
    }

    public Message message() {
        return message;
    }

    /** Identifies the message in this broker; grows over all destinations. */
    public long sequence() {
        return sequence;
    }

    public long lsn() {
        return lsn;
    }

    public boolean isJournaled() {
        return lsn > 0;
    }

    public int redeliveries() {
        return redeliveries;
    }

    public State state() {
        return state;
    }
}
