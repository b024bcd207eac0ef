package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.DestinationPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts destinations where a policy says how many there may be (ActiveMQ's maxDestinations): all that match its pattern, those too that have
 * another, more specific policy. Any thread.
 */
final class PolicyLimits {
    private final DestinationPolicies policies;
    private final Map<DestinationPattern, AtomicInteger> counts = new HashMap<>();

    PolicyLimits(DestinationPolicies policies) {
        this.policies = policies;
        for (DestinationPolicy policy : policies.all()) {
            if (policy.maxDestinations() >= 0) {
                counts.put(policy.pattern(), new AtomicInteger());
            }
        }
    }

    /** Counts one more, unless its policy says that there are enough. */
    boolean addWithin(DestinationName name) {
        DestinationPolicy policy = policies.of(name);
        int most = policy.maxDestinations();
        if (most < 0 || isExempt(name)) {
            add(name);
            return true;
        }
        AtomicInteger own = counts.get(policy.pattern());
        if (own.getAndUpdate(count -> count < most ? count + 1 : count) >= most) {
            return false;
        }
        counts.forEach((pattern, count) -> {
            if (count != own && pattern.matches(name)) {
                count.incrementAndGet();
            }
        });
        return true;
    }

    /** Counts one more, however many there are. */
    void add(DestinationName name) {
        count(name, 1);
    }

    void remove(DestinationName name) {
        count(name, -1);
    }

    private void count(DestinationName name, int more) {
        if (isExempt(name)) {
            return;
        }
        counts.forEach((pattern, count) -> {
            if (pattern.matches(name)) {
                count.addAndGet(more);
            }
        });
    }

    private static boolean isExempt(DestinationName name) {
        return name.isTemporary() || name.isAdvisory();
    }
}
