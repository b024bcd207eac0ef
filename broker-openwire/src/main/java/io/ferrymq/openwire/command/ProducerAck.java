package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** Gives a producer with a window some of its window back. */
public final class ProducerAck extends BaseCommand {
    public static final byte TYPE = 19;

    public @Nullable ProducerId producerId;
    /** Bytes, counted as the client counts them. */
    public int size;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        producerId = m.nested(producerId, ProducerId.class);
        size = m.int32(size);
    }
}
