package io.ferrymq.server.config;

import static io.ferrymq.server.config.DestinationsSection.name;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.CompositeDestination;
import io.ferrymq.policy.VirtualDestination;
import io.ferrymq.policy.VirtualTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Reads {@code virtualDestinations:}, whose keys are ActiveMQ's elements and attributes. */
final class VirtualDestinationsSection {
    private VirtualDestinationsSection() {}

    static List<VirtualDestination> read(Section root) {
        List<VirtualDestination> all = new ArrayList<>();
        root.sections("virtualDestinations", section -> {
            List<VirtualDestination> here = new ArrayList<>();
            name(section, "virtualTopic").ifPresent(topics -> here.add(topic(section, topics)));
            name(section, "compositeQueue")
                    .ifPresent(name -> here.add(composite(section, DestinationName.queue(name))));
            name(section, "compositeTopic")
                    .ifPresent(name -> here.add(composite(section, DestinationName.topic(name))));
            if (here.size() != 1) {
                section.mistake("exactly one of 'virtualTopic', 'compositeQueue' and 'compositeTopic', with a name");
            }
            all.addAll(here);
        });
        return all;
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
            Optional<DestinationName> target = DestinationsSection.one(to);
            String selector = DestinationsSection.name(to, "selector").orElse("");
            target.ifPresent(name -> composite.set(composite.get().andTo(name, selector)));
        });
        return composite.get();
    }
}
