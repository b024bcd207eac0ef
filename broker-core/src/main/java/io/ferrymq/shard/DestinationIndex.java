package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.VirtualDestinations;
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
    private final Set<DestinationName> names = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final PolicyLimits limits;
    private final List<ConsumerQueues> consumerQueues;

    /** @param policies may say how many there may be of some */
    public DestinationIndex(DestinationPolicies policies, VirtualDestinations virtual) {
        this.limits = new PolicyLimits(policies);
        this.consumerQueues = virtual.topics().stream().map(ConsumerQueues::new).toList();
    }

    void add(DestinationName name) {
        if (names.add(name)) {
            count.incrementAndGet();
            limits.add(name);
            consumerQueues.forEach(queues -> queues.add(name));
        }
    }

    /** Adds it, which is not there, unless there are {@code most} already, or as many as its policy allows. */
    boolean addWithin(DestinationName name, int most) {
        if (count.incrementAndGet() > most || !limits.addWithin(name)) {
            count.decrementAndGet();
            return false;
        }
        names.add(name);
        consumerQueues.forEach(queues -> queues.add(name));
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
            consumerQueues.forEach(queues -> queues.remove(name));
        }
    }

    /** Whether a queue of this name, which may have wildcards, is for consumers of virtual topics. */
    boolean isConsumerQueue(DestinationName name) {
        return consumerQueues.stream().anyMatch(queues -> queues.isFor(name));
    }

    /** The queues of a virtual topic's consumers that exist; none for another topic. */
    public Set<DestinationName> consumerQueuesOf(DestinationName topic) {
        Set<DestinationName> all = new LinkedHashSet<>();
        consumerQueues.forEach(queues -> all.addAll(queues.of(topic)));
        return all;
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
