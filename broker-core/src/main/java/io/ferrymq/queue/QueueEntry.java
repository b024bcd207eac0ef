package io.ferrymq.queue;

import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.selector.Candidate;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One message in the backlog of one queue. Owned by the shard of that queue. An entry is a node in the dispatched list of the consumer
 * that holds it.
 */
public final class QueueEntry {
    /** Highest priority first, then oldest. */
    static final Comparator<QueueEntry> IN_ORDER =
            Comparator.comparingInt((QueueEntry entry) -> -entry.level).thenComparingLong(entry -> entry.order);

    /** Where an entry is on its way through the queue. */
    public enum State {
        /** Waits for a consumer. */
        READY,
        /** With a consumer, not acknowledged. */
        DISPATCHED,
        /** Acknowledged inside an open transaction. */
        IN_TRANSACTION,
        /** Acknowledged, and a record that says so may be on its way: a record that says it is there must not follow. */
        COMMITTING,
        /** Waits for a consumer, though not in this object any more: its body is in the journal only. */
        STORED,
        /** Not in the backlog any more. */
        GONE
    }

    /** A body that is smaller stays: the entry takes as much. */
    private static final int LEAST_BODY_BYTES = 256;

    private Message message;
    /** Its body is in the journal only; everything else of the message is here. */
    private boolean light;

    private final int footprintBytes;
    private final long sequence;
    private long lsn;
    private @Nullable Holders holders;
    long order;
    int level;
    int redeliveries;
    /** How many audiences know that it matches. */
    int rememberedBy;

    State state = State.READY;

    @Nullable
    QueueConsumer consumer;

    @Nullable
    QueueEntry previousDispatched;

    @Nullable
    QueueEntry nextDispatched;

    /** @param lsn of its MessageAdded record; 0 for a message that is not in the journal */
    public QueueEntry(Message message, long sequence, long lsn, int redeliveries) {
        this(message, sequence, lsn, redeliveries, null);
    }

    private QueueEntry(Message message, long sequence, long lsn, int redeliveries, @Nullable Holders holders) {
        this.message = message;
        this.footprintBytes = message.footprintBytes();
        this.sequence = sequence;
        this.lsn = lsn;
        this.redeliveries = redeliveries;
        this.holders = holders;
    }

    /** How many entries hold one message in the heap. */
    public static final class Holders {
        private int count;
    }

    /** An entry of a message that has others, in other backlogs of this shard, with the same record. */
    public static QueueEntry shared(Message message, long sequence, long lsn, Holders holders) {
        holders.count++;
        return new QueueEntry(message, sequence, lsn, 0, holders);
    }

    /** One whose body is in the journal only, though it is to be an entry. */
    static QueueEntry light(Message message, Absent absent) {
        return new QueueEntry(message.withoutBody(), absent);
    }

    private QueueEntry(Message withoutBody, Absent absent) {
        this.message = withoutBody;
        this.light = true;
        this.footprintBytes = absent.footprintBytes();
        this.sequence = absent.sequence();
        this.lsn = absent.lsn();
        this.redeliveries = absent.redeliveries();
    }

    /** Said once, when the entry holds the message no longer: true when no other entry does. */
    public boolean isLastToHold() {
        return holders == null || --holders.count == 0;
    }

    /** Whether it waits for nobody in particular and can be read from the journal again. */
    boolean mayLeaveTheHeap() {
        return state == State.READY && rememberedBy == 0 && isJournaled();
    }

    /** Whether letting go of its body makes room, and it can be read from the journal again. */
    boolean canBeLight() {
        return !light && isJournaled() && message.body().length >= LEAST_BODY_BYTES;
    }

    public boolean isLight() {
        return light;
    }

    /** For selectors. */
    Candidate candidate(PropertyFormat properties) {
        return new Candidate(message, properties, redeliveries);
    }

    /** Lets go of its body; returns how many bytes fewer are in the heap. */
    long lighten() {
        Message whole = message;
        long freed = isLastToHold() ? whole.footprintBytes() : 0;
        holders = null;
        message = whole.withoutBody();
        light = true;
        return freed - message.footprintBytes();
    }

    /** Its body is here again; returns how many bytes more are in the heap. */
    public long fill(Message whole) {
        long before = message.footprintBytes();
        message = whole;
        light = false;
        return whole.footprintBytes() - before;
    }

    /** What its message takes of the heap now. */
    public int heapBytes() {
        return message.footprintBytes();
    }

    /** What its message takes with its body. */
    int footprintBytes() {
        return footprintBytes;
    }

    /** Its record was written again. */
    void movedTo(long newLsn) {
        lsn = newLsn;
    }

    /** Without its body when that is in the journal only. */
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
