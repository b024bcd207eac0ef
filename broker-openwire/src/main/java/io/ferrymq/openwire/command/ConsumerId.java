package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A consumer of a session. */
public final class ConsumerId extends WireValue {
    public static final byte TYPE = 122;

    public @Nullable String connectionId;
    public long sessionId;
    public long value;

    public ConsumerId() {}

    public ConsumerId(String connectionId, long sessionId, long value) {
        this.connectionId = connectionId;
        this.sessionId = sessionId;
        this.value = value;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        connectionId = m.string(connectionId);
        sessionId = m.int64(sessionId);
        value = m.int64(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConsumerId that
                && value == that.value
                && sessionId == that.sessionId
                && Objects.equals(connectionId, that.connectionId);
    }

    @Override
    public int hashCode() {
        return (31 * Objects.hashCode(connectionId) + Long.hashCode(sessionId)) * 31 + Long.hashCode(value);
    }

    @Override
    public String toString() {
        return connectionId + ':' + sessionId + ':' + value;
    }
}
