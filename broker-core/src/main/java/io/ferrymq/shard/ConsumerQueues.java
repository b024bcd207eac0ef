package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.policy.VirtualTopic;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The queues of the consumers of one kind of virtual topic, found by the topic's name. Written by the shards; any thread reads. */
final class ConsumerQueues {
    private static final String ONE_ELEMENT = "[^.]*";

    private final VirtualTopic virtual;
    private final Pattern naming;
    /** By the names of their topics. */
    private final ConcurrentHashMap<String, Set<DestinationName>> byTopic = new ConcurrentHashMap<>();
    /** Those whose names have wildcards where the topic's name is. */
    private final ConcurrentHashMap<DestinationName, DestinationPattern> byPattern = new ConcurrentHashMap<>();

    ConsumerQueues(VirtualTopic virtual) {
        this.virtual = virtual;
        this.naming = Pattern.compile(regex(virtual.prefix()) + "(.+)" + regex(virtual.postfix()), Pattern.DOTALL);
    }

    private static String regex(String part) {
        return Pattern.quote(part).replace("*", "\\E" + ONE_ELEMENT + "\\Q");
    }

    /** What the consumers of a queue consume: a topic or a pattern of topics. */
    private Optional<DestinationName> topicOf(DestinationName queue) {
        if (queue.kind() != DestinationName.Kind.QUEUE) {
            return Optional.empty();
        }
        Matcher matcher = naming.matcher(queue.physicalName());
        return matcher.matches() ? Optional.of(DestinationName.topic(matcher.group(1))) : Optional.empty();
    }

    /** Whether a queue of this name, which may have wildcards, is for consumers of these topics only. */
    boolean isFor(DestinationName queue) {
        return topicOf(queue).filter(virtual::isFor).isPresent();
    }

    void add(DestinationName queue) {
        topicOf(queue).ifPresent(topic -> {
            if (DestinationPattern.isPattern(topic)) {
                byPattern.put(queue, DestinationPattern.of(topic));
            } else if (virtual.isFor(topic)) {
                byTopic.compute(topic.physicalName(), (any, known) -> {
                    Set<DestinationName> queues = known == null ? ConcurrentHashMap.newKeySet() : known;
                    queues.add(queue);
                    return queues;
                });
            }
        });
    }

    void remove(DestinationName queue) {
        byPattern.remove(queue);
        topicOf(queue)
                .ifPresent(topic -> byTopic.computeIfPresent(topic.physicalName(), (any, queues) -> {
                    queues.remove(queue);
                    return queues.isEmpty() ? null : queues;
                }));
    }

    /** The queues of this very topic, and those whose wildcards match it: a group may have both, and each gets the message, as in ActiveMQ. */
    Set<DestinationName> of(DestinationName topic) {
        if (!virtual.isFor(topic)) {
            return Set.of();
        }
        Set<DestinationName> exact = byTopic.getOrDefault(topic.physicalName(), Set.of());
        if (byPattern.isEmpty()) {
            return exact;
        }
        Set<DestinationName> all = new LinkedHashSet<>(exact);
        byPattern.forEach((queue, pattern) -> {
            if (pattern.matches(topic)) {
                all.add(queue);
            }
        });
        return all;
    }
}
