package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client opens a producer. Without destination it is anonymous: each message names its own. */
public final class ProducerInfo extends BaseCommand {
    public static final byte TYPE = 6;

    public @Nullable ProducerId producerId;
    public @Nullable ActiveMQDestination destination;
    public @Nullable BrokerId @Nullable [] brokerPath;
    public boolean dispatchAsync;
    public int windowSize;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        producerId = m.cached(producerId, ProducerId.class);
        destination = m.cached(destination, ActiveMQDestination.class);
        brokerPath = m.array(brokerPath, BrokerId.class);
        if (m.version() >= 2) {
            dispatchAsync = m.bool(dispatchAsync);
        }
        if (m.version() >= 3) {
            windowSize = m.int32(windowSize);
        }
    }
}
