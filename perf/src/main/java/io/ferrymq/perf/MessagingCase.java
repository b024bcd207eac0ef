package io.ferrymq.perf;

import jakarta.jms.JMSException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The scenarios of {@code perf/messaging}. */
enum MessagingCase {
    SELECTORS(1),
    STUCK_SUBSCRIBER(1),
    REQUEST_REPLY(3);

    private final int turns;

    MessagingCase(int turns) {
        this.turns = turns;
    }

    static MessagingCase named(String name) {
        for (MessagingCase each : values()) {
            if (each.label().equals(name)) {
                return each;
            }
        }
        throw new UsageException("unknown scenario: " + name + ", known: selectors, stuck-subscriber, request-reply");
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How often each broker runs it, unless the command line says. */
    int turns() {
        return turns;
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
            case STUCK_SUBSCRIBER -> new StuckSubscriberLoad(settings, url).run();
            case REQUEST_REPLY -> new RequestReplyLoad(settings, url).run();
        };
    }
}
