package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import java.util.List;

/** All virtual destinations of a broker: those that are configured, and ActiveMQ's virtual topics unless others are. Immutable. */
public final class VirtualDestinations {
    /** Where nothing is configured. */
    public static final VirtualDestinations DEFAULT = new VirtualDestinations(List.of());

    private final List<VirtualTopic> topics;
    private final List<CompositeDestination> composites;

    public VirtualDestinations(List<VirtualDestination> configured) {
        List<VirtualTopic> named = only(VirtualTopic.class, configured);
        this.topics = named.isEmpty() ? List.of(VirtualTopic.DEFAULT) : named;
        this.composites = only(CompositeDestination.class, configured);
    }

    private static <T> List<T> only(Class<T> type, List<VirtualDestination> all) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    public List<VirtualTopic> topics() {
        return topics;
    }

    public List<CompositeDestination> composites() {
        return composites;
    }

    /** Whether a message to this name may also, or only, go elsewhere. Asked for each message. */
    public boolean isVirtual(DestinationName name) {
        return isAmong(topics, name) || isAmong(composites, name);
    }

    private static boolean isAmong(List<? extends VirtualDestination> all, DestinationName name) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isFor(name)) {
                return true;
            }
        }
        return false;
    }
}
