package io.ferrymq.openwire.command;

import org.jspecify.annotations.Nullable;

/** The durable subscriptions of a broker, sent when a bridge starts. Exists from version 12 on. */
public final class BrokerSubscriptionInfo extends BaseCommand {
    public static final byte TYPE = 92;

    public @Nullable BrokerId brokerId;
    public @Nullable String brokerName;
    public @Nullable ConsumerInfo @Nullable [] subscriptionInfos;

    @Override
    public byte typeCode() {
        return TYPE;
    }

    @Override
    public void fields(Marshaller m) {
        super.fields(m);
        brokerId = m.nested(brokerId, BrokerId.class);
        brokerName = m.string(brokerName);
        subscriptionInfos = m.array(subscriptionInfos, ConsumerInfo.class);
    }
}
