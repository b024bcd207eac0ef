package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A producer of a session. On the wire the value comes before the session, other than in ConsumerId. */
public final class ProducerId extends WireValue {
    public static final byte TYPE = 123;

    public @Nullable String connectionId;
    public long value;
    public long sessionId;

    public ProducerId() {}

    public ProducerId(String connectionId, long sessionId, long value) {
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
        value = m.int64(value);
        sessionId = m.int64(sessionId);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProducerId that
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
