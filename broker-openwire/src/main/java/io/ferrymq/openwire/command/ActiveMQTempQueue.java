package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A queue of one connection, mostly for replies. */
public final class ActiveMQTempQueue extends ActiveMQTempDestination {
    public static final byte TYPE = 102;

    public ActiveMQTempQueue() {
        this(null);
    }

    public ActiveMQTempQueue(@Nullable String physicalName) {
        super(physicalName);
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public String prefix() {
        return "temp-queue://";
    }

    @Override
    public boolean isQueue() {
        return true;
    }
}
