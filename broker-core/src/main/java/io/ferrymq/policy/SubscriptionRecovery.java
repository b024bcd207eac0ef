package io.ferrymq.policy;

/**
 * What a topic remembers for retroactive consumers (ActiveMQ's subscriptionRecoveryPolicy).
 *
 * @param messages at most so many of the newest messages
 * @param bytes at most so many bytes of them (footprint)
 * @param ageMs none older than this, milliseconds
 */
public record SubscriptionRecovery(int messages, long bytes, long ageMs) {
    public static final SubscriptionRecovery NONE = new SubscriptionRecovery(0, 0, 0);

    /** The bound that every policy has, so that none can fill the heap. */
    private static final long MOST_BYTES = 16L << 20;

    private static final int MOST_MESSAGES = 10_000;

    public static SubscriptionRecovery lastImage() {
        return fixedCount(1);
    }

    public static SubscriptionRecovery fixedCount(int maximumSize) {
        return new SubscriptionRecovery(maximumSize, MOST_BYTES, Long.MAX_VALUE);
    }

    public static SubscriptionRecovery fixedSize(long maximumBytes) {
        return new SubscriptionRecovery(MOST_MESSAGES, maximumBytes, Long.MAX_VALUE);
    }

    public static SubscriptionRecovery timed(long recoverDurationMs) {
        return new SubscriptionRecovery(MOST_MESSAGES, MOST_BYTES, recoverDurationMs);
    }

    public boolean remembersNothing() {
        return messages <= 0 || bytes <= 0 || ageMs <= 0;
    }
}
