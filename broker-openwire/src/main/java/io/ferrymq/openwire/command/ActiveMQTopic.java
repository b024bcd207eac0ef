package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** Each message goes to every subscriber. */
public final class ActiveMQTopic extends ActiveMQDestination {
    public static final byte TYPE = 101;

    public ActiveMQTopic() {
        this(null);
    }

    public ActiveMQTopic(@Nullable String physicalName) {
        super(physicalName);
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public String prefix() {
        return "topic://";
    }

    @Override
    public boolean isQueue() {
        return false;
    }

    @Override
    public boolean isTemporary() {
        return false;
    }
}
