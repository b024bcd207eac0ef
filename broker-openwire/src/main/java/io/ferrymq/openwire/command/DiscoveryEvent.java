package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A broker was found by discovery. Never seen on a client connection. */
public final class DiscoveryEvent extends DataStructure {
    public static final byte TYPE = 40;

    public @Nullable String serviceName;
    public @Nullable String brokerName;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        serviceName = m.string(serviceName);
        brokerName = m.string(brokerName);
    }
}
