package io.ferrymq.message;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The name of a destination: its kind and its physical name, as OpenWire's ActiveMQDestination carries it (options behind
 * {@code ?} already cut off). Immutable.
 */
public record DestinationName(Kind kind, String physicalName) {
    /** The four kinds of JMS destinations, and the backlog of a durable subscription, which no client can name. */
    public enum Kind {
        QUEUE("queue://"),
        TOPIC("topic://"),
        TEMP_QUEUE("temp-queue://"),
        TEMP_TOPIC("temp-topic://"),
        SUBSCRIPTION("subscription://");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /** What a member of a composite may be called: no client can name a subscription. */
    private static final List<Kind> NAMEABLE = List.of(Kind.QUEUE, Kind.TOPIC, Kind.TEMP_QUEUE, Kind.TEMP_TOPIC);

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

    /** The backlog of a durable subscription: the client id, with its colons escaped, a colon, and the subscription's name. */
    public static DestinationName subscription(String clientId, String subscriptionName) {
        String client = clientId.replace("\\", "\\\\").replace(":", "\\:");
        return new DestinationName(Kind.SUBSCRIPTION, client + ':' + subscriptionName);
    }

    /** The client id in the name of a durable subscription. */
    public String subscriptionClient() {
        return physicalName
                .substring(0, subscriptionColon())
                .replace("\\:", ":")
                .replace("\\\\", "\\");
    }

    /** The subscription's own name in the name of a durable subscription. */
    public String subscriptionName() {
        return physicalName.substring(subscriptionColon() + 1);
    }

    /** The first colon that is not escaped. */
    private int subscriptionColon() {
        int at = 0;
        while (physicalName.charAt(at) != ':') {
            at += physicalName.charAt(at) == '\\' ? 2 : 1;
        }
        return at;
    }

    public boolean isSubscription() {
        return kind == Kind.SUBSCRIPTION;
    }

    public boolean isQueue() {
        return kind == Kind.QUEUE || kind == Kind.TEMP_QUEUE;
    }

    public boolean isTopic() {
        return kind == Kind.TOPIC || kind == Kind.TEMP_TOPIC;
    }

    public boolean isTemporary() {
        return kind == Kind.TEMP_QUEUE || kind == Kind.TEMP_TOPIC;
    }

    /** Several destinations in one name, separated by commas. */
    public boolean isComposite() {
        return physicalName.indexOf(',') >= 0;
    }

    /**
     * The destinations that a composite name stands for, in the order they are named, each once; a member without prefix has this
     * name's kind (OpenWire 12). A name that is no composite stands for itself; options behind {@code ?} and blanks around are cut off.
     */
    public List<DestinationName> members() {
        if (!isComposite()) {
            return List.of(isPlain() ? this : new DestinationName(kind, withoutOptions(physicalName.trim())));
        }
        Set<DestinationName> members = new LinkedHashSet<>();
        for (String part : physicalName.split(",")) {
            if (!part.isBlank()) {
                members.add(member(part.trim()));
            }
        }
        return List.copyOf(members);
    }

    /** Of a composite name only the members of its own kind: of others it has no consumer, as in ActiveMQ. */
    public DestinationName ofOneKind() {
        List<DestinationName> members = isComposite() ? members() : List.of();
        if (members.stream().allMatch(member -> member.kind == kind)) {
            return this;
        }
        String own = members.stream()
                .filter(member -> member.kind == kind)
                .map(DestinationName::physicalName)
                .collect(Collectors.joining(","));
        return own.isEmpty() ? this : new DestinationName(kind, own);
    }

    private DestinationName member(String part) {
        for (Kind candidate : NAMEABLE) {
            if (part.startsWith(candidate.prefix) && part.length() > candidate.prefix.length()) {
                return new DestinationName(candidate, withoutOptions(part.substring(candidate.prefix.length())));
            }
        }
        return new DestinationName(kind, withoutOptions(part));
    }

    private boolean isPlain() {
        return physicalName.indexOf('?') < 0
                && physicalName.charAt(0) > ' '
                && physicalName.charAt(physicalName.length() - 1) > ' ';
    }

    private static String withoutOptions(String name) {
        int options = name.indexOf('?');
        return options <= 0 ? name : name.substring(0, options);
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
