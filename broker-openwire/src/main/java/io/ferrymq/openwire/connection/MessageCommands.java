package io.ferrymq.openwire.connection;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageAck;
import io.ferrymq.openwire.command.MessagePull;
import io.ferrymq.openwire.command.TransactionId;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.session.Acknowledgement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Messages in, acknowledgements and pulls: the hot path. Owned by the connection's event loop. */
final class MessageCommands {
    /**
     * What a frame to a consumer may be larger than the producer's: consumer, destination once more, what dead lettering
     * adds. A message that came in must also get out.
     */
    private static final int DISPATCH_BYTES = 8 << 10;

    private final Link link;
    private final ClientState state;
    private final Names names;
    private final MessageAdapter messages;
    private final ScheduleCommands schedules;
    private final int frameBytes;

    /** @param frameBytes the largest frame, in and out */
    MessageCommands(
            Link link,
            ClientState state,
            Names names,
            MessageAdapter messages,
            ScheduleCommands schedules,
            int frameBytes) {
        this.schedules = schedules;
        this.frameBytes = frameBytes;
        this.link = link;
        this.state = state;
        this.names = names;
        this.messages = messages;
    }

    void onMessage(Message wire) {
        ClientState.Producer producer = state.producers().get(Names.producer(wire.producerId));
        if (producer == null) {
            refuse(wire, Refusals.unknownProducer(wire.producerId, wire.destination));
            return;
        }
        Optional<DestinationName> destination =
                wire.destination == null ? producer.destination() : names.destination(wire.destination);
        if (destination.isEmpty()) {
            refuse(wire, producer, Refusals.noDestination(String.valueOf(wire.destination)));
        } else if (wire.messageId == null || wire.messageId.producerId == null) {
            String what = "a message needs an id: producer=" + producer.id();
            refuse(wire, producer, new Refusal(Refusal.Code.ILLEGAL_STATE, what));
        } else {
            send(wire, producer, messageId(wire.messageId, producer), destination.get());
        }
    }

    /** Shares the producer's own id instance: messages may wait in the heap for long, and in great numbers. */
    private static MessageId messageId(io.ferrymq.openwire.command.MessageId wire, ClientState.Producer producer) {
        String foreign = wire.textView == null ? "" : wire.textView;
        return producer.wireId().equals(wire.producerId)
                ? new MessageId(producer.id(), wire.producerSequenceId, foreign)
                : new MessageId(Names.producer(wire.producerId), wire.producerSequenceId, foreign);
    }

    private void send(Message wire, ClientState.Producer producer, MessageId id, DestinationName destination) {
        int windowBytes = windowBytes(wire);
        if (ScheduleCommands.isFor(destination)) {
            SendReceipt receipt = receipt(wire, producer, windowBytes, io.ferrymq.message.Message.OVERHEAD_BYTES);
            schedules.onMessage(wire, receipt);
        } else if (ScheduleProperties.mayBeIn(wire.marshalledProperties)) {
            sendScheduled(wire, producer, id, destination);
        } else {
            send(wire, producer, messages.toCore(wire, id, destination), windowBytes, wire.transactionId);
        }
    }

    private void sendScheduled(Message wire, ClientState.Producer producer, MessageId id, DestinationName destination) {
        int windowBytes = windowBytes(wire);
        TransactionId transaction = wire.transactionId;
        ScheduleProperties.Taken taken = ScheduleProperties.takeFrom(wire);
        if (taken.refusal().isPresent()) {
            refuse(wire, producer, taken.refusal().get());
            return;
        }
        if (taken.schedule().isPresent()) {
            wire.transactionId = null; // over long before the message is sent
        }
        io.ferrymq.message.Message message = messages.toCore(wire, id, destination).toBuilder()
                .schedule(taken.schedule().orElse(null))
                .build();
        send(wire, producer, message, windowBytes, transaction);
    }

    private void send(
            Message wire,
            ClientState.Producer producer,
            io.ferrymq.message.Message message,
            int windowBytes,
            @Nullable TransactionId transaction) {
        if (message.footprintBytes() + DISPATCH_BYTES > frameBytes && frameBytes > DISPATCH_BYTES) {
            String what =
                    "message too large: bytes=" + message.footprintBytes() + ", limit=" + (frameBytes - DISPATCH_BYTES);
            refuse(wire, producer, new Refusal(Refusal.Code.RESOURCE_LIMIT, what));
            return;
        }
        SendReceipt receipt = receipt(wire, producer, windowBytes, message.footprintBytes());
        state.client().send(message, Names.transaction(transaction), receipt);
    }

    /**
     * A message that was passed over, because it is too large: its sender is told, and the connection goes on. False when the client would wait for
     * room in a producer window of which nobody knows how much to give back.
     */
    boolean refuseOversized(MessageHead head, String what) {
        ClientState.Producer producer = state.producers().get(Names.producer(head.producerId));
        if (producer == null || (producer.windowSize() > 0 && !head.responseRequired)) {
            return false;
        }
        link.refuse(head.commandId, head.responseRequired, Errors.tooLarge(what));
        if (!head.responseRequired) {
            refuseToCommit(head.transactionId, new Refusal(Refusal.Code.RESOURCE_LIMIT, what));
        }
        return true;
    }

    /** Who sends without waiting hears of it when he commits. */
    private void refuseToCommit(@Nullable TransactionId transaction, Refusal why) {
        if (transaction != null) {
            state.client().markRollbackOnly(Names.transaction(transaction), why);
        }
    }

    private void refuse(Message wire, ClientState.Producer producer, Refusal refusal) {
        receipt(wire, producer, windowBytes(wire), 0).refused(refusal);
        if (!wire.responseRequired) {
            refuseToCommit(wire.transactionId, refusal);
        }
    }

    private SendReceipt receipt(Message wire, ClientState.Producer producer, int windowBytes, int heldBytes) {
        return new SendReceipt(
                link, wire, producer.windowSize() > 0 ? producer.wireId() : null, windowBytes, heldBytes);
    }

    /** OpenWire 10.5: the client counts its window with this formula. */
    private static int windowBytes(Message wire) {
        return io.ferrymq.message.Message.OVERHEAD_BYTES + length(wire.content) + length(wire.marshalledProperties);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    void onAck(MessageAck ack) {
        if (ack.consumerId == null || !state.consumers().contains(Names.consumer(ack.consumerId))) {
            // Exchanges, section 7: left over from before a failover.
            link.respond(ack.commandId, ack.responseRequired);
            return;
        }
        ConsumerId consumer = Names.consumer(ack.consumerId);
        Optional<AckType> type = type(ack.ackType);
        Optional<MessageId> last = Names.message(ack.lastMessageId);
        Optional<DestinationName> destination = names.destination(ack.destination);
        if (type.isEmpty() || last.isEmpty() || destination.isEmpty() || ack.messageCount < 0) {
            refuse(
                    ack,
                    Refusals.invalidAcknowledge("an acknowledgement that cannot be understood: type=" + ack.ackType
                            + ", last=" + ack.lastMessageId + ", destination=" + ack.destination + ", count="
                            + ack.messageCount));
        } else {
            Acknowledgement acknowledgement = new Acknowledgement(
                    type.get(),
                    consumer,
                    destination.get(),
                    Names.message(ack.firstMessageId),
                    last.get(),
                    ack.messageCount,
                    Names.transaction(ack.transactionId),
                    cause(ack.poisonCause));
            state.client().acknowledge(acknowledgement, link.receipt(ack));
        }
    }

    /** UNMATCHED is between brokers only (exchanges, section 7). */
    private static Optional<AckType> type(byte ackType) {
        return switch (ackType) {
            case MessageAck.DELIVERED -> Optional.of(AckType.DELIVERED);
            case MessageAck.POISON -> Optional.of(AckType.POISON);
            case MessageAck.STANDARD -> Optional.of(AckType.STANDARD);
            case MessageAck.REDELIVERED -> Optional.of(AckType.REDELIVERED);
            case MessageAck.INDIVIDUAL -> Optional.of(AckType.INDIVIDUAL);
            case MessageAck.EXPIRED -> Optional.of(AckType.EXPIRED);
            default -> Optional.empty();
        };
    }

    private static String cause(@Nullable WireThrowable poison) {
        if (poison == null) {
            return "";
        }
        return poison.message() == null
                ? String.valueOf(poison.className())
                : poison.className() + ": " + poison.message();
    }

    void onPull(MessagePull pull) {
        ConsumerId consumer = Names.consumer(pull.consumerId);
        if (state.consumers().contains(consumer)) {
            state.client().pull(consumer, Math.max(-1, pull.timeout));
            link.respond(pull.commandId, pull.responseRequired);
        } else {
            refuse(pull, Refusals.unknownConsumer(pull.consumerId));
        }
    }

    private void refuse(BaseCommand command, Refusal refusal) {
        link.refuse(command.commandId, command.responseRequired, refusal);
    }
}
