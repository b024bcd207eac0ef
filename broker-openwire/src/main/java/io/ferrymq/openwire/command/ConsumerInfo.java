package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** A client opens a consumer. */
public final class ConsumerInfo extends BaseCommand {
    public static final byte TYPE = 5;

    public @Nullable ConsumerId consumerId;
    public boolean browser;
    public @Nullable ActiveMQDestination destination;
    public int prefetchSize;
    public int maximumPendingMessageLimit;
    public boolean dispatchAsync;
    public @Nullable String selector;
    public @Nullable String clientId;
    public @Nullable String subscriptionName;
    public boolean noLocal;
    public boolean exclusive;
    public boolean retroactive;
    public byte priority;
    public @Nullable BrokerId @Nullable [] brokerPath;
    public @Nullable NetworkBridgeFilter additionalPredicate;
    public boolean networkSubscription;
    public boolean optimizedAcknowledge;
    public boolean noRangeAcks;
    public @Nullable ConsumerId @Nullable [] networkConsumerPath;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        consumerId = m.cached(consumerId, ConsumerId.class);
        browser = m.bool(browser);
        destination = m.cached(destination, ActiveMQDestination.class);
        prefetchSize = m.int32(prefetchSize);
        maximumPendingMessageLimit = m.int32(maximumPendingMessageLimit);
        dispatchAsync = m.bool(dispatchAsync);
        selector = m.string(selector);
        if (m.version() >= 10) {
            clientId = m.string(clientId);
        }
        subscriptionName = m.string(subscriptionName);
        noLocal = m.bool(noLocal);
        exclusive = m.bool(exclusive);
        retroactive = m.bool(retroactive);
        priority = m.int8(priority);
        brokerPath = m.array(brokerPath, BrokerId.class);
        additionalPredicate = m.nested(additionalPredicate, NetworkBridgeFilter.class);
        networkSubscription = m.bool(networkSubscription);
        optimizedAcknowledge = m.bool(optimizedAcknowledge);
        noRangeAcks = m.bool(noRangeAcks);
        if (m.version() >= 4) {
            networkConsumerPath = m.array(networkConsumerPath, ConsumerId.class);
        }
    }
}
