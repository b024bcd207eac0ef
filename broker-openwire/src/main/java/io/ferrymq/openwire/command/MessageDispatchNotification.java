package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A master told its slave that a message was dispatched. Obsolete. */
public final class MessageDispatchNotification extends BaseCommand {
    public static final byte TYPE = 90;

    public @Nullable ConsumerId consumerId;
    public @Nullable ActiveMQDestination destination;
    public long deliverySequenceId;
    public @Nullable MessageId messageId;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        consumerId = m.cached(consumerId, ConsumerId.class);
        destination = m.cached(destination, ActiveMQDestination.class);
        deliverySequenceId = m.int64(deliverySequenceId);
        messageId = m.nested(messageId, MessageId.class);
    }
}
