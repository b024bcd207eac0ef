package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.Prefetch;

/**
 * The prefetch of a consumer by the policy of its destination (ActiveMQ's PolicyEntry): it counts where the client asks for what stock clients
 * ask for by default, since they do not say whether somebody chose that. Any thread.
 */
final class PrefetchPolicy {
    /** ActiveMQPrefetchPolicy's defaults. */
    private static final int QUEUE = 1_000;

    private static final int QUEUE_BROWSER = 500;
    private static final int TOPIC = Short.MAX_VALUE;
    private static final int DURABLE_TOPIC = 100;
    /** Of a durable subscription that is alone in its session and acknowledges by itself, which is what most are. */
    private static final int OPTIMIZED_DURABLE_TOPIC = 1_000;

    private final DestinationPolicies policies;

    PrefetchPolicy(DestinationPolicies policies) {
        this.policies = policies;
    }

    /**
     * For one consumer.
     *
     * @param durable whether it belongs to a durable subscription
     */
    Rule of(DestinationName destination, boolean browser, boolean durable) {
        Prefetch prefetch = policies.of(destination).prefetch();
        if (destination.isQueue()) {
            return browser
                    ? new Rule(QUEUE_BROWSER, prefetch.queueBrowserPrefetch())
                    : new Rule(QUEUE, prefetch.queuePrefetch());
        }
        return durable
                ? new Rule(DURABLE_TOPIC, OPTIMIZED_DURABLE_TOPIC, prefetch.durableTopicPrefetch())
                : new Rule(TOPIC, prefetch.topicPrefetch());
    }

    /**
     * @param orDefault the other one that a client may have
     * @param byPolicy -1 for none
     */
    record Rule(int clientsDefault, int orDefault, int byPolicy) {
        Rule(int clientsDefault, int byPolicy) {
            this(clientsDefault, clientsDefault, byPolicy);
        }

        /** What a client gets that asks for so many. */
        int apply(int asked) {
            boolean isDefault = asked == clientsDefault || asked == orDefault;
            return isDefault && byPolicy >= 0 ? byPolicy : asked;
        }
    }
}
