package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;
import io.ferrymq.topic.DurableSubscription;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** Where the oldest messages of some durable subscriptions are in the log, over all shards, each of which is to look. Any thread. */
final class OldestMessages {
    private final List<DestinationName> subscriptions;
    private final AtomicLongArray lsns;

    OldestMessages(List<DestinationName> subscriptions) {
        this.subscriptions = subscriptions;
        this.lsns = new AtomicLongArray(subscriptions.size());
        for (int i = 0; i < subscriptions.size(); i++) {
            lsns.set(i, Long.MAX_VALUE);
        }
    }

    /** Here are these. On their shard. */
    void lookAt(Durables durables) {
        for (int i = 0; i < subscriptions.size(); i++) {
            DurableSubscription part = durables.find(subscriptions.get(i));
            if (part != null) {
                lsns.accumulateAndGet(i, durables.oldestLsn(part), Math::min);
            }
        }
    }

    /** Long.MAX_VALUE when there are no messages. */
    long lsn(int index) {
        return lsns.get(index);
    }
}
