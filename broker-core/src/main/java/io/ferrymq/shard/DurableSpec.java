package io.ferrymq.shard;

import io.ferrymq.BrokerException;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.queue.Filter;
import io.ferrymq.selector.Selector;
import java.util.List;

/**
 * What a durable subscription is a subscription to. Immutable.
 *
 * @param name its name, which is also that of its backlog
 * @param topics as the client named them, perhaps a composite or with wildcards
 */
public record DurableSpec(DestinationName name, DestinationName topics, Filter filter) {
    static DurableSpec of(Record.SubscriptionAdded added) {
        Selector selector = Selector.ALL;
        if (!added.selector().isEmpty()) {
            Selector.Outcome outcome = Selector.parse(added.selector());
            if (!(outcome instanceof Selector.Outcome.Accepted accepted)) {
                throw new BrokerException(
                        BrokerException.Code.STORE_FORMAT,
                        "a durable subscription has a selector that this version cannot read: subscription="
                                + added.subscription() + ", selector=" + added.selector());
            }
            selector = accepted.selector();
        }
        return new DurableSpec(added.subscription(), added.topics(), new Filter(selector, added.deafTo()));
    }

    Record.SubscriptionAdded record() {
        return new Record.SubscriptionAdded(name, topics, filter.selector().text(), filter.deafTo());
    }

    /** Whose owner keeps the record of the subscription: that of its topic, so that most are in one shard alone. */
    DestinationName home() {
        DestinationName first = topics.members().get(0);
        return DestinationPattern.isPattern(first) ? name : first;
    }

    /** Those of its topics that are named without wildcards. */
    List<DestinationName> plainTopics() {
        return topics.members().stream()
                .filter(topic -> !DestinationPattern.isPattern(topic))
                .toList();
    }

    List<DestinationPattern> patterns() {
        return topics.members().stream().map(DestinationPattern::of).toList();
    }

    /** The same but for the connection it is deaf to, which changes with every connection of its client. */
    public boolean isSameSubscription(DurableSpec other) {
        return topics.equals(other.topics)
                && filter.selector().equals(other.filter.selector())
                && filter.deafTo().isEmpty() == other.filter.deafTo().isEmpty();
    }
}
