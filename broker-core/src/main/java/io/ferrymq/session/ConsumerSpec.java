package io.ferrymq.session;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;

/**
 * What a consumer asks for (OpenWire ConsumerInfo).
 *
 * @param destination may be composite; its members of another kind than the whole are left out, as in ActiveMQ
 * @param prefetch how many messages may be outstanding; 0 means the consumer pulls
 * @param priority -128 to 127, higher first
 * @param browser only looks: messages stay in the queue
 * @param noLocal does not want messages of its own connection
 * @param exclusive wants the queue for itself
 * @param selector JMS selector, or empty
 * @param subscriptionName of a durable subscription, or empty
 * @param retroactive wants what the topics remember
 * @param pendingLimit how many messages of topics may wait for it beyond its prefetch; 0 leaves it to the policy
 */
public record ConsumerSpec(
        ConsumerId id,
        DestinationName destination,
        int prefetch,
        int priority,
        boolean browser,
        boolean noLocal,
        boolean exclusive,
        String selector,
        String subscriptionName,
        boolean retroactive,
        int pendingLimit) {
    public ConsumerSpec {
        destination = destination.ofOneKind();
    }

    /** A consumer that is not durable and leaves the rest to the policies. */
    public ConsumerSpec(
            ConsumerId id,
            DestinationName destination,
            int prefetch,
            int priority,
            boolean browser,
            boolean noLocal,
            boolean exclusive,
            String selector) {
        this(id, destination, prefetch, priority, browser, noLocal, exclusive, selector, "", false, 0);
    }

    boolean isDurable() {
        return !subscriptionName.isEmpty();
    }
}
