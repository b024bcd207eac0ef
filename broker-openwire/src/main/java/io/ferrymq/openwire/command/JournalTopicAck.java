package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A record of ActiveMQ's old journal store. Decodable so that a frame with it can be refused cleanly. */
public final class JournalTopicAck extends DataStructure {
    public static final byte TYPE = 50;

    public @Nullable ActiveMQDestination destination;
    public @Nullable MessageId messageId;
    public long messageSequenceId;
    public @Nullable String subscriptionName;
    public @Nullable String clientId;
    public @Nullable TransactionId transactionId;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        destination = m.nested(destination, ActiveMQDestination.class);
        messageId = m.nested(messageId, MessageId.class);
        messageSequenceId = m.int64(messageSequenceId);
        subscriptionName = m.string(subscriptionName);
        clientId = m.string(clientId);
        transactionId = m.nested(transactionId, TransactionId.class);
    }
}
