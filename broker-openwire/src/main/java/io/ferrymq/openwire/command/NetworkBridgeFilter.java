package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** The loop filter a network bridge puts on its consumers. Its one hop limit became two in version 10. */
public final class NetworkBridgeFilter extends DataStructure {
    public static final byte TYPE = 91;

    public int networkTTL;
    public @Nullable BrokerId networkBrokerId;
    public int messageTTL;
    public int consumerTTL;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        if (m.version() <= 9) {
            networkTTL = m.int32(networkTTL);
        }
        networkBrokerId = m.cached(networkBrokerId, BrokerId.class);
        if (m.version() >= 10) {
            messageTTL = m.int32(messageTTL);
            consumerTTL = m.int32(consumerTTL);
        }
    }
}
