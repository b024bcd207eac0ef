package io.ferrymq.message;

import java.util.Objects;

/**
 * The name of a destination: its kind and its physical name, as OpenWire's ActiveMQDestination carries it (options behind
 * {@code ?} already cut off). Immutable.
 */
public record DestinationName(Kind kind, String physicalName) {
    /** The four kinds of JMS destinations. */
    public enum Kind {
        QUEUE("queue://"),
        TOPIC("topic://"),
        TEMP_QUEUE("temp-queue://"),
        TEMP_TOPIC("temp-topic://");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    public DestinationName {
        Objects.requireNonNull(kind, "kind");
        if (physicalName.isBlank()) {
            throw new IllegalArgumentException("a destination needs a name: kind=" + kind);
        }
    }

    public static DestinationName queue(String physicalName) {
        return new DestinationName(Kind.QUEUE, physicalName);
    }

    public static DestinationName topic(String physicalName) {
        return new DestinationName(Kind.TOPIC, physicalName);
    }

    public boolean isQueue() {
        return kind == Kind.QUEUE || kind == Kind.TEMP_QUEUE;
    }

    public boolean isTopic() {
        return !isQueue();
    }

    public boolean isTemporary() {
        return kind == Kind.TEMP_QUEUE || kind == Kind.TEMP_TOPIC;
    }

    /** Several destinations in one name, separated by commas. */
    public boolean isComposite() {
        return physicalName.indexOf(',') >= 0;
    }

    /** True for {@code ActiveMQ.Advisory.>} topics. */
    public boolean isAdvisory() {
        return kind == Kind.TOPIC && physicalName.startsWith("ActiveMQ.Advisory.");
    }

    /** The connection that owns a temporary destination: all before the last colon of its name. */
    public String temporaryOwner() {
        int colon = physicalName.lastIndexOf(':');
        return colon < 0 ? "" : physicalName.substring(0, colon);
    }

    /** For people: {@code queue://ORDERS}; a composite has no prefix. */
    public String qualified() {
        return isComposite() ? physicalName : kind.prefix + physicalName;
    }

    // by hand, because these two run several times per message and the generated ones go through method handles
    @Override
    public boolean equals(Object other) {
        return other instanceof DestinationName that && kind == that.kind && physicalName.equals(that.physicalName);
    }

    @Override
    public int hashCode() {
        return physicalName.hashCode() * 31 + kind.ordinal();
    }

    @Override
    public String toString() {
        return qualified();
    }
}
