package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client acknowledges a range of messages of one consumer. */
public final class MessageAck extends BaseCommand {
    public static final byte TYPE = 22;

    // values of ackType
    public static final byte DELIVERED = 0;
    public static final byte POISON = 1;
    public static final byte STANDARD = 2;
    public static final byte REDELIVERED = 3;
    public static final byte INDIVIDUAL = 4;
    public static final byte UNMATCHED = 5;
    public static final byte EXPIRED = 6;

    public @Nullable ActiveMQDestination destination;
    public @Nullable TransactionId transactionId;
    public @Nullable ConsumerId consumerId;
    public byte ackType;
    public @Nullable MessageId firstMessageId;
    public @Nullable MessageId lastMessageId;
    public int messageCount;
    public @Nullable WireThrowable poisonCause;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        destination = m.cached(destination, ActiveMQDestination.class);
        transactionId = m.cached(transactionId, TransactionId.class);
        consumerId = m.cached(consumerId, ConsumerId.class);
        ackType = m.int8(ackType);
        firstMessageId = m.nested(firstMessageId, MessageId.class);
        lastMessageId = m.nested(lastMessageId, MessageId.class);
        messageCount = m.int32(messageCount);
        if (m.version() >= 7) {
            poisonCause = m.throwable(poisonCause);
        }
    }
}
