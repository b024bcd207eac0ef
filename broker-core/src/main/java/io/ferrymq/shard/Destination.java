package io.ferrymq.shard;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.queue.Queue;
import io.ferrymq.topic.Topic;
import org.jspecify.annotations.Nullable;

/** A destination and what its shard, the owner, must remember of it beside its state machine. */
final class Destination {
    private final DestinationName name;
    private final @Nullable Queue queue;
    private final @Nullable Topic topic;
    final DestinationPolicy policy;
    /** Messages on their way into it, through the journal or in a commit: later ones must not overtake them. */
    int parkedMessages;
    /** Durable subscriptions of this topic, those included whose record is still on its way. */
    int durables;
    /** When it was last seen in use, milliseconds of the monotonic clock; for its removal when nobody uses it. */
    long lastUsedMs;
    /** It is gone, and what was on its way into it goes with it. */
    boolean removed;
    /** The client that a temporary destination ends with: whoever added it last. */
    long owner;
    /** Its newest DestinationAdded record, found at recovery or appended since. */
    @Nullable
    JournalEntry addedEntry;

    private Destination(DestinationName name, @Nullable Queue queue, @Nullable Topic topic, DestinationPolicy policy) {
        this.policy = policy;
        this.name = name;
        this.queue = queue;
        this.topic = topic;
    }

    static Destination of(Queue queue, DestinationPolicy policy) {
        return new Destination(queue.name(), queue, null, policy);
    }

    static Destination of(Topic topic, DestinationPolicy policy) {
        return new Destination(topic.name(), null, topic, policy);
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

    /** Whether a persistent message to it is written to the journal. */
    boolean keepsMessages() {
        return isDurable() || durables > 0;
    }

    /** Whether it has consumers, or durable subscriptions, be they without one. */
    boolean isInUse() {
        return consumerCount() > 0 || (name.isTopic() && topic().hasDurables());
    }

    /** What the oldest of those is called in messages; only while it {@link #isInUse}. */
    String oldestUser() {
        if (name.isQueue()) {
            return "QueueSubscription: consumer=" + queue().oldestConsumer();
        }
        return consumerCount() > 0
                ? "TopicSubscription: consumer=" + topic().oldestConsumer()
                : "DurableTopicSubscription: name=" + topic().oldestDurable() + ", active=false";
    }

    /** Whether the record that says it is there is, or may be, behind this one. */
    boolean isNewerThan(long lsn) {
        JournalEntry added = addedEntry;
        return added != null && (added.firstLsn() == 0 || added.firstLsn() > lsn);
    }

    /** Whether its existence and its persistent messages survive a restart. */
    boolean isDurable() {
        return name.isQueue() && !name.isTemporary();
    }
}
