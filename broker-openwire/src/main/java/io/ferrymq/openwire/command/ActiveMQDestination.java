package io.ferrymq.openwire.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where messages go. A composite is one destination whose name has comma separated members; a member without prefix has the
 * type of the carrier.
 */
public abstract class ActiveMQDestination extends WireValue {
    public @Nullable String physicalName;

    protected ActiveMQDestination(@Nullable String physicalName) {
        this.physicalName = physicalName;
    }

    /** For display, and for members of composites: {@code queue://} and so on. */
    public abstract String prefix();

    public abstract boolean isQueue();

    public abstract boolean isTemporary();

    public final boolean isComposite() {
        return physicalName != null && physicalName.indexOf(',') >= 0;
    }

    @Override
    public void fields(Marshaller m) {
        physicalName = m.string(physicalName);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof ActiveMQDestination that
                && typeCode() == that.typeCode()
                && Objects.equals(physicalName, that.physicalName);
    }

    @Override
    public final int hashCode() {
        return 31 * Objects.hashCode(physicalName) + typeCode();
    }

    /** The qualified name. A composite has no prefix of its own. */
    @Override
    public String toString() {
        return isComposite() ? String.valueOf(physicalName) : prefix() + physicalName;
    }
}
