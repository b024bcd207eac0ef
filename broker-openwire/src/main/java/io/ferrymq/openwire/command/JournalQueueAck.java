package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A record of ActiveMQ's old journal store. Decodable so that a frame with it can be refused cleanly. */
public final class JournalQueueAck extends DataStructure {
    public static final byte TYPE = 52;

    public @Nullable ActiveMQDestination destination;
    public @Nullable MessageAck messageAck;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        destination = m.nested(destination, ActiveMQDestination.class);
        messageAck = m.nested(messageAck, MessageAck.class);
    }
}
