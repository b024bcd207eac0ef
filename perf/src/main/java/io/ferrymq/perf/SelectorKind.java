package io.ferrymq.perf;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the selectors of the consumers look like. A message that was marked for a consumer matches no other's. */
enum SelectorKind {
    /** The least a selector can be. */
    ID {
        @Override
        String of(int consumer) {
            return "id = " + consumer;
        }
    },
    /** What an application writes: the part that tells consumers apart stands in the middle. */
    RICH {
        @Override
        String of(int consumer) {
            return "region = 'eu' AND customer = 'c" + consumer + "' AND price BETWEEN 10 AND 20";
        }
    },
    /** No equality that an index could find it by. */
    LIKE {
        @Override
        String of(int consumer) {
            return "customer LIKE 'c" + consumer + "-%' OR price > 1000";
        }
    };

    static SelectorKind named(String name) {
        for (SelectorKind each : values()) {
            if (each.label().equals(name)) {
                return each;
            }
        }
        throw new UsageException("unknown selector: " + name + ", known: "
                + Stream.of(values()).map(SelectorKind::label).collect(Collectors.joining(", ")));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract String of(int consumer);

    void mark(Message message, int consumer) throws JMSException {
        if (this == ID) {
            message.setIntProperty("id", consumer);
            return;
        }
        message.setStringProperty("region", "eu");
        message.setStringProperty("customer", "c" + consumer + (this == LIKE ? "-" + consumer % 7 : ""));
        message.setIntProperty("price", 10 + consumer % 11);
    }
}
