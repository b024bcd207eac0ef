package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A session of a connection. */
public final class SessionId extends WireValue {
    public static final byte TYPE = 121;

    public @Nullable String connectionId;
    public long value;

    public SessionId() {}

    public SessionId(String connectionId, long value) {
        this.connectionId = connectionId;
        this.value = value;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        connectionId = m.string(connectionId);
        value = m.int64(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionId that
                && value == that.value
                && Objects.equals(connectionId, that.connectionId);
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hashCode(connectionId) + Long.hashCode(value);
    }

    @Override
    public String toString() {
        return connectionId + ':' + value;
    }
}
