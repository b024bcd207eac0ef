package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection, named by its client. Opaque. */
public final class ConnectionId extends WireValue {
    public static final byte TYPE = 120;

    public @Nullable String value;

    public ConnectionId() {}

    public ConnectionId(String value) {
        this.value = value;
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        value = m.string(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConnectionId that && Objects.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(value);
    }

    @Override
    public String toString() {
        return String.valueOf(value);
    }
}
