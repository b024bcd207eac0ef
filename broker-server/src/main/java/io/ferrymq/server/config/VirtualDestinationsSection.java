package io.ferrymq.server.config;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.CompositeDestination;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.policy.VirtualTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Reads {@code virtualDestinations:}, whose keys are ActiveMQ's elements and attributes. */
final class VirtualDestinationsSection {
    private VirtualDestinationsSection() {}

    static List<VirtualDestination> read(Section root) {
        List<VirtualDestination> all = new ArrayList<>();
        root.sections("virtualDestinations", section -> {
            List<VirtualDestination> here = new ArrayList<>();
            name(section, "virtualTopic", topics -> here.add(topic(section, topics)));
            name(section, "compositeQueue", name -> here.add(composite(section, DestinationName.queue(name))));
            name(section, "compositeTopic", name -> here.add(composite(section, DestinationName.topic(name))));
            if (here.size() != 1) {
                section.mistake("exactly one of 'virtualTopic', 'compositeQueue' and 'compositeTopic', with a name");
            }
            all.addAll(here);
        });
        return all;
    }

    private static void name(Section section, String key, Consumer<String> setter) {
        section.text(key, name -> {
            if (!name.isBlank()) {
                setter.accept(name);
            }
        });
    }

    private static VirtualTopic topic(Section section, String topics) {
        AtomicReference<VirtualTopic> topic = new AtomicReference<>(VirtualTopic.of(topics));
        section.text("prefix", value -> topic.set(topic.get().withPrefix(value)));
        section.text("postfix", value -> topic.set(topic.get().withPostfix(value)));
        return topic.get();
    }

    private static CompositeDestination composite(Section section, DestinationName names) {
        AtomicReference<CompositeDestination> composite = new AtomicReference<>(CompositeDestination.of(names));
        section.flag("forwardOnly", value -> composite.set(composite.get().withForwardOnly(value)));
        section.flag(
                "sendWhenNotMatched", value -> composite.set(composite.get().withSendWhenNotMatched(value)));
        section.sections("forwardTo", to -> {
            List<DestinationName> targets = new ArrayList<>();
            List<String> selectors = new ArrayList<>();
            name(to, "queue", name -> targets.add(DestinationName.queue(name)));
            name(to, "topic", name -> targets.add(DestinationName.topic(name)));
            to.text("selector", selectors::add);
            if (targets.size() != 1) {
                to.mistake("exactly one of 'queue' and 'topic', with a name");
            }
            String selector = String.join("", selectors);
            targets.forEach(target -> composite.set(composite.get().andTo(target, selector)));
        });
        return composite.get();
    }
}
