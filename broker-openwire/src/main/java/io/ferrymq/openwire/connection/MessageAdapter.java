package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Delivery;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.openwire.codec.MalformedFrameException;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQBlobMessage;
import io.ferrymq.openwire.command.ActiveMQBytesMessage;
import io.ferrymq.openwire.command.ActiveMQMapMessage;
import io.ferrymq.openwire.command.ActiveMQMessage;
import io.ferrymq.openwire.command.ActiveMQObjectMessage;
import io.ferrymq.openwire.command.ActiveMQStreamMessage;
import io.ferrymq.openwire.command.ActiveMQTextMessage;
import io.ferrymq.openwire.command.ConsumerId;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A message on the wire and in the core. Body and properties go through as the bytes that came. Owned by one connection's event
 * loop.
 */
final class MessageAdapter {
    private final Clock clock;
    private final Names names;
    private final MessageExtras extras = new MessageExtras();

    MessageAdapter(Clock clock, Names names) {
        this.clock = clock;
        this.names = names;
    }

    /** What a client sent, as the core keeps it. {@code id} and {@code destination} are those of {@code wire}, checked. */
    io.ferrymq.message.Message toCore(Message wire, MessageId id, DestinationName destination) {
        return io.ferrymq.message.Message.builder(id, destination)
                .originalDestination(names.destination(wire.originalDestination).orElse(null))
                .replyTo(wire.replyTo == null ? null : replyTo(wire))
                .correlationId(wire.correlationId)
                .type(wire.type)
                .group(wire.groupID, wire.groupSequence)
                .userId(wire.userID)
                .persistent(wire.persistent)
                .priority(wire.priority)
                .timestampMs(wire.timestamp)
                .expirationMs(wire.expiration)
                .arrivalMs(clock.epochMs())
                .body(wire.typeCode(), wire.compressed, orAbsent(wire.content))
                .properties(orAbsent(wire.marshalledProperties))
                .extras(extras.encode(wire))
                .build();
    }

    /** Not through the memory of {@link Names}: it would push the destination out, which is asked for with every message. */
    private static @Nullable DestinationName replyTo(Message wire) {
        return new Names().destination(wire.replyTo).orElse(null);
    }

    private static byte[] orAbsent(byte @Nullable [] bytes) {
        return bytes == null ? io.ferrymq.message.Message.ABSENT : bytes;
    }

    /** A delivery as the frame that says it. */
    MessageDispatch toDispatch(Delivery delivery) {
        Message message = toWire(delivery.message(), delivery.sequence());
        message.redeliveryCounter = delivery.redeliveries();
        if (message.groupID != null) {
            message.jmsXGroupFirstForConsumer = delivery.firstOfGroup(); // whatever its sender has made of it
        }
        MessageDispatch dispatch = new MessageDispatch();
        dispatch.consumerId = consumer(delivery);
        dispatch.destination = message.destination;
        dispatch.message = message;
        dispatch.redeliveryCounter = delivery.redeliveries();
        return dispatch;
    }

    private static ConsumerId consumer(Delivery delivery) {
        return Names.wire(delivery.consumer());
    }

    /** {@code sequence} is the broker's number for it. */
    Message toWire(io.ferrymq.message.Message from, long sequence) {
        Message to = extras.isPresent(from) ? extras.decode(from) : ofFormat(from.format());
        ProducerId producer = from.id().producer();
        to.producerId = names.wire(producer);
        to.messageId = names.wire(from.id(), sequence);
        to.destination = names.wire(from.destination());
        to.originalDestination = from.originalDestination().map(Names::write).orElse(null);
        to.replyTo = from.replyTo().map(Names::write).orElse(null);
        to.correlationId = from.correlationId().orElse(null);
        to.type = from.type().orElse(null);
        to.groupID = from.groupId().orElse(null);
        to.groupSequence = from.groupSequence();
        to.userID = from.userId().orElse(null);
        to.persistent = from.persistent();
        to.priority = from.priority();
        to.timestamp = from.timestampMs();
        to.expiration = from.expirationMs();
        to.compressed = from.compressed();
        to.content = orNull(from.body());
        to.marshalledProperties = properties(from);
        to.brokerInTime = from.arrivalMs();
        to.brokerOutTime = clock.epochMs();
        return to;
    }

    private static byte @Nullable [] orNull(byte[] bytes) {
        return bytes == io.ferrymq.message.Message.ABSENT ? null : bytes;
    }

    /**
     * The only case in which properties are copied: the broker has something to add (dead letters). What came and is no map has no
     * properties for anybody; whoever takes the dead letter must not pay for it.
     */
    private static byte @Nullable [] properties(io.ferrymq.message.Message from) {
        byte[] came = orNull(from.properties());
        if (from.annotations().isEmpty()) {
            return came;
        }
        try {
            return PrimitiveMap.append(came, from.annotations());
        } catch (MalformedFrameException e) {
            return PrimitiveMap.encode(from.annotations());
        }
    }

    /** Other protocols' formats, if they come one day, are at least messages with properties. */
    static Message ofFormat(byte format) {
        return switch (format) {
            case ActiveMQBytesMessage.TYPE -> new ActiveMQBytesMessage();
            case ActiveMQMapMessage.TYPE -> new ActiveMQMapMessage();
            case ActiveMQObjectMessage.TYPE -> new ActiveMQObjectMessage();
            case ActiveMQStreamMessage.TYPE -> new ActiveMQStreamMessage();
            case ActiveMQTextMessage.TYPE -> new ActiveMQTextMessage();
            case ActiveMQBlobMessage.TYPE -> new ActiveMQBlobMessage();
            default -> new ActiveMQMessage();
        };
    }
}
