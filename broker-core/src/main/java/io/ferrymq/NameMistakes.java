package io.ferrymq;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.policy.CompositeDestination;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.policy.VirtualTopic;
import io.ferrymq.selector.Selector;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with configured destinations and virtual ones, each mistake with the property it is about. Used once, by one thread. */
final class NameMistakes {
    /** As many as a composite name may have members. */
    private static final int MOST_TARGETS = 64;

    private final List<String> mistakes = new ArrayList<>();

    private NameMistakes() {}

    static List<String> in(BrokerConfig.Names names) {
        NameMistakes found = new NameMistakes();
        names.destinations().forEach(found::checkPlain);
        List<VirtualDestination> all = names.virtualDestinations();
        for (int i = 0; i < all.size(); i++) {
            found.check("virtualDestinations[" + i + "]", all.get(i));
        }
        return found.mistakes;
    }

    private void check(String property, VirtualDestination one) {
        DestinationName name = one.pattern().name();
        if (isOdd(name)) {
            mistakes.add(property + ": one queue or topic, or wildcards, not '" + name + "'");
        }
        if (one instanceof VirtualTopic topic) {
            checkTopic(property, topic);
        } else if (one instanceof CompositeDestination composite) {
            checkTargets(property + ".forwardTo", composite.forwardTo());
        }
    }

    private void checkTopic(String property, VirtualTopic topic) {
        if (!topic.pattern().name().isTopic()) {
            mistakes.add(property + ".virtualTopic: a topic, not " + topic.pattern());
        }
        if (topic.prefix().indexOf('>') >= 0) {
            mistakes.add(property + ".prefix: no wildcard but *, not '" + topic.prefix() + "'");
        }
        if (topic.postfix().matches(".*[*>].*")) {
            mistakes.add(property + ".postfix: no wildcards, not '" + topic.postfix() + "'");
        }
    }

    private void checkTargets(String property, List<CompositeDestination.Forward> targets) {
        if (targets.isEmpty() || targets.size() > MOST_TARGETS) {
            mistakes.add(property + ": 1 to " + MOST_TARGETS + " destinations, not " + targets.size());
        }
        for (int i = 0; i < targets.size(); i++) {
            checkTarget(property + "[" + i + "]", targets.get(i));
        }
    }

    private void checkTarget(String property, CompositeDestination.Forward forward) {
        DestinationName target = forward.target();
        if (!isPlain(target)) {
            mistakes.add(property + ": one queue or topic without wildcards, not '" + target + "'");
        }
        if (!forward.selector().isBlank()
                && Selector.parse(forward.selector()) instanceof Selector.Outcome.Rejected rejected) {
            mistakes.add(property + ".selector: '" + forward.selector() + "': " + rejected.reason() + " at column "
                    + rejected.column());
        }
    }

    private void checkPlain(DestinationName name) {
        if (!isPlain(name)) {
            mistakes.add("destinations: each one queue or topic without wildcards, not '" + name + "'");
        }
    }

    private static boolean isPlain(DestinationName name) {
        return !isOdd(name) && !DestinationPattern.isPattern(name);
    }

    private static boolean isOdd(DestinationName name) {
        return name.isTemporary() || name.isSubscription() || name.isComposite() || name.isAdvisory();
    }
}
