package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import java.util.Comparator;
import java.util.List;

/** All policies of a broker: the most specific one that matches counts, as a whole (ActiveMQ's policyMap). Immutable. */
public final class DestinationPolicies {
    private static final DestinationPolicy DEFAULTS =
            DestinationPolicy.of(DestinationName.queue(">")).build();

    private final List<DestinationPolicy> mostSpecificFirst;

    public DestinationPolicies(List<DestinationPolicy> policies) {
        this.mostSpecificFirst = policies.stream()
                .sorted(Comparator.comparing(DestinationPolicy::pattern))
                .toList();
    }

    /** Whether there is any policy at all. */
    public boolean isEmpty() {
        return mostSpecificFirst.isEmpty();
    }

    public List<DestinationPolicy> all() {
        return mostSpecificFirst;
    }

    /** The policy of this destination: the defaults where none matches. */
    public DestinationPolicy of(DestinationName name) {
        for (DestinationPolicy policy : mostSpecificFirst) {
            if (policy.pattern().matches(name)) {
                return policy;
            }
        }
        return DEFAULTS;
    }
}
