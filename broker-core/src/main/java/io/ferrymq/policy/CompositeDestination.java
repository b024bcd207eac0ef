package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import java.util.ArrayList;
import java.util.List;

/**
 * Queues or topics that forward what is sent to them (ActiveMQ's compositeQueue and compositeTopic).
 *
 * @param pattern which ones
 * @param forwardOnly whether they keep nothing of it themselves
 * @param sendWhenNotMatched whether they keep exactly what nothing of {@code forwardTo} matches, whatever {@code forwardOnly} says
 * @param forwardTo where it goes
 */
public record CompositeDestination(
        DestinationPattern pattern, boolean forwardOnly, boolean sendWhenNotMatched, List<Forward> forwardTo)
        implements VirtualDestination {
    /**
     * One destination that is forwarded to (ActiveMQ's filteredDestination).
     *
     * @param selector which messages; empty for all
     */
    public record Forward(DestinationName target, String selector) {}

    public CompositeDestination {
        forwardTo = List.copyOf(forwardTo);
    }

    /** Forwards to {@code targets}, and keeps nothing. */
    public static CompositeDestination of(DestinationName names, DestinationName... targets) {
        CompositeDestination made = new CompositeDestination(DestinationPattern.of(names), true, false, List.of());
        for (DestinationName target : targets) {
            made = made.andTo(target, "");
        }
        return made;
    }

    /** One more target, for the messages that a selector matches. */
    public CompositeDestination andTo(DestinationName target, String selector) {
        List<Forward> more = new ArrayList<>(forwardTo);
        more.add(new Forward(target, selector));
        return new CompositeDestination(pattern, forwardOnly, sendWhenNotMatched, more);
    }

    public CompositeDestination withForwardOnly(boolean value) {
        return new CompositeDestination(pattern, value, sendWhenNotMatched, forwardTo);
    }

    public CompositeDestination withSendWhenNotMatched(boolean value) {
        return new CompositeDestination(pattern, forwardOnly, value, forwardTo);
    }
}
