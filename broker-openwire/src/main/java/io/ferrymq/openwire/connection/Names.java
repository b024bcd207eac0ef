package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Xid;
import io.ferrymq.openwire.command.ActiveMQDestination;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTempQueue;
import io.ferrymq.openwire.command.ActiveMQTempTopic;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.LocalTransactionId;
import io.ferrymq.openwire.command.XATransactionId;
import io.ferrymq.transaction.TransactionId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Translates ids and destinations between the wire and the core. Owned by one connection's event loop: it remembers the last
 * value of each kind, because one frame is mostly about the same destination and producer as the one before.
 */
final class Names {
    /** The XA specification says 64; nobody needs much more, and every prepared transaction keeps its name. */
    private static final int LONGEST_XID_PART = 1024;

    private static final byte[] NO_BYTES = {};

    private @Nullable ActiveMQDestination lastWireDestination;
    private Optional<DestinationName> lastDestination = Optional.empty();
    private @Nullable DestinationName lastSentDestination;
    private @Nullable ActiveMQDestination lastSentWireDestination;
    private @Nullable ProducerId lastSentProducer;
    private io.ferrymq.openwire.command.@Nullable ProducerId lastSentWireProducer;

    /** Empty when there is none or its name cannot be one. */
    Optional<DestinationName> destination(@Nullable ActiveMQDestination wire) {
        if (wire == null) {
            return Optional.empty();
        }
        if (!wire.equals(lastWireDestination)) {
            lastDestination = read(wire);
            lastWireDestination = wire;
        }
        return lastDestination;
    }

    /** OpenWire 12: options are cut off where a client sent them, and blanks around a name do not count. */
    private static Optional<DestinationName> read(ActiveMQDestination wire) {
        String name = wire.physicalName == null ? "" : wire.physicalName;
        int options = name.indexOf('?');
        name = (options < 0 ? name : name.substring(0, options)).trim();
        if (name.isBlank()) {
            return Optional.empty();
        }
        DestinationName.Kind kind = wire.isQueue()
                ? wire.isTemporary() ? DestinationName.Kind.TEMP_QUEUE : DestinationName.Kind.QUEUE
                : wire.isTemporary() ? DestinationName.Kind.TEMP_TOPIC : DestinationName.Kind.TOPIC;
        return Optional.of(new DestinationName(kind, name));
    }

    ActiveMQDestination wire(DestinationName destination) {
        ActiveMQDestination last = lastSentWireDestination;
        if (last == null || !destination.equals(lastSentDestination)) {
            last = write(destination);
            lastSentWireDestination = last;
            lastSentDestination = destination;
        }
        return last;
    }

    static ActiveMQDestination write(DestinationName destination) {
        String name = destination.physicalName();
        return switch (destination.kind()) {
            case QUEUE -> new ActiveMQQueue(name);
            case TOPIC -> new ActiveMQTopic(name);
            case TEMP_QUEUE -> new ActiveMQTempQueue(name);
            case TEMP_TOPIC -> new ActiveMQTempTopic(name);
        };
    }

    io.ferrymq.openwire.command.ProducerId wire(ProducerId producer) {
        io.ferrymq.openwire.command.ProducerId last = lastSentWireProducer;
        if (last == null || !producer.equals(lastSentProducer)) {
            last = new io.ferrymq.openwire.command.ProducerId(
                    producer.connection(), producer.session(), producer.number());
            lastSentWireProducer = last;
            lastSentProducer = producer;
        }
        return last;
    }

    io.ferrymq.openwire.command.MessageId wire(MessageId id, long brokerSequence) {
        io.ferrymq.openwire.command.MessageId wire =
                new io.ferrymq.openwire.command.MessageId(wire(id.producer()), id.sequence());
        wire.brokerSequenceId = brokerSequence;
        wire.textView = id.foreignId().isEmpty() ? null : id.foreignId();
        return wire;
    }

    static io.ferrymq.openwire.command.ConsumerId wire(ConsumerId consumer) {
        return new io.ferrymq.openwire.command.ConsumerId(consumer.connection(), consumer.session(), consumer.number());
    }

    static ProducerId producer(io.ferrymq.openwire.command.@Nullable ProducerId wire) {
        if (wire == null || wire.connectionId == null) {
            throw new ProtocolViolation("a producer without id");
        }
        return new ProducerId(wire.connectionId, wire.sessionId, wire.value);
    }

    static ConsumerId consumer(io.ferrymq.openwire.command.@Nullable ConsumerId wire) {
        if (wire == null || wire.connectionId == null) {
            throw new ProtocolViolation("a consumer without id");
        }
        return new ConsumerId(wire.connectionId, wire.sessionId, wire.value);
    }

    static String connection(@Nullable ConnectionId wire) {
        if (wire == null || wire.value == null || wire.value.isBlank()) {
            throw new ProtocolViolation("a connection without id");
        }
        return wire.value;
    }

    static Optional<MessageId> message(io.ferrymq.openwire.command.@Nullable MessageId wire) {
        if (wire == null || wire.producerId == null || wire.producerId.connectionId == null) {
            return Optional.empty();
        }
        return Optional.of(new MessageId(
                producer(wire.producerId), wire.producerSequenceId, wire.textView == null ? "" : wire.textView));
    }

    /** Null on the wire is none. */
    static TransactionId transaction(io.ferrymq.openwire.command.@Nullable TransactionId wire) {
        if (wire == null) {
            return TransactionId.NONE;
        }
        if (wire instanceof XATransactionId xa) {
            return new TransactionId.Global(
                    new Xid(xa.formatId, part(xa.globalTransactionId), part(xa.branchQualifier)));
        }
        LocalTransactionId local = (LocalTransactionId) wire;
        return new TransactionId.Local(connection(local.connectionId), local.value);
    }

    private static byte[] part(byte @Nullable [] wire) {
        if (wire != null && wire.length > LONGEST_XID_PART) {
            throw new ProtocolViolation("a transaction id that is too long: bytes=" + wire.length);
        }
        return wire == null ? NO_BYTES : wire;
    }

    static XATransactionId wire(Xid xid) {
        return new XATransactionId(xid.formatId(), xid.globalId(), xid.branchId());
    }
}
