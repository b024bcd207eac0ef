package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.policy.DestinationPolicies;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The names of all destinations of a broker, for those who look for some of them: wildcards of producers, virtual topics. Written by the
 * shards before they answer who created a destination; any thread reads.
 */
public final class DestinationIndex {
    private static final String CONSUMER_PREFIX = "Consumer.";

    private final Set<DestinationName> names = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final PolicyLimits limits;
    /** Topic names to the queues {@code Consumer.x.topic} that exist. */
    private final ConcurrentHashMap<String, Set<DestinationName>> consumerQueues = new ConcurrentHashMap<>();
    /** Queues {@code Consumer.x.pattern}, with the pattern of topics. */
    private final ConcurrentHashMap<DestinationName, DestinationPattern> consumerPatterns = new ConcurrentHashMap<>();

    /** @param policies may say how many there may be of some */
    public DestinationIndex(DestinationPolicies policies) {
        this.limits = new PolicyLimits(policies);
    }

    void add(DestinationName name) {
        if (names.add(name)) {
            count.incrementAndGet();
            limits.add(name);
            noteConsumerQueue(name, true);
        }
    }

    /** Adds it, which is not there, unless there are {@code most} already, or as many as its policy allows. */
    boolean addWithin(DestinationName name, int most) {
        if (count.incrementAndGet() > most || !limits.addWithin(name)) {
            count.decrementAndGet();
            return false;
        }
        names.add(name);
        noteConsumerQueue(name, true);
        return true;
    }

    /** How many there are. */
    int size() {
        return count.get();
    }

    void remove(DestinationName name) {
        if (names.remove(name)) {
            count.decrementAndGet();
            limits.remove(name);
            noteConsumerQueue(name, false);
        }
    }

    private void noteConsumerQueue(DestinationName name, boolean added) {
        String text = name.physicalName();
        int dot = text.indexOf('.', CONSUMER_PREFIX.length());
        boolean consumes = name.kind() == DestinationName.Kind.QUEUE && text.startsWith(CONSUMER_PREFIX) && dot > 0;
        if (!consumes || dot + 1 == text.length()) {
            return;
        }
        DestinationName topic = DestinationName.topic(text.substring(dot + 1));
        if (DestinationPattern.isPattern(topic)) {
            if (added) {
                consumerPatterns.put(name, DestinationPattern.of(topic));
            } else {
                consumerPatterns.remove(name);
            }
            return;
        }
        consumerQueues.compute(topic.physicalName(), (any, known) -> {
            Set<DestinationName> queues = known == null ? ConcurrentHashMap.newKeySet() : known;
            if (added) {
                queues.add(name);
            } else {
                queues.remove(name);
            }
            return queues.isEmpty() ? null : queues;
        });
    }

    /** The queues {@code Consumer.x.NAME} for a virtual topic of this name; for an x without one, a queue whose wildcards match. */
    public Set<DestinationName> consumerQueuesOf(DestinationName topic) {
        Set<DestinationName> exact = consumerQueues.getOrDefault(topic.physicalName(), Set.of());
        if (consumerPatterns.isEmpty()) {
            return exact;
        }
        Set<DestinationName> all = new LinkedHashSet<>(exact);
        consumerPatterns.forEach((queue, pattern) -> {
            String group = group(queue);
            if (pattern.matches(topic)
                    && exact.stream().noneMatch(one -> group(one).equals(group))) {
                all.add(queue);
            }
        });
        return all;
    }

    private static String group(DestinationName consumerQueue) {
        String text = consumerQueue.physicalName();
        return text.substring(0, text.indexOf('.', CONSUMER_PREFIX.length()));
    }

    /** What exists of this kind and matches; takes as long as there are destinations. */
    public List<DestinationName> matching(DestinationPattern pattern) {
        List<DestinationName> found = new ArrayList<>();
        for (DestinationName name : names) {
            if (pattern.matches(name)) {
                found.add(name);
            }
        }
        return found;
    }
}
