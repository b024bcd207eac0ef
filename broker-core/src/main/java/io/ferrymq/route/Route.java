package io.ferrymq.route;

import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationName.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * From the name a client uses to the destinations it means: the members of a composite name, with options cut off (OpenWire
 * destinations). Immutable.
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
        if (!name.isComposite()) {
            return single(name);
        }
        Set<DestinationName> members = new LinkedHashSet<>();
        for (String part : name.physicalName().split(",")) {
            if (!part.isBlank()) {
                members.add(member(name.kind(), part.trim()));
            }
        }
        if (members.isEmpty() || members.size() > MOST_MEMBERS) {
            return refused("composite destination with " + members.size() + " members, limit=" + MOST_MEMBERS);
        }
        return checked(List.copyOf(members));
    }

    private static Route single(DestinationName name) {
        String physical = name.physicalName();
        boolean plain = physical.indexOf('?') < 0 && !isBlankEdged(physical);
        return checked(List.of(plain ? name : new DestinationName(name.kind(), withoutOptions(physical.trim()))));
    }

    private static Route checked(List<DestinationName> members) {
        for (DestinationName member : members) {
            if (hasWildcard(member.physicalName())) {
                return new Route(
                        List.of(),
                        Optional.of(new Refusal(
                                Refusal.Code.NOT_SUPPORTED,
                                "wildcard destinations are not supported by this version: destination=" + member)));
            }
        }
        return new Route(members, Optional.empty());
    }

    private static DestinationName member(Kind kind, String part) {
        for (Kind candidate : Kind.values()) {
            String prefix = new DestinationName(candidate, "x").qualified();
            prefix = prefix.substring(0, prefix.length() - 1);
            if (part.startsWith(prefix) && part.length() > prefix.length()) {
                return new DestinationName(candidate, withoutOptions(part.substring(prefix.length())));
            }
        }
        return new DestinationName(kind, withoutOptions(part));
    }

    private static boolean hasWildcard(String physicalName) {
        if (physicalName.indexOf('*') < 0 && physicalName.indexOf('>') < 0) {
            return false;
        }
        for (String element : physicalName.split("\\.")) {
            if (element.equals("*") || element.equals(">")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBlankEdged(String physical) {
        return physical.charAt(0) <= ' ' || physical.charAt(physical.length() - 1) <= ' ';
    }

    private static String withoutOptions(String name) {
        int options = name.indexOf('?');
        return options <= 0 ? name : name.substring(0, options);
    }

    private static Route refused(String why) {
        return new Route(List.of(), Optional.of(new Refusal(Refusal.Code.INVALID_DESTINATION, why)));
    }
}
