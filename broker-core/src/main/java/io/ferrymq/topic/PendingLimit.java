package io.ferrymq.topic;

import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.time.Clock;
import java.util.function.ToIntFunction;

/**
 * How many messages may wait for one slow subscriber. The policy says a number (pendingMessageLimitStrategy), beyond which the oldest go.
 * Without one a subscriber may use an eighth of the memory limit. One that takes messages then holds its producers back, as in ActiveMQ; one
 * that is stuck loses its oldest and holds up nobody, and when memory is full it keeps what ActiveMQ's shipped configuration leaves it. Owned by
 * the subscription's shard.
 */
public final class PendingLimit {
    /** constantPendingMessageLimitStrategy in the activemq.xml that ActiveMQ ships. */
    private static final int LEFT_WHEN_FULL = 1_000;

    private static final int SHARE = 8;
    private static final int HARD_SHARES = 2;

    private final MemoryBudget budget;
    private final Clock clock;
    private final ToIntFunction<DestinationName> limitOf;
    private long bytes;

    /** @param limitOf the policy's limit for a topic, in messages; negative for none */
    public PendingLimit(MemoryBudget budget, Clock clock, ToIntFunction<DestinationName> limitOf) {
        this.budget = budget;
        this.clock = clock;
        this.limitOf = limitOf;
    }

    void take(Message message) {
        bytes += message.footprintBytes();
        budget.take(message.footprintBytes());
    }

    void give(Message message) {
        bytes -= message.footprintBytes();
        budget.give(message.footprintBytes());
    }

    boolean isExpired(Message message) {
        return message.expirationMs() > 0 && message.isExpiredAt(clock.epochMs());
    }

    long nowNs() {
        return clock.nanoTime();
    }

    /** The oldest that waits must go. */
    boolean isExceeded(DestinationName topic, int waiting, boolean stuck) {
        int most = limitOf.applyAsInt(topic);
        if (most >= 0) {
            return waiting > most;
        }
        long share =
                stuck ? shareBytes() : HARD_SHARES * shareBytes(); // what its producers had sent before they were held
        boolean full = stuck ? budget.isExhausted() : budget.isOverdrawn();
        return (bytes > share && waiting > 1) || (waiting > LEFT_WHEN_FULL && full);
    }

    /** Its producers are to wait. */
    boolean isReached(DestinationName topic) {
        return bytes > shareBytes() && limitOf.applyAsInt(topic) < 0;
    }

    private long shareBytes() {
        return budget.limitBytes() / SHARE;
    }
}
