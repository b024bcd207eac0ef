package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;

/**
 * Settings of all destinations that a pattern matches (ActiveMQ's policyEntry, whose attribute names the values have).
 *
 * @param pattern which destinations; may be a plain name
 * @param prioritizedMessages queues and durable subscriptions order by JMSPriority, ten levels; else by arrival alone
 * @param memoryLimitBytes queues: producers are held while its messages have this footprint; -1 leaves it to the broker's limit
 * @param maxDestinations no more destinations than so many may match the pattern, temporary and advisory ones aside; -1 leaves it to the
 *     broker's limit
 * @param deadLetters where undeliverable messages go
 * @param slowConsumers what becomes of them
 * @param subscriptionRecovery topics: what retroactive consumers are given
 * @param alwaysRetroactive topics: every consumer counts as retroactive, durable ones aside
 * @param advisories which advisories are sent beside those that always are
 * @param gcInactiveDestinations removes destinations without messages and consumers
 * @param inactiveTimeoutBeforeGcMs how long they must have been so, milliseconds
 * @param allConsumersExclusiveByDefault queues: each consumer counts as exclusive
 * @param messagesPerTurn queues with four or more consumers: how many messages one of them that is quick may get in a row; 1: each gets
 *     one at a time, as in ActiveMQ
 * @param messageGroupCacheSize queues: of so many message groups it is remembered who has them, beside those of which consumers have
 *     messages; 0: groups mean nothing
 * @param dispatchStart queues: what they wait for before their first consumer is given something
 * @param prefetch of consumers that leave it to their client
 */
public record DestinationPolicy(
        DestinationPattern pattern,
        boolean prioritizedMessages,
        long memoryLimitBytes,
        int maxDestinations,
        DeadLetterPolicy deadLetters,
        SlowConsumers slowConsumers,
        SubscriptionRecovery subscriptionRecovery,
        boolean alwaysRetroactive,
        Advisories advisories,
        boolean gcInactiveDestinations,
        long inactiveTimeoutBeforeGcMs,
        boolean allConsumersExclusiveByDefault,
        int messagesPerTurn,
        int messageGroupCacheSize,
        DispatchStart dispatchStart,
        Prefetch prefetch) {

    private static final long DEFAULT_INACTIVE_MS = 60_000;
    private static final int DEFAULT_MESSAGES_PER_TURN = 16;
    private static final int DEFAULT_MESSAGE_GROUPS = 1_024;

    /** A builder with the defaults, for {@code queue://a.>} and the like. */
    public static Builder of(DestinationName pattern) {
        return new Builder(pattern);
    }

    /** Likewise for all temporary queues (ActiveMQ's {@code tempQueue}). */
    public static Builder ofTemporaryQueues() {
        return of(new DestinationName(DestinationName.Kind.TEMP_QUEUE, ">"));
    }

    /** Likewise for all temporary topics (ActiveMQ's {@code tempTopic}). */
    public static Builder ofTemporaryTopics() {
        return of(new DestinationName(DestinationName.Kind.TEMP_TOPIC, ">"));
    }

    /** Collects the settings of one policy. Not thread safe. */
    public static final class Builder {
        private final DestinationPattern pattern;
        private boolean prioritizedMessages = true;
        private long memoryLimitBytes = -1;
        private int maxDestinations = -1;
        private DeadLetterPolicy deadLetters = DeadLetterPolicy.SHARED;
        private SlowConsumers slowConsumers = SlowConsumers.BORNE;
        private SubscriptionRecovery subscriptionRecovery = SubscriptionRecovery.NONE;
        private boolean alwaysRetroactive;
        private Advisories advisories = Advisories.NONE;
        private boolean gcInactiveDestinations;
        private long inactiveTimeoutBeforeGcMs = DEFAULT_INACTIVE_MS;
        private boolean allConsumersExclusiveByDefault;
        private int messagesPerTurn = DEFAULT_MESSAGES_PER_TURN;
        private int messageGroupCacheSize = DEFAULT_MESSAGE_GROUPS;
        private DispatchStart dispatchStart = DispatchStart.AT_ONCE;
        private Prefetch prefetch = Prefetch.NONE;

        private Builder(DestinationName pattern) {
            this.pattern = DestinationPattern.of(pattern);
        }

        public Builder prioritizedMessages(boolean value) {
            prioritizedMessages = value;
            return this;
        }

        public Builder memoryLimitBytes(long value) {
            memoryLimitBytes = value;
            return this;
        }

        public Builder maxDestinations(int value) {
            maxDestinations = value;
            return this;
        }

        public Builder deadLetters(DeadLetterPolicy value) {
            deadLetters = value;
            return this;
        }

        public Builder pendingMessageLimit(int value) {
            slowConsumers = slowConsumers.withPendingMessageLimit(value);
            return this;
        }

        /** So many times the prefetch of each subscriber; counts where {@link #pendingMessageLimit} says nothing. */
        public Builder pendingMessageLimitMultiplier(double value) {
            slowConsumers = slowConsumers.withPendingMessageLimitMultiplier(value);
            return this;
        }

        public Builder messageEviction(MessageEviction value) {
            slowConsumers = slowConsumers.withMessageEviction(value);
            return this;
        }

        public Builder subscriptionRecovery(SubscriptionRecovery value) {
            subscriptionRecovery = value;
            return this;
        }

        public Builder alwaysRetroactive(boolean value) {
            alwaysRetroactive = value;
            return this;
        }

        public Builder advisories(Advisories value) {
            advisories = value;
            return this;
        }

        /** Removes destinations that nobody used for {@code timeoutMs} milliseconds. */
        public Builder gcInactiveDestinations(long timeoutMs) {
            gcInactiveDestinations = true;
            inactiveTimeoutBeforeGcMs = timeoutMs;
            return this;
        }

        public Builder abortSlowConsumerMs(long value) {
            slowConsumers = slowConsumers.withAbortSlowConsumerMs(value);
            return this;
        }

        public Builder abortSlowAckConsumerMs(long value) {
            slowConsumers = slowConsumers.withAbortSlowAckConsumerMs(value);
            return this;
        }

        public Builder allConsumersExclusiveByDefault(boolean value) {
            allConsumersExclusiveByDefault = value;
            return this;
        }

        /** At least 1. */
        public Builder messagesPerTurn(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("messagesPerTurn is at least 1: " + value);
            }
            messagesPerTurn = value;
            return this;
        }

        /** 0 or more. */
        public Builder messageGroupCacheSize(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("messageGroupCacheSize is 0 or more: " + value);
            }
            messageGroupCacheSize = value;
            return this;
        }

        /** 0 or more; at most a second, unless {@link #timeBeforeDispatchStartsMs} says how long. */
        public Builder consumersBeforeDispatchStarts(int value) {
            dispatchStart = new DispatchStart(value, dispatchStart.timeMs());
            return this;
        }

        /** 0 or more. */
        public Builder timeBeforeDispatchStartsMs(long value) {
            dispatchStart = new DispatchStart(dispatchStart.consumers(), value);
            return this;
        }

        public Builder prefetch(Prefetch value) {
            prefetch = value;
            return this;
        }

        /** Whether it is about topics, for which some settings mean nothing. */
        public boolean isOfTopics() {
            return pattern.name().isTopic();
        }

        public DestinationPolicy build() {
            return new DestinationPolicy(
                    pattern,
                    prioritizedMessages,
                    memoryLimitBytes,
                    maxDestinations,
                    deadLetters,
                    slowConsumers,
                    subscriptionRecovery,
                    alwaysRetroactive,
                    advisories,
                    gcInactiveDestinations,
                    inactiveTimeoutBeforeGcMs,
                    allConsumersExclusiveByDefault,
                    messagesPerTurn,
                    messageGroupCacheSize,
                    dispatchStart,
                    prefetch);
        }
    }
}
