package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A transaction of one connection. On the wire the value comes before the connection. */
public final class LocalTransactionId extends TransactionId {
    public static final byte TYPE = 111;

    public long value;
    public @Nullable ConnectionId connectionId;

    public LocalTransactionId() {}

    public LocalTransactionId(ConnectionId connectionId, long value) {
        this.connectionId = connectionId;
        this.value = value;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public boolean isXa() {
        return false;
    }

    @Override
    public void fields(Marshaller m) {
        value = m.int64(value);
        connectionId = m.cached(connectionId, ConnectionId.class);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LocalTransactionId that
                && value == that.value
                && Objects.equals(connectionId, that.connectionId);
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hashCode(connectionId) + Long.hashCode(value);
    }

    @Override
    public String toString() {
        return "TX:" + connectionId + ':' + value;
    }
}
