package io.ferrymq.policy;

/**
 * Which of the messages that wait for a slow subscriber goes when they are too many (ActiveMQ's messageEvictionStrategy).
 *
 * @param property for UNIQUE_PROPERTY its name, else empty
 */
public record MessageEviction(Kind kind, String property) {
    /** ActiveMQ's strategies. */
    public enum Kind {
        /** The one that has waited longest. */
        OLDEST,
        /** Of those with the lowest priority the one that has waited longest. */
        OLDEST_WITH_LOWEST_PRIORITY,
        /** All but the newest with each value of a property; the one that has waited longest when each has its own value. */
        UNIQUE_PROPERTY
    }

    public static final MessageEviction OLDEST = new MessageEviction(Kind.OLDEST, "");

    public static final MessageEviction OLDEST_WITH_LOWEST_PRIORITY =
            new MessageEviction(Kind.OLDEST_WITH_LOWEST_PRIORITY, "");

    public static MessageEviction uniqueProperty(String name) {
        return new MessageEviction(Kind.UNIQUE_PROPERTY, name);
    }
}
