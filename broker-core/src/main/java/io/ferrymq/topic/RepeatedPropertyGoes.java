package io.ferrymq.topic;

import io.ferrymq.message.PropertyFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ActiveMQ's uniquePropertyMessageEvictionStrategy: of the messages with one value of a property only the newest stays. Which are repeated is noted
 * as they come, so each property is looked at once. Those without the property go with the repeated ones, as in ActiveMQ.
 */
final class RepeatedPropertyGoes implements WaitingMessages {
    private record Waiting(
            Publication publication, @Nullable Object value) {}

    private final String property;
    private final PropertyFormat properties;
    /** By arrival, in that order. */
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    /** The arrival of the newest with each value. */
    private final Map<Object, Long> newest = new HashMap<>();
    /** All that are not the newest with their value. */
    private final Set<Long> repeated = new LinkedHashSet<>();

    private long arrivals;

    RepeatedPropertyGoes(String property, PropertyFormat properties) {
        this.property = property;
        this.properties = properties;
    }

    @Override
    public void add(Publication publication) {
        long arrival = arrivals++;
        Object value = properties.find(publication.message(), property);
        waiting.put(arrival, new Waiting(publication, value));
        Long before = value == null ? Long.valueOf(arrival) : newest.put(value, arrival);
        if (before != null) {
            repeated.add(before);
        }
    }

    @Override
    public int size() {
        return waiting.size();
    }

    private Map.Entry<Long, Waiting> oldest() {
        return waiting.entrySet().iterator().next();
    }

    @Override
    public Publication first() {
        return oldest().getValue().publication();
    }

    @Override
    public Publication removeFirst() {
        Map.Entry<Long, Waiting> first = oldest();
        Long arrival = first.getKey();
        Waiting taken = first.getValue();
        waiting.remove(arrival);
        if (!repeated.remove(arrival)) {
            newest.remove(taken.value());
        }
        return taken.publication();
    }

    @Override
    public List<Publication> evict() {
        if (repeated.isEmpty() || newest.isEmpty()) {
            return List.of(removeFirst());
        }
        List<Publication> evicted = new ArrayList<>(repeated.size());
        repeated.forEach(arrival -> evicted.add(waiting.remove(arrival).publication()));
        repeated.clear();
        return evicted;
    }
}
