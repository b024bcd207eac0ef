package io.ferrymq.topic;

import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.time.Clock;
import java.util.function.ToIntFunction;

/**
 * How many messages may wait for one slow subscriber. The policy says a number (pendingMessageLimitStrategy), beyond which some go.
 * Without one a subscriber may use an eighth of the memory limit. One that takes messages then holds its producers back, as in ActiveMQ; one
 * that is stuck loses its oldest and holds up nobody, and when memory is full it keeps what ActiveMQ's shipped configuration leaves it. Owned by
 * the subscription's shard.
 */
public final class PendingLimit {
    /** constantPendingMessageLimitStrategy in the activemq.xml that ActiveMQ ships. */
    private static final int LEFT_WHEN_FULL = 1_000;

    private static final int SHARE = 8;
    /** What one that takes messages may have: its producers had sent some before they were held. */
    private static final int HARD_SHARES = 2;
    /** Who has taken nothing for so long is stuck. */
    private static final long STUCK_NS = 1_000_000_000;

    private final MemoryBudget budget;
    private final Clock clock;
    private final ToIntFunction<DestinationName> limitOf;
    private final int asked;
    private long bytes;
    private long tookNs;

    /**
     * @param limitOf the policy's limit for a topic, in messages; negative for none
     * @param asked what the client wants at most, in messages; not above 0: nothing
     */
    public PendingLimit(MemoryBudget budget, Clock clock, ToIntFunction<DestinationName> limitOf, int asked) {
        this.budget = budget;
        this.clock = clock;
        this.limitOf = limitOf;
        this.asked = asked;
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

    /** The subscriber has taken something, or begins to have something waiting. */
    void took() {
        tookNs = clock.nanoTime();
    }

    private boolean isStuck() {
        return clock.nanoTime() - tookNs >= STUCK_NS;
    }

    /** Something that waits must go. */
    boolean isExceeded(DestinationName topic, int waiting) {
        int most = messages(topic);
        if (most >= 0) {
            return waiting > most;
        }
        return isBeyond(shareBytes(), waiting, budget.isExhausted()) // first what costs no look at the clock
                && (isStuck() || isBeyond(HARD_SHARES * shareBytes(), waiting, budget.isOverdrawn()));
    }

    private boolean isBeyond(long mostBytes, int waiting, boolean full) {
        return (bytes > mostBytes && waiting > 1) || (waiting > LEFT_WHEN_FULL && full);
    }

    /** As in ActiveMQ a client may ask for less than the policy's limit, and has no say where there is none. */
    private int messages(DestinationName topic) {
        int policy = limitOf.applyAsInt(topic);
        return asked > 0 ? Math.min(policy, asked) : policy;
    }

    /** Whether nothing may wait: who wants that wants to hear of none that are lost, as in ActiveMQ. */
    boolean isNone(DestinationName topic) {
        return messages(topic) == 0;
    }

    /** Whether the policy says how many messages may wait: what is lost then is a dead letter, as in ActiveMQ. */
    boolean isAskedFor(DestinationName topic) {
        return messages(topic) >= 0;
    }

    /** So much waits for a subscriber that is getting on that its producers are to wait too. */
    boolean isReached(DestinationName topic) {
        return bytes > shareBytes() && messages(topic) < 0 && !isStuck();
    }

    private long shareBytes() {
        return shareBytes(budget);
    }

    private static long shareBytes(MemoryBudget budget) {
        return budget.limitBytes() / SHARE;
    }

    /** Whether so much is used in all that the share of a subscriber may be. */
    static boolean mayBeReached(MemoryBudget budget) {
        return budget.usedBytes() > shareBytes(budget);
    }
}
