package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A broker. Opaque. */
public final class BrokerId extends WireValue {
    public static final byte TYPE = 124;

    public @Nullable String value;

    public BrokerId() {}

    public BrokerId(String value) {
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
        return other instanceof BrokerId that && Objects.equals(value, that.value);
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
