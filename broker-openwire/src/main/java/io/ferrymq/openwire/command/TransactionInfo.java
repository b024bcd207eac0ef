package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** One step of a local or XA transaction. */
public final class TransactionInfo extends BaseCommand {
    public static final byte TYPE = 7;

    // values of type
    public static final byte BEGIN = 0;
    public static final byte PREPARE = 1;
    public static final byte COMMIT_ONE_PHASE = 2;
    public static final byte COMMIT_TWO_PHASE = 3;
    public static final byte ROLLBACK = 4;
    public static final byte RECOVER = 5;
    public static final byte FORGET = 6;
    public static final byte END = 7;

    public @Nullable ConnectionId connectionId;
    public @Nullable TransactionId transactionId;
    public byte type;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        connectionId = m.cached(connectionId, ConnectionId.class);
        transactionId = m.cached(transactionId, TransactionId.class);
        type = m.int8(type);
    }
}
