package io.ferrymq.topic;

import io.ferrymq.message.PropertyFormat;
import io.ferrymq.policy.MessageEviction;
import java.util.List;

/** What waits for a subscriber, in the order it came, and what goes when that is too much. Owned by the subscription's shard. */
public interface WaitingMessages {
    void add(Publication publication);

    int size();

    default boolean isEmpty() {
        return size() == 0;
    }

    /** The one that has waited longest; only while there is one. */
    Publication first();

    Publication removeFirst();

    /** Takes out what goes first, one message at least; only while there is one. */
    List<Publication> evict();

    /** As the policy wants it. */
    static WaitingMessages of(MessageEviction eviction, PropertyFormat properties) {
        return switch (eviction.kind()) {
            case OLDEST -> new OldestGoes();
            case OLDEST_WITH_LOWEST_PRIORITY -> new LowestPriorityGoes();
            case UNIQUE_PROPERTY -> new RepeatedPropertyGoes(eviction.property(), properties);
        };
    }
}
