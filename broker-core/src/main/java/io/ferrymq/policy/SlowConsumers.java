package io.ferrymq.policy;

/**
 * What becomes of consumers that are slower than their producers.
 *
 * @param pendingMessageLimit topics: how many messages may wait for a subscriber beyond its prefetch; -1 leaves it to the memory limit
 * @param abortSlowConsumerMs a consumer whose window has been full for so long is ended, milliseconds; -1 never
 * @param abortSlowAckConsumerMs one that holds messages and has acknowledged nothing for so long is ended, milliseconds; -1 never
 */
public record SlowConsumers(int pendingMessageLimit, long abortSlowConsumerMs, long abortSlowAckConsumerMs) {
    /** They are borne with. */
    public static final SlowConsumers BORNE = new SlowConsumers(-1, -1, -1);

    /** Whether any are ended. */
    public boolean endsAny() {
        return abortSlowConsumerMs >= 0 || abortSlowAckConsumerMs >= 0;
    }

    SlowConsumers withPendingMessageLimit(int value) {
        return new SlowConsumers(value, abortSlowConsumerMs, abortSlowAckConsumerMs);
    }

    SlowConsumers withAbortSlowConsumerMs(long value) {
        return new SlowConsumers(pendingMessageLimit, value, abortSlowAckConsumerMs);
    }

    SlowConsumers withAbortSlowAckConsumerMs(long value) {
        return new SlowConsumers(pendingMessageLimit, abortSlowConsumerMs, value);
    }
}
