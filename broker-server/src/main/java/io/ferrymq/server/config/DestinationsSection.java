package io.ferrymq.server.config;

import io.ferrymq.message.DestinationName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code destinations:}, and wherever else one destination is named by {@code queue} or {@code topic}. */
final class DestinationsSection {
    private DestinationsSection() {}

    static List<DestinationName> read(Section root) {
        List<DestinationName> all = new ArrayList<>();
        root.sections("destinations", section -> one(section).ifPresent(all::add));
        return all;
    }

    /** Empty when it is none or two, which is noted as a mistake. */
    static Optional<DestinationName> one(Section section) {
        List<DestinationName> named = new ArrayList<>();
        name(section, "queue").map(DestinationName::queue).ifPresent(named::add);
        name(section, "topic").map(DestinationName::topic).ifPresent(named::add);
        if (named.size() != 1) {
            section.mistake("exactly one of 'queue' and 'topic', with a name");
            return Optional.empty();
        }
        return Optional.of(named.get(0));
    }

    static Optional<String> name(Section section, String key) {
        List<String> names = new ArrayList<>();
        section.text(key, names::add);
        return names.stream().filter(name -> !name.isBlank()).findFirst();
    }
}
