package io.ferrymq.policy;

/**
 * What becomes of consumers that are slower than their producers.
 *
 * @param pendingMessageLimit topics: how many messages may wait for a subscriber beyond its prefetch; -1 leaves it to the multiplier
 * @param pendingMessageLimitMultiplier topics: so many times the prefetch; -1 leaves it to the memory limit
 * @param messageEviction topics: which messages go when they are too many
 * @param abortSlowConsumerMs a consumer whose window has been full for so long is ended, milliseconds; -1 never
 * @param abortSlowAckConsumerMs one that holds messages and has acknowledged nothing for so long is ended, milliseconds; -1 never
 */
public record SlowConsumers(
        int pendingMessageLimit,
        double pendingMessageLimitMultiplier,
        MessageEviction messageEviction,
        long abortSlowConsumerMs,
        long abortSlowAckConsumerMs) {
    /** They are borne with. */
    public static final SlowConsumers BORNE = new SlowConsumers(-1, -1, MessageEviction.OLDEST, -1, -1);

    /** Whether any are ended. */
    public boolean endsAny() {
        return abortSlowConsumerMs >= 0 || abortSlowAckConsumerMs >= 0;
    }

    /** How many messages may wait for a subscriber with this prefetch; -1 leaves it to the memory limit. */
    public int pendingMessageLimit(int prefetch) {
        if (pendingMessageLimit >= 0 || pendingMessageLimitMultiplier < 0) {
            return pendingMessageLimit;
        }
        return (int) (prefetch * pendingMessageLimitMultiplier);
    }

    SlowConsumers withPendingMessageLimit(int value) {
        return new SlowConsumers(
                value, pendingMessageLimitMultiplier, messageEviction, abortSlowConsumerMs, abortSlowAckConsumerMs);
    }

    SlowConsumers withPendingMessageLimitMultiplier(double value) {
        return new SlowConsumers(
                pendingMessageLimit, value, messageEviction, abortSlowConsumerMs, abortSlowAckConsumerMs);
    }

    SlowConsumers withMessageEviction(MessageEviction value) {
        return new SlowConsumers(
                pendingMessageLimit, pendingMessageLimitMultiplier, value, abortSlowConsumerMs, abortSlowAckConsumerMs);
    }

    SlowConsumers withAbortSlowConsumerMs(long value) {
        return new SlowConsumers(
                pendingMessageLimit, pendingMessageLimitMultiplier, messageEviction, value, abortSlowAckConsumerMs);
    }

    SlowConsumers withAbortSlowAckConsumerMs(long value) {
        return new SlowConsumers(
                pendingMessageLimit, pendingMessageLimitMultiplier, messageEviction, abortSlowConsumerMs, value);
    }
}
