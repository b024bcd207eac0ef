package io.ferrymq.interop;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.MessageTransformer;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ConsumerId;
import org.opentest4j.TestAbortedException;

/**
 * What the clients of one scenario saw, so that two brokers can be compared: the messages that each consumer was given, what the broker refused, and how
 * the scenario ended. What differs from run to run is replaced: generated names, ids, times and ports. What is seen while polling for a condition is left
 * out, since how often one polls is chance. Written to by any thread.
 */
final class Transcript implements MessageTransformer {
    /** Scenarios about load would only say that much is much. */
    private static final int MOST_LINES = 2_000;

    private static final int LONG_TEXT = 60;

    private final List<String> names = new CopyOnWriteArrayList<>();
    private final List<String> refusals = Collections.synchronizedList(new ArrayList<>());
    private final Map<Source, List<String>> given = new ConcurrentHashMap<>();

    /** A consumer of several destinations gets the messages of each in order, but which of them comes first is chance. */
    private record Source(ConsumerId consumer, String destination) {}

    /** Remembers a generated name, which is then written as a number. */
    String named(String name) {
        names.add(name);
        return name;
    }

    void refused(Object command, Throwable refusal) {
        if (!polling()) {
            refusals.add(command.getClass().getSimpleName() + ": "
                    + refusal.getClass().getName() + ": " + steady(refusal.getMessage()));
        }
    }

    @Override
    public Message producerTransform(Session session, MessageProducer producer, Message message) {
        return message;
    }

    @Override
    public Message consumerTransform(Session session, MessageConsumer consumer, Message message) throws JMSException {
        if (mine((ActiveMQMessage) message) && !polling()) {
            Source source = new Source(
                    ((ActiveMQMessageConsumer) consumer).getConsumerId(),
                    steady(((ActiveMQMessage) message).getDestination().getQualifiedName()));
            List<String> lines = given.computeIfAbsent(source, key -> Collections.synchronizedList(new ArrayList<>()));
            if (lines.size() < MOST_LINES) {
                lines.add(line((ActiveMQMessage) message));
            }
        }
        return message;
    }

    /** Dead letters and advisories of other scenarios come to this one too, depending on what ran before. */
    private boolean mine(ActiveMQMessage message) {
        return mine(message.getDestination())
                || message.getOriginalDestination() != null && mine(message.getOriginalDestination());
    }

    private boolean mine(ActiveMQDestination destination) {
        return destination.isTemporary() || names.stream().anyMatch(destination.getPhysicalName()::contains);
    }

    private static boolean polling() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith("org.awaitility.")));
    }

    /** The client decodes a message as it is read, so a copy is. */
    private String line(ActiveMQMessage original) throws JMSException {
        ActiveMQMessage message = (ActiveMQMessage) original.copy();
        StringBuilder line = new StringBuilder(message.getClass().getSimpleName());
        if (message instanceof TextMessage text) {
            line.append(" '").append(brief(text.getText())).append('\'');
        }
        if (message.getDataStructure() != null) {
            line.append(" about ").append(message.getDataStructure().getClass().getSimpleName());
        }
        line.append(" delivery ").append(message.getRedeliveryCounter() + 1);
        line.append(message.isPersistent() ? " persistent" : " transient").append(" priority ");
        line.append(message.getPriority()).append(message.getExpiration() > 0 ? " expires" : "");
        append(line, " type ", message.getType());
        append(line, " correlation ", message.getCorrelationId());
        append(line, " reply to ", message.getReplyTo());
        append(line, " first for ", message.getOriginalDestination());
        List<String> properties = properties(message);
        return line.append(properties.isEmpty() ? "" : " " + properties).toString();
    }

    private List<String> properties(ActiveMQMessage message) throws JMSException {
        try {
            message.getProperties();
        } catch (IOException e) {
            return List.of("unreadable");
        }
        List<String> properties = new ArrayList<>();
        for (Enumeration<?> keys = message.getPropertyNames(); keys.hasMoreElements(); ) {
            String key = keys.nextElement().toString();
            if (!key.equals("JMSXDeliveryCount")) {
                properties.add(key + "=" + value(key, message.getObjectProperty(key)));
            }
        }
        Collections.sort(properties);
        return properties;
    }

    private void append(StringBuilder line, String what, Object value) {
        if (value != null) {
            line.append(what).append(steady(value.toString()));
        }
    }

    private String value(String key, Object value) {
        boolean chance = Names.VOLATILE.contains(key) && !value.equals(0L);
        return chance ? "..." : brief(String.valueOf(value));
    }

    private String brief(String text) {
        String steady = steady(text);
        if (steady.length() <= LONG_TEXT) {
            return steady;
        }
        return steady.substring(0, LONG_TEXT / 2) + "... of " + steady.length() + " with hash " + steady.hashCode();
    }

    /** The names in the order of their making, the longer first as it may hold a shorter one. */
    private String steady(String text) {
        return text == null ? "null" : Names.steady(text, List.copyOf(names));
    }

    /** As a file of its own below {@code target/transcripts}. */
    void write(String broker, String scenario, Throwable failure) throws IOException {
        String sections = given.entrySet().stream()
                .map(entry -> section(entry.getKey().destination(), List.copyOf(entry.getValue())))
                .sorted()
                .collect(Collectors.joining());
        String refused = List.copyOf(refusals).stream()
                .map(line -> "refused " + line + "\n")
                .collect(Collectors.joining());
        Path directory = Files.createDirectories(Path.of("target", "transcripts", broker));
        Files.writeString(
                directory.resolve(scenario + ".txt"), "outcome " + outcome(failure) + "\n" + sections + refused);
    }

    private static String section(String destination, List<String> lines) {
        return "consumer of " + destination + "\n  " + String.join("\n  ", lines) + "\n";
    }

    private String outcome(Throwable failure) {
        if (failure == null) {
            return "passed";
        }
        String reason = failure.toString().strip().split("\\R", 2)[0];
        return (failure instanceof TestAbortedException ? "skipped " : "failed ") + steady(reason);
    }
}
