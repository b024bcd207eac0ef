package io.ferrymq.policy;

/**
 * What consumers get as prefetch that leave it to their client's default (ActiveMQ's policyEntry attributes of these names), messages; -1 leaves
 * it to the client.
 *
 * @param queuePrefetch of consumers of queues
 * @param queueBrowserPrefetch of browsers
 * @param topicPrefetch of subscribers that are not durable
 * @param durableTopicPrefetch of durable ones
 */
public record Prefetch(int queuePrefetch, int queueBrowserPrefetch, int topicPrefetch, int durableTopicPrefetch) {
    /** Left to the clients. */
    public static final Prefetch NONE = new Prefetch(-1, -1, -1, -1);

    public Prefetch {
        if (queuePrefetch < -1 || queueBrowserPrefetch < -1 || topicPrefetch < -1 || durableTopicPrefetch < -1) {
            throw new IllegalArgumentException("a prefetch is -1 or more: queuePrefetch=" + queuePrefetch
                    + ", queueBrowserPrefetch=" + queueBrowserPrefetch + ", topicPrefetch=" + topicPrefetch
                    + ", durableTopicPrefetch=" + durableTopicPrefetch);
        }
    }

    public Prefetch withQueuePrefetch(int value) {
        return new Prefetch(value, queueBrowserPrefetch, topicPrefetch, durableTopicPrefetch);
    }

    public Prefetch withQueueBrowserPrefetch(int value) {
        return new Prefetch(queuePrefetch, value, topicPrefetch, durableTopicPrefetch);
    }

    public Prefetch withTopicPrefetch(int value) {
        return new Prefetch(queuePrefetch, queueBrowserPrefetch, value, durableTopicPrefetch);
    }

    public Prefetch withDurableTopicPrefetch(int value) {
        return new Prefetch(queuePrefetch, queueBrowserPrefetch, topicPrefetch, value);
    }
}
