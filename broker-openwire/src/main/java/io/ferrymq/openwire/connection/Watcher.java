package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A consumer that listens to advisories. Immutable.
 *
 * @param topics what it listens to, with and without wildcards; nothing but advisory topics
 * @param link past the core to this consumer
 */
record Watcher(ConsumerId consumer, List<DestinationPattern> topics, Link link) {
    boolean watches(DestinationName topic) {
        for (DestinationPattern pattern : topics) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Those of {@code all} topics that it watches; without a look at the others, unless it uses wildcards. */
    Set<DestinationName> watchedOf(Set<DestinationName> all) {
        Set<DestinationName> watched = new LinkedHashSet<>();
        for (DestinationPattern pattern : topics) {
            if (DestinationPattern.isPattern(pattern.name())) {
                all.stream().filter(pattern::matches).forEach(watched::add);
            }
            if (all.contains(pattern.name())) {
                watched.add(pattern.name());
            }
        }
        return watched;
    }
}
