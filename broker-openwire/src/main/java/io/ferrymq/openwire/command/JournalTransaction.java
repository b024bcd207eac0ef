package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A record of ActiveMQ's old journal store. Decodable so that a frame with it can be refused cleanly. */
public final class JournalTransaction extends DataStructure {
    public static final byte TYPE = 54;

    public @Nullable TransactionId transactionId;
    public byte type;
    public boolean wasPrepared;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        transactionId = m.nested(transactionId, TransactionId.class);
        type = m.int8(type);
        wasPrepared = m.bool(wasPrepared);
    }
}
