package io.ferrymq.route;

import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import java.util.List;
import java.util.Optional;

/**
 * From the name a client uses to the destinations it means: the members of a composite name, with options cut off (OpenWire
 * destinations). Members may be patterns. Immutable.
 */
public record Route(List<DestinationName> members, Optional<Refusal> refusal) {
    /** Longest physical name and most members of a composite, so that no name can be made a burden. */
    private static final int LONGEST_NAME = 4_096;

    private static final int MOST_MEMBERS = 64;

    public static Route of(DestinationName name) {
        if (name.physicalName().length() > LONGEST_NAME) {
            return refused(
                    "destination name too long: length=" + name.physicalName().length() + ", limit=" + LONGEST_NAME);
        }
        List<DestinationName> members = name.members();
        if (members.isEmpty() || members.size() > MOST_MEMBERS) {
            return refused("composite destination with " + members.size() + " members, limit=" + MOST_MEMBERS);
        }
        return new Route(members, Optional.empty());
    }

    /** Whether it stands for one destination that is known by its name. */
    public boolean isSingle() {
        return members.size() == 1 && !DestinationPattern.isPattern(members.get(0));
    }

    private static Route refused(String why) {
        return new Route(List.of(), Optional.of(new Refusal(Refusal.Code.INVALID_DESTINATION, why)));
    }
}
