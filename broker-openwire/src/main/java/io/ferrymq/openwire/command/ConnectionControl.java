package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** The broker tells a client about the cluster and asks it to reconnect, suspend or close. */
public final class ConnectionControl extends BaseCommand {
    public static final byte TYPE = 18;

    public boolean close;
    public boolean exit;
    public boolean faultTolerant;
    public boolean resume;
    public boolean suspend;
    public @Nullable String connectedBrokers = "";
    public @Nullable String reconnectTo = "";
    public boolean rebalanceConnection;
    public byte @Nullable [] token;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        close = m.bool(close);
        exit = m.bool(exit);
        faultTolerant = m.bool(faultTolerant);
        resume = m.bool(resume);
        suspend = m.bool(suspend);
        if (m.version() >= 6) {
            connectedBrokers = m.string(connectedBrokers);
            reconnectTo = m.string(reconnectTo);
            rebalanceConnection = m.bool(rebalanceConnection);
        }
        if (m.version() >= 8) {
            token = m.bytes(token);
        }
    }
}
