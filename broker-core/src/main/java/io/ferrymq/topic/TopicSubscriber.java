package io.ferrymq.topic;

import io.ferrymq.queue.Filter;

/** Whoever a topic gives its messages to. Owned by the topic's shard. */
sealed interface TopicSubscriber permits TopicSubscription, DurableSubscription {
    /** Which messages it wants; the topic asks only for those that its selector matches. */
    Filter filter();

    /** Takes a message of its topic that it wants. */
    void offer(Publication publication);
}
