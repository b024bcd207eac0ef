package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A destination that lives as long as the connection that created it; the name is that connection's id, a colon, a number. */
public abstract class ActiveMQTempDestination extends ActiveMQDestination {
    protected ActiveMQTempDestination(@Nullable String physicalName) {
        super(physicalName);
    }

    @Override
    public final boolean isTemporary() {
        return true;
    }
}
