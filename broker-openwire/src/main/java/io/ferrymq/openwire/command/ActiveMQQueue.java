package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** Each message goes to one consumer. */
public final class ActiveMQQueue extends ActiveMQDestination {
    public static final byte TYPE = 100;

    public ActiveMQQueue() {
        this(null);
    }

    public ActiveMQQueue(@Nullable String physicalName) {
        super(physicalName);
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public String prefix() {
        return "queue://";
    }

    @Override
    public boolean isQueue() {
        return true;
    }

    @Override
    public boolean isTemporary() {
        return false;
    }
}
