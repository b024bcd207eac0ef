package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client deletes one of its durable subscriptions. */
public final class RemoveSubscriptionInfo extends BaseCommand {
    public static final byte TYPE = 9;

    public @Nullable ConnectionId connectionId;
    public @Nullable String subscriptionName;
    public @Nullable String clientId;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        connectionId = m.cached(connectionId, ConnectionId.class);
        subscriptionName = m.string(subscriptionName);
        clientId = m.string(clientId);
    }
}
