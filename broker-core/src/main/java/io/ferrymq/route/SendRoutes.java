package io.ferrymq.route;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.policy.VirtualDestinations;
import io.ferrymq.shard.DestinationIndex;
import java.util.List;

/**
 * Where a message goes that is sent to a name: wildcards stand for the destinations that exist and match, a virtual topic also for the
 * queues of its consumers, a composite that an operator has configured for what it forwards to. Any thread.
 */
public final class SendRoutes {
    private final DestinationIndex index;
    private final VirtualDestinations virtual;
    private final List<Composite> composites;
    private final PropertyFormat properties;

    public SendRoutes(DestinationIndex index, VirtualDestinations virtual, PropertyFormat properties) {
        this.index = index;
        this.virtual = virtual;
        this.composites = virtual.composites().stream().map(Composite::of).toList();
        this.properties = properties;
    }

    /**
     * What becomes of a message to {@code members}: one for each destination, which knows where it was sent to. None when all that it
     * could be forwarded to have selectors that do not match.
     */
    public List<Message> of(Message message, List<DestinationName> members) {
        if (members.size() == 1 && isPlain(members.get(0))) {
            return List.of(addressed(message, members.get(0), message.destination()));
        }
        Journey journey = new Journey(message, index, composites, properties);
        members.forEach(member -> start(journey, member));
        return journey.travel();
    }

    private boolean isPlain(DestinationName name) {
        return !virtual.isVirtual(name) && !DestinationPattern.isPattern(name);
    }

    private void start(Journey journey, DestinationName member) {
        List<DestinationName> matches =
                DestinationPattern.isPattern(member) ? index.matching(DestinationPattern.of(member)) : List.of();
        matches.forEach(journey::enter);
        if (matches.isEmpty()) {
            journey.enter(member); // also a pattern, as in ActiveMQ, for consumers of that very name
        }
    }

    static Message addressed(Message message, DestinationName destination, DestinationName origin) {
        return message.destination().equals(destination)
                ? message
                : message.toBuilder()
                        .destination(destination)
                        .originalDestination(origin)
                        .build();
    }
}
