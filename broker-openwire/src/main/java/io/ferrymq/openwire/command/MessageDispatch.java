package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A message on its way to a consumer. Without message it says: end of the browse, or the pull timed out. */
public final class MessageDispatch extends BaseCommand {
    public static final byte TYPE = 21;

    public @Nullable ConsumerId consumerId;
    public @Nullable ActiveMQDestination destination;
    /** Null is the end of a browse or the timeout of a pull. */
    public @Nullable Message message;

    public int redeliveryCounter;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        consumerId = m.cached(consumerId, ConsumerId.class);
        destination = m.cached(destination, ActiveMQDestination.class);
        message = m.nested(message, Message.class);
        redeliveryCounter = m.int32(redeliveryCounter);
    }
}
