package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client introduces itself. Its client id and credentials hold for the whole connection. */
public final class ConnectionInfo extends BaseCommand {
    public static final byte TYPE = 3;

    public @Nullable ConnectionId connectionId;
    public @Nullable String clientId;
    public @Nullable String password;
    public @Nullable String userName;
    public @Nullable BrokerId @Nullable [] brokerPath;
    public boolean brokerMasterConnector;
    public boolean manageable;
    /** True unless a client says otherwise; versions before 2 cannot say. */
    public boolean clientMaster = true;

    public boolean faultTolerant;
    public boolean failoverReconnect;
    public @Nullable String clientIp;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        connectionId = m.cached(connectionId, ConnectionId.class);
        clientId = m.string(clientId);
        password = m.string(password);
        userName = m.string(userName);
        brokerPath = m.array(brokerPath, BrokerId.class);
        brokerMasterConnector = m.bool(brokerMasterConnector);
        manageable = m.bool(manageable);
        if (m.version() >= 2) {
            clientMaster = m.bool(clientMaster);
        }
        if (m.version() >= 6) {
            faultTolerant = m.bool(faultTolerant);
            failoverReconnect = m.bool(failoverReconnect);
        }
        if (m.version() >= 8) {
            clientIp = m.string(clientIp);
        }
    }
}
