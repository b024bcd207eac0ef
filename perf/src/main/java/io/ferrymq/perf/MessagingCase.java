package io.ferrymq.perf;

import jakarta.jms.JMSException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The scenarios of {@code perf/messaging}. */
enum MessagingCase {
    SELECTORS(1, 20),
    SELECTORS_BACKLOG(1, 180),
    SELECTORS_LATE(1, 60),
    STUCK_SUBSCRIBER(1, 20),
    REQUEST_REPLY(3, 20);

    private final int turns;
    private final int limitSeconds;

    MessagingCase(int turns, int limitSeconds) {
        this.turns = turns;
        this.limitSeconds = limitSeconds;
    }

    static MessagingCase named(String name) {
        for (MessagingCase each : values()) {
            if (each.label().equals(name)) {
                return each;
            }
        }
        throw new UsageException("unknown scenario: " + name + ", known: "
                + Stream.of(values()).map(MessagingCase::label).collect(Collectors.joining(", ")));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How often each broker runs it, unless the command line says. */
    int turns() {
        return turns;
    }

    /** How long consuming may take, unless the command line says. */
    int limitSeconds() {
        return limitSeconds;
    }

    List<Figure> figures() {
        return List.of(Figure.values()).stream()
                .filter(figure -> figure.of() == this)
                .toList();
    }

    Map<Figure, Double> run(MessagingSettings settings, String url, long brokerPid)
            throws JMSException, InterruptedException {
        return switch (this) {
            case SELECTORS -> new SelectorLoad(settings, url, brokerPid).run();
            case SELECTORS_BACKLOG, SELECTORS_LATE -> new SelectorBacklogLoad(this, settings, url, brokerPid).run();
            case STUCK_SUBSCRIBER -> new StuckSubscriberLoad(settings, url).run();
            case REQUEST_REPLY -> new RequestReplyLoad(settings, url).run();
        };
    }
}
