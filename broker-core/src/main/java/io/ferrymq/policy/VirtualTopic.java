package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;

/**
 * Topics whose messages also go to the queues of their consumers (ActiveMQ's virtualTopic).
 *
 * @param pattern which topics
 * @param prefix what comes before the topic's name in the name of a consumer's queue; {@code *} stands for one element, which tells
 *     groups of consumers apart
 * @param postfix what comes behind it
 */
public record VirtualTopic(DestinationPattern pattern, String prefix, String postfix) implements VirtualDestination {
    private static final String CONSUMERS = "Consumer.*.";

    /** ActiveMQ's own: {@code Consumer.NAME.VirtualTopic.X} consumes {@code VirtualTopic.X}. */
    public static final VirtualTopic DEFAULT = of("VirtualTopic.>");

    /** With queues called {@code Consumer.*.TOPIC}. */
    public static VirtualTopic of(String topics) {
        return new VirtualTopic(DestinationPattern.of(DestinationName.topic(topics)), CONSUMERS, "");
    }

    public VirtualTopic withPrefix(String value) {
        return new VirtualTopic(pattern, value, postfix);
    }

    public VirtualTopic withPostfix(String value) {
        return new VirtualTopic(pattern, prefix, value);
    }
}
