package io.ferrymq.selector;

import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The identifiers that are no properties, with the values that ActiveMQ Classic gives them. A message is selected before it is
 * delivered, so what only a delivery has is not there yet, and how often it was delivered counts the one that is to come.
 */
enum Header {
    DESTINATION("JMSDestination", message -> message.originalDestination()
            .orElse(message.destination())
            .qualified()),
    REPLY_TO(
            "JMSReplyTo",
            message -> message.replyTo().map(name -> name.qualified()).orElse(null)),
    TYPE("JMSType", message -> message.type().orElse(null)),
    DELIVERY_MODE("JMSDeliveryMode", message -> message.persistent() ? "PERSISTENT" : "NON_PERSISTENT"),
    PRIORITY("JMSPriority", message -> (int) message.priority()),
    MESSAGE_ID("JMSMessageID", message -> text(message.id())),
    TIMESTAMP("JMSTimestamp", Message::timestampMs),
    CORRELATION_ID("JMSCorrelationID", message -> message.correlationId().orElse(null)),
    EXPIRATION("JMSExpiration", Message::expirationMs),
    REDELIVERED("JMSRedelivered") {
        @Override
        Object value(Candidate candidate) {
            return candidate.redeliveries() > 0;
        }
    },
    DELIVERY_COUNT("JMSXDeliveryCount") {
        @Override
        Object value(Candidate candidate) {
            return candidate.redeliveries() + 1;
        }
    },
    GROUP_ID("JMSXGroupID", message -> message.groupId().orElse(null)),
    GROUP_SEQUENCE("JMSXGroupSeq", Message::groupSequence),
    USER_ID("JMSXUserID", message -> message.userId().orElse(null)) {
        @Override
        @Nullable
        Object value(Candidate candidate) {
            Object user = super.value(candidate);
            return user == null ? candidate.property("JMSXUserID") : user;
        }
    },
    /** Not kept where it could be read. */
    PRODUCER_TRANSACTION("JMSXProducerTXID"),
    BROKER_IN_TIME("JMSActiveMQBrokerInTime", Message::arrivalMs),
    BROKER_OUT_TIME("JMSActiveMQBrokerOutTime", message -> 0L),
    /** There is none; Classic says so with this word. */
    BROKER_PATH("JMSActiveMQBrokerPath", message -> "null"),
    FIRST_OF_GROUP("JMSXGroupFirstForConsumer", message -> Boolean.FALSE);

    static final Map<String, Header> BY_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(header -> header.identifier, header -> header));

    private final String identifier;
    private final Function<Message, @Nullable Object> value;

    Header(String identifier) {
        this(identifier, message -> null);
    }

    Header(String identifier, Function<Message, @Nullable Object> value) {
        this.identifier = identifier;
        this.value = value;
    }

    @Nullable
    Object value(Candidate candidate) {
        return value.apply(candidate.message());
    }

    /** OpenWire 11: the id that a message brought from another protocol goes before its own. */
    private static String text(MessageId id) {
        String foreign = id.foreignId();
        if (foreign.isEmpty()) {
            return id.toString();
        }
        return foreign.startsWith("ID:") ? foreign : "ID:" + foreign;
    }
}
