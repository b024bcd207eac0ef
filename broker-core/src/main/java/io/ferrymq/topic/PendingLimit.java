package io.ferrymq.topic;

import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.time.Clock;
import java.util.function.ToIntFunction;

/**
 * How many messages may wait for one slow subscriber, so that it hurts nobody but itself. The policy says a number
 * (pendingMessageLimitStrategy); without one a subscriber may use an eighth of the memory limit, and less when memory is full: what
 * ActiveMQ's shipped configuration leaves it. Owned by the subscription's shard.
 */
public final class PendingLimit {
    /** constantPendingMessageLimitStrategy in the activemq.xml that ActiveMQ ships. */
    private static final int LEFT_WHEN_FULL = 1_000;

    private static final int SHARE = 8;

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

    boolean isExceeded(DestinationName topic, int waiting) {
        int most = limitOf.applyAsInt(topic);
        if (most >= 0) {
            return waiting > most;
        }
        boolean tooManyBytes = bytes > budget.limitBytes() / SHARE && waiting > 1;
        return tooManyBytes || (waiting > LEFT_WHEN_FULL && budget.isExhausted());
    }
}
