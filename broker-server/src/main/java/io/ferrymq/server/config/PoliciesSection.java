package io.ferrymq.server.config;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.Advisories;
import io.ferrymq.policy.DeadLetterPolicy;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.MessageEviction;
import io.ferrymq.policy.Prefetch;
import io.ferrymq.policy.SubscriptionRecovery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/** Reads {@code policies:}, whose keys are ActiveMQ's policyEntry attributes where it has them. */
final class PoliciesSection {
    private static final String OLDEST = "oldest";
    private static final String OLDEST_WITH_LOWEST_PRIORITY = "oldestWithLowestPriority";

    private PoliciesSection() {}

    static List<DestinationPolicy> read(Section root) {
        List<DestinationPolicy> policies = new ArrayList<>();
        root.sections("policies", section -> policies.add(policy(section, begun(section))));
        return policies;
    }

    /** A policy that says only which destinations are meant. */
    private static DestinationPolicy.Builder begun(Section section) {
        List<DestinationPolicy.Builder> meant = new ArrayList<>();
        section.text("queue", name -> meant.add(DestinationPolicy.of(DestinationName.queue(name))));
        section.text("topic", name -> meant.add(DestinationPolicy.of(DestinationName.topic(name))));
        section.flag("tempQueue", on -> addIf(on, meant, DestinationPolicy.ofTemporaryQueues()));
        section.flag("tempTopic", on -> addIf(on, meant, DestinationPolicy.ofTemporaryTopics()));
        if (meant.size() != 1) {
            section.mistake(
                    "exactly one of 'queue', 'topic', 'tempQueue' and 'tempTopic' says which destinations are meant");
            meant.add(DestinationPolicy.of(DestinationName.queue(">")));
        }
        return meant.get(0);
    }

    private static void addIf(boolean on, List<DestinationPolicy.Builder> meant, DestinationPolicy.Builder policy) {
        if (on) {
            meant.add(policy);
        }
    }

    private static DestinationPolicy policy(Section section, DestinationPolicy.Builder policy) {
        section.flag("prioritizedMessages", policy::prioritizedMessages);
        section.quantity("memoryLimitBytes", Quantity.Kind.BYTES, Long.MAX_VALUE, bytes -> {
            if (policy.isOfTopics()) {
                section.mistake(
                        "memoryLimitBytes: only queues have one; pendingMessageLimit bounds what waits for a topic's subscriber");
            } else {
                policy.memoryLimitBytes(bytes);
            }
        });
        count(section, "maxDestinations", value -> policy.maxDestinations((int) value));
        section.section("deadLetters", letters -> policy.deadLetters(deadLetters(letters)));
        pendingMessages(section, policy);
        section.section("subscriptionRecovery", recovery -> policy.subscriptionRecovery(recovery(recovery)));
        section.flag("alwaysRetroactive", policy::alwaysRetroactive);
        section.section("advisories", advisories -> policy.advisories(advisories(advisories)));
        milliseconds(section, "gcInactiveDestinationsMs", policy::gcInactiveDestinations);
        milliseconds(section, "abortSlowConsumerMs", policy::abortSlowConsumerMs);
        milliseconds(section, "abortSlowAckConsumerMs", policy::abortSlowAckConsumerMs);
        section.flag("allConsumersExclusiveByDefault", policy::allConsumersExclusiveByDefault);
        count(section, "messagesPerTurn", value -> {
            if (value == 0) {
                section.mistake("messagesPerTurn: at least 1");
            } else {
                policy.messagesPerTurn((int) value);
            }
        });
        count(section, "messageGroupCacheSize", value -> policy.messageGroupCacheSize((int) value));
        count(section, "consumersBeforeDispatchStarts", value -> policy.consumersBeforeDispatchStarts((int) value));
        milliseconds(section, "timeBeforeDispatchStartsMs", policy::timeBeforeDispatchStartsMs);
        policy.prefetch(prefetch(section));
        return policy.build();
    }

    private static void pendingMessages(Section section, DestinationPolicy.Builder policy) {
        Set<String> limits = new HashSet<>();
        count(section, "pendingMessageLimit", value -> {
            limits.add("pendingMessageLimit");
            policy.pendingMessageLimit((int) value);
        });
        section.decimal("pendingMessageLimitMultiplier", value -> {
            limits.add("pendingMessageLimitMultiplier");
            policy.pendingMessageLimitMultiplier(value);
        });
        if (limits.size() > 1) {
            section.mistake("pendingMessageLimit or pendingMessageLimitMultiplier, not both");
        }
        section.wordOrSection(
                "messageEviction",
                List.of(OLDEST, OLDEST_WITH_LOWEST_PRIORITY),
                word -> policy.messageEviction(
                        word.equals(OLDEST) ? MessageEviction.OLDEST : MessageEviction.OLDEST_WITH_LOWEST_PRIORITY),
                unique -> unique.text(
                        "uniqueProperty", name -> policy.messageEviction(MessageEviction.uniqueProperty(name))));
    }

    private static Prefetch prefetch(Section section) {
        AtomicReference<Prefetch> prefetch = new AtomicReference<>(Prefetch.NONE);
        count(section, "queuePrefetch", value -> prefetch.set(prefetch.get().withQueuePrefetch((int) value)));
        count(
                section,
                "queueBrowserPrefetch",
                value -> prefetch.set(prefetch.get().withQueueBrowserPrefetch((int) value)));
        count(section, "topicPrefetch", value -> prefetch.set(prefetch.get().withTopicPrefetch((int) value)));
        count(
                section,
                "durableTopicPrefetch",
                value -> prefetch.set(prefetch.get().withDurableTopicPrefetch((int) value)));
        return prefetch.get();
    }

    private static void count(Section section, String key, LongConsumer setter) {
        section.quantity(key, Quantity.Kind.COUNT, Integer.MAX_VALUE, setter);
    }

    private static void milliseconds(Section section, String key, LongConsumer setter) {
        section.quantity(key, Quantity.Kind.MILLISECONDS, Long.MAX_VALUE, setter);
    }

    private static DeadLetterPolicy deadLetters(Section section) {
        Letters letters = new Letters();
        section.choice("strategy", DeadLetterPolicy.Kind.class, value -> letters.kind = value);
        DeadLetterPolicy defaults =
                switch (letters.kind) {
                    case SHARED -> DeadLetterPolicy.SHARED;
                    case INDIVIDUAL -> DeadLetterPolicy.INDIVIDUAL;
                    case DISCARD -> DeadLetterPolicy.DISCARD;
                };
        letters.queue = defaults.queuePrefix();
        letters.topic = defaults.topicPrefix();
        if (letters.kind == DeadLetterPolicy.Kind.SHARED) {
            section.text("queue", value -> letters.queue = value);
        } else if (letters.kind == DeadLetterPolicy.Kind.INDIVIDUAL) {
            section.text("queuePrefix", value -> letters.queue = value);
            section.text("topicPrefix", value -> letters.topic = value);
            section.flag("destinationPerDurableSubscriber", value -> letters.perSubscriber = value);
        }
        section.flag("processExpired", value -> letters.expired = value);
        section.flag("processNonPersistent", value -> letters.nonPersistent = value);
        milliseconds(section, "expirationMs", value -> letters.expirationMs = value);
        return new DeadLetterPolicy(
                letters.kind,
                letters.queue,
                letters.topic,
                letters.expired,
                letters.nonPersistent,
                letters.expirationMs,
                letters.perSubscriber);
    }

    /** A dead letter policy while its keys are read. */
    private static final class Letters {
        private DeadLetterPolicy.Kind kind = DeadLetterPolicy.Kind.SHARED;
        private String queue = "";
        private String topic = "";
        private boolean expired = true;
        private boolean nonPersistent;
        private long expirationMs;
        private boolean perSubscriber;
    }

    private static SubscriptionRecovery recovery(Section section) {
        List<SubscriptionRecovery> chosen = new ArrayList<>();
        section.flag("lastImage", value -> chosen.add(SubscriptionRecovery.lastImage()));
        count(section, "fixedCount", value -> chosen.add(SubscriptionRecovery.fixedCount((int) value)));
        section.quantity(
                "fixedBytes",
                Quantity.Kind.BYTES,
                Long.MAX_VALUE,
                value -> chosen.add(SubscriptionRecovery.fixedSize(value)));
        milliseconds(section, "timedMs", value -> chosen.add(SubscriptionRecovery.timed(value)));
        if (chosen.size() != 1) {
            section.mistake("exactly one of lastImage, fixedCount, fixedBytes, timedMs");
        }
        return chosen.isEmpty() ? SubscriptionRecovery.NONE : chosen.get(0);
    }

    private static Advisories advisories(Section section) {
        Set<String> on = new HashSet<>();
        for (String key : List.of(
                "advisoryForSlowConsumers",
                "advisoryForFastProducers",
                "advisoryForDiscardingMessages",
                "advisoryWhenFull",
                "advisoryForDelivery",
                "advisoryForConsumed",
                "advisoryForDispatched",
                "sendAdvisoryIfNoConsumers",
                "includeBodyForAdvisory")) {
            section.flag(key, value -> {
                if (value) {
                    on.add(key);
                }
            });
        }
        return new Advisories(
                on.contains("advisoryForSlowConsumers"),
                on.contains("advisoryForFastProducers"),
                on.contains("advisoryForDiscardingMessages"),
                on.contains("advisoryWhenFull"),
                on.contains("advisoryForDelivery"),
                on.contains("advisoryForConsumed"),
                on.contains("advisoryForDispatched"),
                on.contains("sendAdvisoryIfNoConsumers"),
                on.contains("includeBodyForAdvisory"));
    }
}
