package io.ferrymq.route;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationName.Kind;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.shard.DestinationIndex;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a message goes that is sent to a name: wildcards stand for the destinations that exist and match, a virtual topic also for the
 * queues of its consumers (ActiveMQ's default virtual topics: {@code VirtualTopic.>} and {@code Consumer.*.}). Any thread.
 */
public final class SendRoutes {
    private static final String VIRTUAL_TOPIC = "VirtualTopic.";

    private final DestinationIndex index;

    public SendRoutes(DestinationIndex index) {
        this.index = index;
    }

    /** The destinations for a message to {@code members}; the very list when they stand for themselves. */
    public List<DestinationName> of(List<DestinationName> members) {
        boolean plain = true;
        for (int i = 0; i < members.size(); i++) {
            plain &= isPlain(members.get(i));
        }
        return plain ? members : expand(members);
    }

    private boolean isPlain(DestinationName name) {
        return !isVirtual(name) && !DestinationPattern.isPattern(name);
    }

    private static boolean isVirtual(DestinationName name) {
        return name.kind() == Kind.TOPIC && name.physicalName().startsWith(VIRTUAL_TOPIC);
    }

    private List<DestinationName> expand(List<DestinationName> members) {
        Set<DestinationName> all = new LinkedHashSet<>();
        for (DestinationName member : members) {
            if (DestinationPattern.isPattern(member)) {
                List<DestinationName> matches = index.matching(DestinationPattern.of(member));
                matches.forEach(match -> add(match, all));
                if (matches.isEmpty()) {
                    all.add(member); // as in ActiveMQ, for consumers of that very name
                }
            } else {
                add(member, all);
            }
        }
        return List.copyOf(all);
    }

    private void add(DestinationName name, Set<DestinationName> all) {
        all.add(name);
        if (isVirtual(name)) {
            all.addAll(index.consumerQueuesOf(name));
        }
    }
}
