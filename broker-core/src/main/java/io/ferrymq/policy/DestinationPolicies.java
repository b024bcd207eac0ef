package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import java.util.Comparator;
import java.util.List;

/** All policies of a broker: of those that match the preferred one counts, as a whole (ActiveMQ's policyMap). Immutable. */
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
        DestinationPolicy best = null;
        for (DestinationPolicy policy : mostSpecificFirst) {
            boolean matches = policy.pattern().matches(name);
            if (matches && (best == null || policy.pattern().isPreferredTo(best.pattern()))) {
                best = policy;
            }
        }
        return best == null ? DEFAULTS : best;
    }
}
