package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client creates or removes a destination, usually a temporary one. */
public final class DestinationInfo extends BaseCommand {
    public static final byte TYPE = 8;

    // values of operationType
    public static final byte ADD = 0;
    public static final byte REMOVE = 1;

    public @Nullable ConnectionId connectionId;
    public @Nullable ActiveMQDestination destination;
    public byte operationType;
    public long timeout;
    public @Nullable BrokerId @Nullable [] brokerPath;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        connectionId = m.cached(connectionId, ConnectionId.class);
        destination = m.cached(destination, ActiveMQDestination.class);
        operationType = m.int8(operationType);
        timeout = m.int64(timeout);
        brokerPath = m.array(brokerPath, BrokerId.class);
    }
}
