package io.ferrymq.server.cli;

import io.ferrymq.message.DestinationName;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where messages go to or come from, as written on the command line: {@code orders}, {@code queue://orders}, {@code topic://news}. */
record Destination(boolean topic, String name) {
    private static final String QUEUE = "queue://";
    private static final String TOPIC = "topic://";

    static Destination parse(String text) {
        boolean topic = text.startsWith(TOPIC);
        String name = topic || text.startsWith(QUEUE) ? text.substring(QUEUE.length()) : text;
        if (name.isBlank()) {
            throw new TypeConversionException("a destination needs a name, like orders or topic://news");
        }
        if (name.contains("://")) {
            throw new TypeConversionException(
                    "'" + text + "' is neither queue://NAME, topic://NAME nor a queue's NAME");
        }
        return new Destination(topic, name);
    }

    jakarta.jms.Destination in(Session session) throws JMSException {
        return topic ? session.createTopic(name) : session.createQueue(name);
    }

    /** As the core calls it. */
    DestinationName coreName() {
        return topic ? DestinationName.topic(name) : DestinationName.queue(name);
    }

    @Override
    public String toString() {
        return (topic ? TOPIC : QUEUE) + name;
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<Destination> {
        @Override
        public Destination convert(String text) {
            return parse(text);
        }
    }
}
