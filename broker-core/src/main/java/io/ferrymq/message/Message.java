package io.ferrymq.message;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message: typed headers, and properties and body as bytes that only its protocol understands. Immutable, safe to share
 * between threads; whoever hands byte arrays to the builder must not change them afterwards.
 */
public final class Message {
    /** Stands for "no bytes at all", which OpenWire tells from "zero bytes"; compare by identity. */
    public static final byte[] ABSENT = new byte[0];

    /** Heap a message costs beside its bytes, as ActiveMQ's own accounting assumes (OpenWire 10.5). */
    public static final int OVERHEAD_BYTES = 1024;

    /** The annotation that every dead letter has, named as in ActiveMQ. */
    public static final String FAILURE_CAUSE = "dlqDeliveryFailureCause";

    private final MessageId id;
    private final DestinationName destination;
    private final @Nullable DestinationName originalDestination;
    private final @Nullable DestinationName replyTo;
    private final @Nullable String correlationId;
    private final @Nullable String type;
    private final @Nullable String groupId;
    private final @Nullable String userId;
    private final int groupSequence;
    private final boolean persistent;
    private final boolean compressed;
    private final byte priority;
    private final byte format;
    private final long timestampMs;
    private final long expirationMs;
    private final long arrivalMs;
    private final byte[] body;
    private final byte[] properties;
    private final byte[] extras;
    private final Map<String, Object> annotations;
    private final @Nullable Schedule schedule;

    private Message(Builder from) {
        this.id = Objects.requireNonNull(from.id, "id");
        this.destination = Objects.requireNonNull(from.destination, "destination");
        this.originalDestination = from.originalDestination;
        this.replyTo = from.replyTo;
        this.correlationId = from.correlationId;
        this.type = from.type;
        this.groupId = from.groupId;
        this.userId = from.userId;
        this.groupSequence = from.groupSequence;
        this.persistent = from.persistent;
        this.compressed = from.compressed;
        this.priority = from.priority;
        this.format = from.format;
        this.timestampMs = from.timestampMs;
        this.expirationMs = from.expirationMs;
        this.arrivalMs = from.arrivalMs;
        this.body = from.body;
        this.properties = from.properties;
        this.extras = from.extras;
        this.annotations = Map.copyOf(from.annotations);
        this.schedule = from.schedule;
    }

    public static Builder builder(MessageId id, DestinationName destination) {
        return new Builder(id, destination);
    }

    /** A builder that starts with all of this message's values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    public MessageId id() {
        return id;
    }

    public DestinationName destination() {
        return destination;
    }

    /** Where the producer sent it, when the broker redirected it (composite destination, dead letter queue). */
    public Optional<DestinationName> originalDestination() {
        return Optional.ofNullable(originalDestination);
    }

    public Optional<DestinationName> replyTo() {
        return Optional.ofNullable(replyTo);
    }

    public Optional<String> correlationId() {
        return Optional.ofNullable(correlationId);
    }

    /** JMSType. */
    public Optional<String> type() {
        return Optional.ofNullable(type);
    }

    /** JMSXGroupID. */
    public Optional<String> groupId() {
        return Optional.ofNullable(groupId);
    }

    /** Likewise, for those who ask for each message. */
    public @Nullable String groupIdOrNull() {
        return groupId;
    }

    /** JMSXGroupSeq; negative closes the group. */
    public int groupSequence() {
        return groupSequence;
    }

    /** JMSXUserID. */
    public Optional<String> userId() {
        return Optional.ofNullable(userId);
    }

    public boolean persistent() {
        return persistent;
    }

    /** The body is deflated; says nothing about the properties. */
    public boolean compressed() {
        return compressed;
    }

    /** JMSPriority, 0 to 9; any byte that came over the wire is kept. */
    public byte priority() {
        return priority;
    }

    /** Which encoding {@link #body}, {@link #properties} and {@link #extras} have: OpenWire's message type code, 23 to 29. */
    public byte format() {
        return format;
    }

    /** JMSTimestamp, milliseconds since the epoch. */
    public long timestampMs() {
        return timestampMs;
    }

    /** JMSExpiration, milliseconds since the epoch; 0 is never. */
    public long expirationMs() {
        return expirationMs;
    }

    /** When the broker received it, milliseconds since the epoch (JMSActiveMQBrokerInTime). */
    public long arrivalMs() {
        return arrivalMs;
    }

    /** The body as it came, or {@link #ABSENT}. Not to be changed. */
    public byte[] body() {
        return body;
    }

    /** The properties as they came, or {@link #ABSENT}. Not to be changed. */
    public byte[] properties() {
        return properties;
    }

    /** What else the protocol must keep of this message, or {@link #ABSENT}. Not to be changed. */
    public byte[] extras() {
        return extras;
    }

    /** Properties that the broker added (String, Long, Integer or Boolean values), for instance {@link #FAILURE_CAUSE}. */
    public Map<String, Object> annotations() {
        return annotations;
    }

    /** It could not be delivered somewhere, and says why. */
    public boolean isDeadLetter() {
        return annotations.containsKey(FAILURE_CAUSE);
    }

    /** When it is to be sent; empty for a message that is on its way. */
    public Optional<Schedule> schedule() {
        return Optional.ofNullable(schedule);
    }

    public boolean isScheduled() {
        return schedule != null;
    }

    public boolean isExpiredAt(long nowMs) {
        return expirationMs > 0 && nowMs >= expirationMs;
    }

    /** What it counts for in memory limits: bytes of body, properties and extras and a flat overhead. */
    public int footprintBytes() {
        return OVERHEAD_BYTES + body.length + properties.length + extras.length;
    }

    /** Everything but its body, for who still has to know what it is. */
    public Message withoutBody() {
        return toBuilder().body(format, compressed, ABSENT).build();
    }

    @Override
    public String toString() {
        return "Message[" + id + " to " + destination + ", " + body.length + " bytes]";
    }

    /** Collects the values of a message. Not thread safe. */
    public static final class Builder {
        private MessageId id;
        private DestinationName destination;
        private @Nullable DestinationName originalDestination;
        private @Nullable DestinationName replyTo;
        private @Nullable String correlationId;
        private @Nullable String type;
        private @Nullable String groupId;
        private @Nullable String userId;
        private int groupSequence;
        private boolean persistent;
        private boolean compressed;
        private byte priority = 4;
        private byte format;
        private long timestampMs;
        private long expirationMs;
        private long arrivalMs;
        private byte[] body = ABSENT;
        private byte[] properties = ABSENT;
        private byte[] extras = ABSENT;
        private Map<String, Object> annotations = Map.of();
        private @Nullable Schedule schedule;

        private Builder(MessageId id, DestinationName destination) {
            this.id = id;
            this.destination = destination;
        }

        private Builder(Message from) {
            this(from.id, from.destination);
            originalDestination = from.originalDestination;
            replyTo = from.replyTo;
            correlationId = from.correlationId;
            type = from.type;
            groupId = from.groupId;
            userId = from.userId;
            groupSequence = from.groupSequence;
            persistent = from.persistent;
            compressed = from.compressed;
            priority = from.priority;
            format = from.format;
            timestampMs = from.timestampMs;
            expirationMs = from.expirationMs;
            arrivalMs = from.arrivalMs;
            body = from.body;
            properties = from.properties;
            extras = from.extras;
            annotations = from.annotations;
            schedule = from.schedule;
        }

        public Builder id(MessageId value) {
            id = value;
            return this;
        }

        public Builder destination(DestinationName value) {
            destination = value;
            return this;
        }

        public Builder originalDestination(@Nullable DestinationName value) {
            originalDestination = value;
            return this;
        }

        public Builder replyTo(@Nullable DestinationName value) {
            replyTo = value;
            return this;
        }

        public Builder correlationId(@Nullable String value) {
            correlationId = value;
            return this;
        }

        public Builder type(@Nullable String value) {
            type = value;
            return this;
        }

        public Builder group(@Nullable String id, int sequence) {
            groupId = id;
            groupSequence = sequence;
            return this;
        }

        public Builder userId(@Nullable String value) {
            userId = value;
            return this;
        }

        public Builder persistent(boolean value) {
            persistent = value;
            return this;
        }

        public Builder priority(byte value) {
            priority = value;
            return this;
        }

        public Builder timestampMs(long value) {
            timestampMs = value;
            return this;
        }

        public Builder expirationMs(long value) {
            expirationMs = value;
            return this;
        }

        public Builder arrivalMs(long value) {
            arrivalMs = value;
            return this;
        }

        /** The body and how it is encoded. */
        public Builder body(byte format, boolean compressed, byte[] bytes) {
            this.format = format;
            this.compressed = compressed;
            this.body = bytes;
            return this;
        }

        public Builder properties(byte[] bytes) {
            properties = bytes;
            return this;
        }

        public Builder extras(byte[] bytes) {
            extras = bytes;
            return this;
        }

        public Builder annotations(Map<String, Object> values) {
            annotations = values;
            return this;
        }

        public Builder schedule(@Nullable Schedule value) {
            schedule = value;
            return this;
        }

        public Message build() {
            return new Message(this);
        }
    }
}
