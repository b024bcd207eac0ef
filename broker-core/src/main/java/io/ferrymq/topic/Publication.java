package io.ferrymq.topic;

import io.ferrymq.message.Message;
import io.ferrymq.queue.QueueEntry;

/**
 * One message on its way to the subscribers of its topic; those that are durable share its record. Owned by the topic's shard.
 */
public final class Publication {
    private final Message message;
    private final long sequence;
    private final long lsn;
    private final QueueEntry.Holders holders = new QueueEntry.Holders();
    private final QueueEntry own;
    private int kept;
    private boolean expired;

    /** @param lsn of its MessageAdded record; 0 when it has none */
    public Publication(Message message, long sequence, long lsn) {
        this.message = message;
        this.sequence = sequence;
        this.lsn = lsn;
        this.own = QueueEntry.shared(message, sequence, lsn, holders);
    }

    public Message message() {
        return message;
    }

    /** 0 when it has no record. */
    public long lsn() {
        return lsn;
    }

    long sequence() {
        return sequence;
    }

    /** An entry for one more durable subscription. */
    QueueEntry keep() {
        kept++;
        return QueueEntry.shared(message, sequence, lsn, holders);
    }

    /** The publisher's own hold on the message, which is to leave when it has been given to all. */
    public QueueEntry own() {
        return own;
    }

    /**
     * Its time is over before somebody could be given it. True when nobody else says so: neither before, nor a durable subscription, which sees
     * to what it has kept.
     */
    public boolean expire() {
        boolean first = !expired && kept == 0;
        expired = true;
        return first;
    }

    /** How many durable subscriptions have kept it. */
    public int kept() {
        return kept;
    }
}
