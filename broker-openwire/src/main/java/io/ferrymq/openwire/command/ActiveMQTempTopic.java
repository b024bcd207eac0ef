package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A topic of one connection. */
public final class ActiveMQTempTopic extends ActiveMQTempDestination {
    public static final byte TYPE = 103;

    public ActiveMQTempTopic() {
        this(null);
    }

    public ActiveMQTempTopic(@Nullable String physicalName) {
        super(physicalName);
    }

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public String prefix() {
        return "temp-topic://";
    }

    @Override
    public boolean isQueue() {
        return false;
    }
}
