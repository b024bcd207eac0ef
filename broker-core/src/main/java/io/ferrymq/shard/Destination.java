package io.ferrymq.shard;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.message.DestinationName;
import io.ferrymq.queue.Queue;
import io.ferrymq.topic.Topic;
import org.jspecify.annotations.Nullable;

/** A destination and what its shard, the owner, must remember of it beside its state machine. */
final class Destination {
    private final DestinationName name;
    private final @Nullable Queue queue;
    private final @Nullable Topic topic;
    /** Messages on their way into it, through the journal or in a commit: later ones must not overtake them. */
    int parkedMessages;
    /** It is gone, and what was on its way into it goes with it. */
    boolean removed;
    /** The client that a temporary destination ends with: whoever added it last. */
    long owner;
    /** Its newest DestinationAdded record, found at recovery or appended since. */
    @Nullable
    JournalEntry addedEntry;

    private Destination(DestinationName name, @Nullable Queue queue, @Nullable Topic topic) {
        this.name = name;
        this.queue = queue;
        this.topic = topic;
    }

    static Destination of(Queue queue) {
        return new Destination(queue.name(), queue, null);
    }

    static Destination of(Topic topic) {
        return new Destination(topic.name(), null, topic);
    }

    DestinationName name() {
        return name;
    }

    /** Its queue; only for queue names. */
    Queue queue() {
        if (queue == null) {
            throw new IllegalStateException("not a queue: " + name);
        }
        return queue;
    }

    /** Its topic; only for topic names. */
    Topic topic() {
        if (topic == null) {
            throw new IllegalStateException("not a topic: " + name);
        }
        return topic;
    }

    int consumerCount() {
        return name.isQueue() ? queue().consumerCount() : topic().consumerCount();
    }

    /** What its oldest consumer is called in messages; only while it has one. */
    String oldestConsumer() {
        return name.isQueue()
                ? "QueueSubscription: consumer=" + queue().oldestConsumer()
                : "TopicSubscription: consumer=" + topic().oldestConsumer();
    }

    /** Whether its existence and its persistent messages survive a restart. */
    boolean isDurable() {
        return name.isQueue() && !name.isTemporary();
    }
}
