package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** How a broker introduces itself to a client. Coming from a client it marks a network bridge. */
public final class BrokerInfo extends BaseCommand {
    public static final byte TYPE = 2;

    public @Nullable BrokerId brokerId;
    public @Nullable String brokerURL;
    public @Nullable BrokerInfo @Nullable [] peerBrokerInfos;
    public @Nullable String brokerName;
    public boolean slaveBroker;
    public boolean masterBroker;
    public boolean faultTolerantConfiguration;
    public boolean duplexConnection;
    public boolean networkConnection;
    public long connectionId;
    public @Nullable String brokerUploadUrl;
    public @Nullable String networkProperties;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        brokerId = m.cached(brokerId, BrokerId.class);
        brokerURL = m.string(brokerURL);
        peerBrokerInfos = m.array(peerBrokerInfos, BrokerInfo.class);
        brokerName = m.string(brokerName);
        slaveBroker = m.bool(slaveBroker);
        masterBroker = m.bool(masterBroker);
        faultTolerantConfiguration = m.bool(faultTolerantConfiguration);
        if (m.version() >= 2) {
            duplexConnection = m.bool(duplexConnection);
            networkConnection = m.bool(networkConnection);
            connectionId = m.int64(connectionId);
        }
        if (m.version() >= 3) {
            brokerUploadUrl = m.string(brokerUploadUrl);
            networkProperties = m.string(networkProperties);
        }
    }
}
