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
    private final boolean late;
    private int kept;
    private boolean endNoted;
    private boolean dispatchTold;

    /** @param lsn of its MessageAdded record; 0 when it has none */
    public Publication(Message message, long sequence, long lsn) {
        this(message, sequence, lsn, false);
    }

    /**
     * @param lsn of its MessageAdded record; 0 when it has none
     * @param late its time was over before anybody could be given it
     */
    public Publication(Message message, long sequence, long lsn, boolean late) {
        this.late = late;
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

    /** Once more for one who came late. Whoever had it on time had it, so nothing is to be done when it expires. */
    static Publication recalled(Message message, long sequence) {
        Publication again = new Publication(message, sequence, 0);
        again.endNoted = true;
        return again;
    }

    public boolean isLate() {
        return late;
    }

    /**
     * It was not given to somebody in time. True when it is to be a dead letter: the first time, unless a durable subscription has kept it, which sees
     * to that itself.
     */
    public boolean noteExpiry() {
        boolean first = !endNoted && kept == 0;
        endNoted = true;
        return first;
    }

    /** It is to be told of each subscriber that is given it. */
    public void tellDispatch() {
        dispatchTold = true;
    }

    boolean isDispatchTold() {
        return dispatchTold;
    }

    /** Somebody had no room for it. True when it is to be a dead letter: the first time. */
    boolean noteDiscard() {
        boolean first = !endNoted;
        endNoted = true;
        return first;
    }

    /** How many durable subscriptions have kept it. */
    public int kept() {
        return kept;
    }
}
