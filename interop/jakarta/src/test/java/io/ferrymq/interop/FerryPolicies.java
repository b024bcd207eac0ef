package io.ferrymq.interop;

import static io.ferrymq.message.DestinationName.queue;
import static io.ferrymq.message.DestinationName.topic;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.Advisories;
import io.ferrymq.policy.CompositeDestination;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.MessageEviction;
import io.ferrymq.policy.Prefetch;
import io.ferrymq.policy.SubscriptionRecovery;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.policy.VirtualTopic;
import java.util.List;

/** For FerryMQ what ClassicBroker has for ActiveMQ Classic: settings for the names of single scenarios. */
final class FerryPolicies {
    private static final long SMALL_BYTES = 64 << 10;

    private FerryPolicies() {}

    static List<DestinationPolicy> all() {
        return List.of(
                recovering("fixedcount.>", SubscriptionRecovery.fixedCount(10)),
                recovering("fixedsized.>", SubscriptionRecovery.fixedSize(SMALL_BYTES)),
                recovering("timed.>", SubscriptionRecovery.timed(60_000)),
                recovering("lastimage.>", SubscriptionRecovery.lastImage()),
                DestinationPolicy.of(DestinationName.topic("limited.>"))
                        .pendingMessageLimit(10)
                        .build(),
                evicting("limited.lowest.>", MessageEviction.OLDEST_WITH_LOWEST_PRIORITY),
                evicting("limited.unique.>", MessageEviction.uniqueProperty("symbol")),
                DestinationPolicy.of(DestinationName.topic("limited.rate.>"))
                        .pendingMessageLimitMultiplier(2.5)
                        .build(),
                advised(DestinationName.queue("advised.>")).build(),
                advised(DestinationName.topic("advised.>")).build(),
                DestinationPolicy.ofTemporaryQueues().advisories(Advisories.ALL).build(),
                few(DestinationName.queue("few.>")),
                few(DestinationName.topic("few.>")),
                heard(DestinationName.queue("heard.>")),
                heard(DestinationName.topic("heard.>")),
                lettered("lettered.>"),
                fetching("fetching.none.>", 0),
                fetching("fetching.one.>", 1),
                gated("gated.three.>", 3, 0),
                gated("gated.three.timed.>", 3, 300),
                gated("gated.five.>", 5, 0),
                gated("gated.five.timed.>", 5, 300),
                gated("gated.timed.>", 0, 300),
                small(DestinationName.queue("advised.small.>")),
                small(DestinationName.topic("advised.small.>")));
    }

    static List<VirtualDestination> virtualDestinations() {
        return List.of(
                VirtualTopic.DEFAULT,
                VirtualTopic.of("events.>").withPrefix("group.*.").withPostfix(".in"),
                CompositeDestination.of(
                        queue("forwarding.queue"), queue("forwarding.queue.a"), topic("forwarding.queue.b")),
                CompositeDestination.of(
                        topic("forwarding.topic"), queue("forwarding.topic.a"), topic("forwarding.topic.b")),
                CompositeDestination.of(queue("forwarding.kept.>"), queue("forwarding.copies"))
                        .withForwardOnly(false),
                CompositeDestination.of(queue("forwarding.selecting"))
                        .andTo(queue("forwarding.red"), "colour = 'red'")
                        .andTo(queue("forwarding.heavy"), "weight > 5"),
                CompositeDestination.of(queue("forwarding.choosing"))
                        .andTo(queue("forwarding.chosen"), "weight > 5")
                        .withSendWhenNotMatched(true),
                CompositeDestination.of(queue("forwarding.first"), queue("forwarding.second")),
                CompositeDestination.of(queue("forwarding.second"), queue("forwarding.third"))
                        .withForwardOnly(false),
                CompositeDestination.of(
                        queue("forwarding.twice"), queue("forwarding.second"), queue("forwarding.third")),
                CompositeDestination.of(queue("forwarding.loop"), queue("forwarding.back")),
                CompositeDestination.of(queue("forwarding.back"), queue("forwarding.loop")),
                CompositeDestination.of(queue("forwarding.published"), topic("VirtualTopic.forwarded")),
                CompositeDestination.of(queue("Consumer.F.VirtualTopic.forwarded"), queue("forwarding.consumed")));
    }

    private static DestinationPolicy few(DestinationName names) {
        return DestinationPolicy.of(names).maxDestinations(2).build();
    }

    private static DestinationPolicy heard(DestinationName names) {
        return DestinationPolicy.of(names).abortSlowAckConsumerMs(3_000).build();
    }

    private static DestinationPolicy lettered(String topics) {
        DeadLetterPolicy each = new DeadLetterPolicy(
                DeadLetterPolicy.Kind.INDIVIDUAL, "Letters.Queue.", "Letters.Topic.", true, false, 0, true);
        return DestinationPolicy.of(DestinationName.topic(topics))
                .deadLetters(each)
                .build();
    }

    private static DestinationPolicy evicting(String topics, MessageEviction eviction) {
        return DestinationPolicy.of(DestinationName.topic(topics))
                .pendingMessageLimit(3)
                .messageEviction(eviction)
                .build();
    }

    private static DestinationPolicy gated(String queues, int consumers, long timeMs) {
        return DestinationPolicy.of(DestinationName.queue(queues))
                .consumersBeforeDispatchStarts(consumers)
                .timeBeforeDispatchStartsMs(timeMs)
                .build();
    }

    private static DestinationPolicy fetching(String queues, int prefetch) {
        return DestinationPolicy.of(DestinationName.queue(queues))
                .prefetch(Prefetch.NONE.withQueuePrefetch(prefetch))
                .build();
    }

    private static DestinationPolicy recovering(String topics, SubscriptionRecovery recovery) {
        return DestinationPolicy.of(DestinationName.topic(topics))
                .subscriptionRecovery(recovery)
                .build();
    }

    private static DestinationPolicy.Builder advised(DestinationName names) {
        return DestinationPolicy.of(names).advisories(Advisories.ALL);
    }

    private static DestinationPolicy small(DestinationName names) {
        return advised(names)
                .memoryLimitBytes(SMALL_BYTES)
                .pendingMessageLimit(5)
                .build();
    }
}
