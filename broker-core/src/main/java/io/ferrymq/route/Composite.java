package io.ferrymq.route;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.CompositeDestination;
import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.Selector;
import java.util.List;
import java.util.stream.Stream;

/** A composite destination as it is configured, and its targets with their selectors parsed. Immutable. */
record Composite(CompositeDestination configured, List<Forward> forwards) {
    record Forward(DestinationName target, Selector selector) {
        private static Forward of(CompositeDestination.Forward configured) {
            if (configured.selector().isBlank()) {
                return new Forward(configured.target(), Selector.ALL);
            }
            Selector.Outcome outcome = Selector.parse(configured.selector());
            if (outcome instanceof Selector.Outcome.Accepted accepted) {
                return new Forward(configured.target(), accepted.selector());
            }
            throw new IllegalArgumentException("no selector: " + configured.selector());
        }
    }

    /** @throws IllegalArgumentException when a selector is none; the broker's configuration has been checked for it */
    static Composite of(CompositeDestination configured) {
        return new Composite(
                configured, configured.forwardTo().stream().map(Forward::of).toList());
    }

    boolean isFor(DestinationName name) {
        return configured.isFor(name);
    }

    Stream<DestinationName> targetsOf(Candidate message) {
        return forwards.stream()
                .filter(forward -> forward.selector().matches(message))
                .map(Forward::target);
    }

    boolean keeps(Candidate message) {
        return configured.sendWhenNotMatched() ? targetsOf(message).findAny().isEmpty() : !configured.forwardOnly();
    }
}
