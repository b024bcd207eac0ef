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

    /** A queue, its group of consumers, and what they consume: a topic or a pattern of topics. */
    private record Named(String group, DestinationName topic) {}

    private final VirtualTopic virtual;
    private final Pattern naming;
    /** By the names of their topics. */
    private final ConcurrentHashMap<String, Set<DestinationName>> byTopic = new ConcurrentHashMap<>();
    /** Those whose names have wildcards where the topic's name is. */
    private final ConcurrentHashMap<DestinationName, DestinationPattern> byPattern = new ConcurrentHashMap<>();

    ConsumerQueues(VirtualTopic virtual) {
        this.virtual = virtual;
        this.naming =
                Pattern.compile("(" + regex(virtual.prefix()) + ")(.+)" + regex(virtual.postfix()), Pattern.DOTALL);
    }

    private static String regex(String part) {
        return Pattern.quote(part).replace("*", "\\E" + ONE_ELEMENT + "\\Q");
    }

    private Optional<Named> read(DestinationName queue) {
        if (queue.kind() != DestinationName.Kind.QUEUE) {
            return Optional.empty();
        }
        Matcher matcher = naming.matcher(queue.physicalName());
        return matcher.matches()
                ? Optional.of(new Named(matcher.group(1), DestinationName.topic(matcher.group(2))))
                : Optional.empty();
    }

    /** Whether a queue of this name, which may have wildcards, is for consumers of these topics only. */
    boolean isFor(DestinationName queue) {
        return read(queue).filter(named -> virtual.isFor(named.topic())).isPresent();
    }

    void add(DestinationName queue) {
        read(queue).ifPresent(named -> {
            if (DestinationPattern.isPattern(named.topic())) {
                byPattern.put(queue, DestinationPattern.of(named.topic()));
            } else if (virtual.isFor(named.topic())) {
                byTopic.compute(named.topic().physicalName(), (any, known) -> {
                    Set<DestinationName> queues = known == null ? ConcurrentHashMap.newKeySet() : known;
                    queues.add(queue);
                    return queues;
                });
            }
        });
    }

    void remove(DestinationName queue) {
        byPattern.remove(queue);
        read(queue)
                .ifPresent(named -> byTopic.computeIfPresent(named.topic().physicalName(), (any, queues) -> {
                    queues.remove(queue);
                    return queues.isEmpty() ? null : queues;
                }));
    }

    /** For each group the queue of this very topic, or one whose wildcards match it. */
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
            if (pattern.matches(topic) && exact.stream().noneMatch(one -> isSameGroup(one, queue))) {
                all.add(queue);
            }
        });
        return all;
    }

    private boolean isSameGroup(DestinationName one, DestinationName other) {
        return read(one).map(Named::group).equals(read(other).map(Named::group));
    }
}
