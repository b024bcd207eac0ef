package io.ferrymq.route;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.selector.Candidate;
import io.ferrymq.shard.DestinationIndex;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way of one message through virtual destinations, which may lead to others. Each name is passed once, so it ends. What would come
 * back to a name that it came through stays there, so that nothing is lost in a loop. Used once, by the thread that sends.
 */
final class Journey {
    /** A name on the way, and the one before it. */
    private record Stop(DestinationName name, @Nullable Stop before) {
        boolean isPassedBefore() {
            for (Stop earlier = before; earlier != null; earlier = earlier.before) {
                if (earlier.name.equals(name)) {
                    return true;
                }
            }
            return false;
        }
    }

    private final Message message;
    private final DestinationIndex index;
    private final List<Composite> composites;
    private final Candidate candidate;
    private final Set<DestinationName> passed = new HashSet<>();
    private final Deque<Stop> ahead = new ArrayDeque<>();
    /** By destination, once for each. */
    private final Map<DestinationName, Message> arrived = new LinkedHashMap<>();

    Journey(Message message, DestinationIndex index, List<Composite> composites, PropertyFormat properties) {
        this.message = message;
        this.index = index;
        this.composites = composites;
        this.candidate = new Candidate(message, properties);
    }

    /** Begins at a name that the producer has sent to. */
    void enter(DestinationName name) {
        ahead.addLast(new Stop(name, null));
    }

    /** The messages that arrive somewhere. */
    List<Message> travel() {
        while (!ahead.isEmpty()) {
            Stop stop = ahead.removeFirst();
            if (stop.isPassedBefore()) {
                arrive(stop);
            } else if (passed.add(stop.name())) {
                pass(stop);
            }
        }
        return List.copyOf(arrived.values());
    }

    private void pass(Stop stop) {
        List<Composite> here = composites.stream()
                .filter(composite -> composite.isFor(stop.name()))
                .toList();
        if (here.isEmpty() || here.stream().anyMatch(composite -> composite.keeps(candidate))) {
            arrive(stop);
        }
        Deque<Stop> next = new ArrayDeque<>();
        here.forEach(composite -> composite.targetsOf(candidate).forEach(target -> next.add(new Stop(target, stop))));
        index.consumerQueuesOf(stop.name()).forEach(queue -> next.add(new Stop(queue, stop)));
        while (!next.isEmpty()) {
            ahead.addFirst(next.removeLast()); // each way to its end before the next, as Classic goes
        }
    }

    private void arrive(Stop stop) {
        Stop before = stop.before();
        DestinationName origin = before == null ? message.destination() : before.name();
        arrived.computeIfAbsent(stop.name(), name -> SendRoutes.addressed(message, name, origin));
    }
}
