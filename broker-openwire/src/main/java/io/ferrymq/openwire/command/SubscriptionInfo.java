package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A durable subscription, as network bridges exchange it. */
public final class SubscriptionInfo extends DataStructure {
    public static final byte TYPE = 55;

    public @Nullable String clientId;
    public @Nullable ActiveMQDestination destination;
    public @Nullable String selector;
    public @Nullable String subscriptionName;
    public @Nullable ActiveMQDestination subscribedDestination;
    public boolean noLocal;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        clientId = m.string(clientId);
        destination = m.cached(destination, ActiveMQDestination.class);
        selector = m.string(selector);
        subscriptionName = m.string(subscriptionName);
        if (m.version() >= 3) {
            subscribedDestination = m.nested(subscribedDestination, ActiveMQDestination.class);
        }
        if (m.version() >= 11) {
            noLocal = m.bool(noLocal);
        }
    }
}
