package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import java.util.ArrayList;
import java.util.List;

/** The names of advisory topics (OpenWire 13), and who listens to some of them. Stateless; any thread. */
final class AdvisoryTopics {
    private static final String PREFIX = "ActiveMQ.Advisory.";
    private static final List<String> PREFIX_ELEMENTS = List.of("ActiveMQ", "Advisory");
    private static final String TOPIC_SCHEME = "topic://";
    private static final String ANY_SCHEME = "://";

    static final DestinationName CONNECTIONS = named("Connection");
    static final DestinationName QUEUES = named("Queue");
    static final DestinationName TOPICS = named("Topic");
    static final DestinationName TEMP_QUEUES = named("TempQueue");
    static final DestinationName TEMP_TOPICS = named("TempTopic");

    private AdvisoryTopics() {}

    private static DestinationName named(String name) {
        return DestinationName.topic(PREFIX + name);
    }

    /** Where the coming and going of such a destination is told. */
    static DestinationName comings(DestinationName of) {
        if (of.isTemporary()) {
            return of.isQueue() ? TEMP_QUEUES : TEMP_TOPICS;
        }
        return of.isQueue() ? QUEUES : TOPICS;
    }

    /** Whether anything is told of it: not of advisories, else one could be the cause of the next, nor of what clients cannot name. */
    static boolean isTold(DestinationName destination) {
        return (destination.isQueue() || destination.isTopic()) && !destination.isAdvisory();
    }

    static DestinationName consumers(DestinationName of) {
        return clientsOf("Consumer.", of);
    }

    static DestinationName producers(DestinationName of) {
        return clientsOf("Producer.", of);
    }

    /** A topic's name must not be composite only because what it is about is. */
    private static DestinationName clientsOf(String what, DestinationName destination) {
        return named(what + plainKind(destination) + destination.physicalName().replace(",", "&sbquo;"));
    }

    /** For what is told of temporary destinations as of others. */
    static DestinationName plain(String what, DestinationName destination) {
        return named(what + '.' + plainKind(destination) + destination.physicalName());
    }

    private static String plainKind(DestinationName destination) {
        return destination.isQueue() ? "Queue." : "Topic.";
    }

    /** For what is told with the exact kind of a destination. */
    static DestinationName exact(String what, DestinationName destination) {
        return named(what
                + (destination.isTemporary() ? ".Temp" : ".")
                + plainKind(destination)
                + destination.physicalName());
    }

    /** Whether a consumer or producer of this destination, possibly composite, has to do with advisories by name. */
    static boolean isNamedBy(DestinationName destination) {
        return topics(destination).stream().anyMatch(name -> name.startsWith(PREFIX));
    }

    /** Which advisory topics a consumer of {@code destination}, possibly composite, listens to; mostly none. */
    static List<DestinationPattern> heardBy(DestinationName destination) {
        List<DestinationPattern> heard = new ArrayList<>();
        for (String topic : topics(destination)) {
            if (topic.startsWith(PREFIX) || mayCoverAdvisories(topic)) {
                heard.add(DestinationPattern.of(DestinationName.topic(topic)));
            }
        }
        return List.copyOf(heard);
    }

    /** Whether a consumer of {@code destination} listens to nothing but which temporary destinations there are. */
    static boolean isTemporariesOnly(DestinationName destination) {
        List<String> topics = topics(destination);
        return !topics.isEmpty()
                && topics.size() == destination.physicalName().split(",").length
                && topics.stream()
                        .map(DestinationName::topic)
                        .allMatch(topic -> topic.equals(TEMP_QUEUES) || topic.equals(TEMP_TOPICS));
    }

    /** OpenWire 12: a member without prefix has the kind of the whole. */
    private static List<String> topics(DestinationName destination) {
        if (!destination.isComposite()) {
            return destination.kind() == DestinationName.Kind.TOPIC ? List.of(destination.physicalName()) : List.of();
        }
        List<String> topics = new ArrayList<>();
        for (String part : destination.physicalName().split(",")) {
            String member = part.trim();
            if (member.startsWith(TOPIC_SCHEME)) {
                topics.add(member.substring(TOPIC_SCHEME.length()));
            } else if (destination.kind() == DestinationName.Kind.TOPIC && !member.contains(ANY_SCHEME)) {
                topics.add(member);
            }
        }
        topics.removeIf(String::isBlank);
        return topics;
    }

    private static boolean mayCoverAdvisories(String topic) {
        if (!DestinationPattern.isPattern(DestinationName.topic(topic))) {
            return false;
        }
        String[] elements = topic.split("\\.");
        for (int i = 0; i < Math.min(PREFIX_ELEMENTS.size(), elements.length); i++) {
            boolean fits = elements[i].equals("*")
                    || elements[i].equals(PREFIX_ELEMENTS.get(i))
                    || (elements[i].equals(">") && i == elements.length - 1);
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
