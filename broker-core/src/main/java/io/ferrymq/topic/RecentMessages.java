package io.ferrymq.topic;

import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.policy.SubscriptionRecovery;
import io.ferrymq.queue.Filter;
import io.ferrymq.selector.Candidate;
import io.ferrymq.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The newest messages of a topic, for consumers that come late and ask for them (ActiveMQ's subscriptionRecoveryPolicy). Counted in
 * the memory budget. Owned by the topic's shard.
 */
public final class RecentMessages {
    private record Remembered(Message message, long sequence, long atMs) {}

    private final SubscriptionRecovery policy;
    private final Clock clock;
    private final MemoryBudget budget;
    private final Deque<Remembered> newestLast = new ArrayDeque<>();
    private long bytes;

    public RecentMessages(SubscriptionRecovery policy, Clock clock, MemoryBudget budget) {
        this.policy = policy;
        this.clock = clock;
        this.budget = budget;
    }

    void add(Message message, long sequence) {
        if (policy.remembersNothing()) {
            return;
        }
        newestLast.add(new Remembered(message, sequence, clock.epochMs()));
        bytes += message.footprintBytes();
        budget.take(message.footprintBytes());
        forgetOld();
    }

    private void forgetOld() {
        long oldestMs = policy.ageMs() == Long.MAX_VALUE ? Long.MIN_VALUE : clock.epochMs() - policy.ageMs();
        while (!newestLast.isEmpty()
                && (newestLast.size() > policy.messages()
                        || bytes > policy.bytes()
                        || newestLast.peek().atMs() < oldestMs)) {
            forget(newestLast.poll());
        }
    }

    private void forget(Remembered old) {
        bytes -= old.message().footprintBytes();
        budget.give(old.message().footprintBytes());
    }

    /** Oldest first; none that has expired. */
    List<Publication> matching(Filter filter, PropertyFormat properties) {
        forgetOld();
        List<Publication> found = new ArrayList<>();
        for (Remembered one : newestLast) {
            Message message = one.message();
            boolean alive = !message.isExpiredAt(clock.epochMs());
            if (alive && filter.matches(message, new Candidate(message, properties))) {
                found.add(Publication.recalled(message, one.sequence()));
            }
        }
        return found;
    }

    void clear() {
        newestLast.forEach(this::forget);
        newestLast.clear();
    }
}
