package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/**
 * What all seven message types have in common. The body and the properties stay the bytes the client sent, because a broker
 * forwards them untouched: decoding them would cost time and would have to reproduce map order and string forms exactly.
 */
public abstract class Message extends BaseCommand {
    public @Nullable ProducerId producerId;
    public @Nullable ActiveMQDestination destination;
    public @Nullable TransactionId transactionId;
    /** Where it was sent when it was redirected. */
    public @Nullable ActiveMQDestination originalDestination;

    public @Nullable MessageId messageId;
    public @Nullable TransactionId originalTransactionId;
    public @Nullable String groupID;
    /** A negative one closes the group. */
    public int groupSequence;

    public @Nullable String correlationId;
    public boolean persistent;
    /** Absolute milliseconds; 0 is never. */
    public long expiration;

    public byte priority;
    public @Nullable ActiveMQDestination replyTo;
    public long timestamp;
    public @Nullable String type;
    /** The body, deflated when {@link #compressed}. */
    public byte @Nullable [] content;
    /** A primitive map. */
    public byte @Nullable [] marshalledProperties;
    /** What an advisory is about. */
    public @Nullable DataStructure dataStructure;
    /** Deliver to this consumer only: the replay of advisories. */
    public @Nullable ConsumerId targetConsumerId;
    /** Of {@link #content} only; properties are never compressed. */
    public boolean compressed;
    /** How often it was delivered before. */
    public int redeliveryCounter;

    public @Nullable BrokerId @Nullable [] brokerPath;
    public long arrival;
    public @Nullable String userID;
    /** Misspelled on purpose: names are those of the protocol. */
    public boolean recievedByDFBridge;

    public boolean droppable;
    public @Nullable BrokerId @Nullable [] cluster;
    public long brokerInTime;
    public long brokerOutTime;
    public boolean jmsXGroupFirstForConsumer;

    @Override
    public boolean marshallAware() {
        return true;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        producerId = m.cached(producerId, ProducerId.class);
        destination = m.cached(destination, ActiveMQDestination.class);
        transactionId = m.cached(transactionId, TransactionId.class);
        originalDestination = m.cached(originalDestination, ActiveMQDestination.class);
        messageId = m.nested(messageId, MessageId.class);
        originalTransactionId = m.cached(originalTransactionId, TransactionId.class);
        groupID = m.string(groupID);
        groupSequence = m.int32(groupSequence);
        correlationId = m.string(correlationId);
        persistent = m.bool(persistent);
        expiration = m.int64(expiration);
        priority = m.int8(priority);
        replyTo = m.nested(replyTo, ActiveMQDestination.class);
        timestamp = m.int64(timestamp);
        type = m.string(type);
        content = m.bytes(content);
        marshalledProperties = m.bytes(marshalledProperties);
        dataStructure = m.nested(dataStructure, DataStructure.class);
        targetConsumerId = m.cached(targetConsumerId, ConsumerId.class);
        compressed = m.bool(compressed);
        redeliveryCounter = m.int32(redeliveryCounter);
        brokerPath = m.array(brokerPath, BrokerId.class);
        arrival = m.int64(arrival);
        userID = m.string(userID);
        recievedByDFBridge = m.bool(recievedByDFBridge);
        if (m.version() >= 2) {
            droppable = m.bool(droppable);
        }
        if (m.version() >= 3) {
            cluster = m.array(cluster, BrokerId.class);
            brokerInTime = m.int64(brokerInTime);
            brokerOutTime = m.int64(brokerOutTime);
        }
        if (m.version() >= 10) {
            jmsXGroupFirstForConsumer = m.bool(jmsXGroupFirstForConsumer);
        }
    }
}
