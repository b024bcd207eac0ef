package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.Message;
import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.Selector;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A consumer that listens to advisories. Immutable.
 *
 * @param topics what it listens to, with and without wildcards; nothing but advisory topics
 * @param selector which of the advisories it wants
 * @param link past the core to this consumer
 */
record Watcher(ConsumerId consumer, List<DestinationPattern> topics, Selector selector, Link link) {
    private static final OpenWireProperties PROPERTIES = new OpenWireProperties();

    /** Whether it wants this one, which is on a topic that it watches. */
    boolean wants(Message advisory) {
        return selector.isAll() || selector.matches(new Candidate(advisory, PROPERTIES));
    }

    boolean watches(DestinationName topic) {
        for (DestinationPattern pattern : topics) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is told what is on the topic already: not by a pattern that begins with a wildcard, as in ActiveMQ. */
    boolean isToldAgain(DestinationName topic) {
        return topics.stream().anyMatch(pattern -> pattern.name().isAdvisory() && pattern.matches(topic));
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
