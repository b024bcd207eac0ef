package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A consumer with prefetch 0 asks for one message. */
public final class MessagePull extends BaseCommand {
    public static final byte TYPE = 20;

    public @Nullable ConsumerId consumerId;
    public @Nullable ActiveMQDestination destination;
    /** Milliseconds; -1 answers at once, 0 waits for ever. */
    public long timeout;

    public @Nullable String correlationId;
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
        timeout = m.int64(timeout);
        if (m.version() >= 3) {
            correlationId = m.string(correlationId);
            messageId = m.nested(messageId, MessageId.class);
        }
    }
}
