package io.ferrymq.snapshot;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.queue.Filter;
import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The durable subscriptions at one place of the log, and which of them want a message: what a broker finds when it replays. Owned
 * by one thread.
 */
public final class SubscriptionRules {
    private record Rule(Record.SubscriptionAdded added, List<DestinationPattern> topics, Filter filter) {
        boolean concerns(DestinationName topic) {
            return topics.stream().anyMatch(pattern -> pattern.matches(topic));
        }
    }

    private final PropertyFormat properties;
    private final Map<DestinationName, Rule> byName = new LinkedHashMap<>();
    private final Map<DestinationName, List<Rule>> byTopic = new HashMap<>();

    /** @param properties reads what selectors ask for */
    public SubscriptionRules(PropertyFormat properties) {
        this.properties = properties;
    }

    /** A new one, or one that is deaf to another connection from now on. */
    public void add(Record.SubscriptionAdded added) {
        List<DestinationPattern> topics =
                added.topics().members().stream().map(DestinationPattern::of).toList();
        byName.put(
                added.subscription(), new Rule(added, topics, new Filter(selector(added.selector()), added.deafTo())));
        byTopic.clear();
    }

    /** A broker refuses to start with a selector it cannot read; here such a subscription wants everything. */
    private static Selector selector(String text) {
        boolean readable = !text.isEmpty() && Selector.parse(text) instanceof Selector.Outcome.Accepted;
        return readable ? ((Selector.Outcome.Accepted) Selector.parse(text)).selector() : Selector.ALL;
    }

    public void remove(DestinationName subscription) {
        byName.remove(subscription);
        byTopic.clear();
    }

    public Optional<Record.SubscriptionAdded> find(DestinationName subscription) {
        return Optional.ofNullable(byName.get(subscription)).map(Rule::added);
    }

    public List<Record.SubscriptionAdded> all() {
        return byName.values().stream().map(Rule::added).toList();
    }

    /** Those that are given this message to a topic. */
    public List<DestinationName> wanting(Message message) {
        List<Rule> rules = byTopic.computeIfAbsent(message.destination(), this::concerning);
        if (rules.isEmpty()) {
            return List.of();
        }
        Candidate candidate = new Candidate(message, properties);
        List<DestinationName> wanting = new ArrayList<>(rules.size());
        for (Rule rule : rules) {
            if (rule.filter().matches(message, candidate)) {
                wanting.add(rule.added().subscription());
            }
        }
        return wanting;
    }

    private List<Rule> concerning(DestinationName topic) {
        return byName.values().stream().filter(rule -> rule.concerns(topic)).toList();
    }
}
