package io.ferrymq.queue;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import java.util.List;

/** What a queue asks to happen outside of itself; done by its shard, on the shard's thread. */
public interface QueueEffects {
    /** The messages have left the backlog for good: write that down, give back their memory. */
    void removed(DestinationName queue, List<QueueEntry> entries);

    /** The same, because a consumer has acknowledged them. */
    void consumed(DestinationName queue, List<QueueEntry> entries);

    /** The messages have left the backlog for the dead letter queue, where they belong there; else for good. */
    void deadLettered(DestinationName queue, List<QueueEntry> entries, DeadLetterReason reason);

    /** The messages count more deliveries than before: write that down. */
    void deliveriesCounted(DestinationName queue, List<QueueEntry> entries);

    /** The message is on its way to the consumer; only where the policy wants that told. */
    void dispatched(DestinationName queue, QueueEntry entry, ConsumerId consumer);

    /** The consumer's window has become full while messages wait; only where the policy wants that told, or such consumers ended. */
    void slow(DestinationName queue, ConsumerId consumer);

    /** Whether nobody is to be given anything any more: the broker stops. */
    boolean deliversNoMore();

    /** Whether the journal's disk is nearly full, so that nothing is to be written that does not make room. */
    boolean isSpaceLow();

    /** Whether bodies can be read from the journal again, and so may leave the heap: not from one that forgets. */
    boolean readsBodies();

    /**
     * How many bytes of waiting messages the queue may have in the heap now; the bodies of the others are to be in the journal only.
     *
     * @param inUse it has consumers
     */
    long heapShare(boolean inUse);

    /** Whether so much of the heap is used that bodies are to be in it only while somebody takes them. */
    boolean isHeapTight();

    /** So many bytes of bodies have left the heap, while their messages stay in the queue. */
    void bodiesStored(long bytes);

    /** Reads bodies from the journal, when there is memory for them. */
    void readBodies(WantedBodies wanted);

    /** So many bytes of bodies are in the heap again. */
    void bodiesBack(long bytes);

    /** These messages are damaged in the journal; they have left the backlog and cannot be delivered. */
    void lost(DestinationName queue, List<Absent> messages);

    /** Runs the action when so many milliseconds have passed. */
    void later(long delayMs, Runnable action);

    /** Call {@link Queue#sweep} in the next duty cycle. */
    void sweepLater(Queue queue);

    /** Why messages go to the dead letter queue, and the words for it. */
    record DeadLetterReason(Kind kind, String cause) {
        /** Its time is over. */
        public static final DeadLetterReason LATE = new DeadLetterReason(Kind.EXPIRED, "");

        /** A selector asks for its properties, and they cannot be read. */
        public static final DeadLetterReason UNREADABLE = new DeadLetterReason(
                Kind.POISON, "java.lang.Throwable: Properties cannot be read, so no selector can be tried");

        /** The reasons there are. */
        public enum Kind {
            POISON,
            EXPIRED,
            /** It had to go before a slow subscriber of its topic had room for it. */
            DISCARDED
        }
    }
}
