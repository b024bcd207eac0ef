package io.ferrymq.selector;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.filter.BooleanExpression;
import org.apache.activemq.filter.NonCachedMessageEvaluationContext;

/** The same random message as ActiveMQ Classic's broker has it and as ours has it. */
final class MessagePair {
    static final List<String> PROPERTIES = List.of("a", "b", "c", "color", "$x_1", "Weight", "JMSXUserID", "flag");

    private static final List<String> STRINGS = List.of(
            "blue", "red", "a", "", "it's", "5", "5.0", "true", "a%b_c", "bluebell", "line\nbreak", "\uD83D\uDE00x");

    private final Message message;
    private final ActiveMQTextMessage classic;
    private final Map<String, Object> properties;

    private MessagePair(Message message, ActiveMQTextMessage classic, Map<String, Object> properties) {
        this.message = message;
        this.classic = classic;
        this.properties = properties;
    }

    static MessagePair random(Random random) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String name : PROPERTIES) {
            if (random.nextInt(4) > 0) {
                properties.put(name, value(random));
            }
        }
        Message.Builder builder = Message.builder(
                        new MessageId(
                                new ProducerId("ID:host-1:1", 1, random.nextInt(3)),
                                random.nextInt(3),
                                pick(random, "", "", "ID:other", "other")),
                        destination(random))
                .persistent(random.nextBoolean())
                .priority((byte) random.nextInt(10))
                .timestampMs(random.nextInt(3) * 5_000_000_000L)
                .expirationMs(random.nextInt(2))
                .arrivalMs(random.nextInt(2))
                .group(random.nextBoolean() ? "blue" : null, random.nextInt(3))
                .type(random.nextBoolean() ? pick(random, "a", "blue") : null)
                .correlationId(random.nextBoolean() ? "it's" : null)
                .userId(random.nextBoolean() ? "red" : null)
                .replyTo(random.nextBoolean() ? destination(random) : null)
                .originalDestination(random.nextInt(4) == 0 ? destination(random) : null);
        Message message = builder.build();
        return new MessagePair(message, classic(message, properties), properties);
    }

    private static DestinationName destination(Random random) {
        DestinationName.Kind[] kinds = {
            DestinationName.Kind.QUEUE,
            DestinationName.Kind.TOPIC,
            DestinationName.Kind.TEMP_QUEUE,
            DestinationName.Kind.TEMP_TOPIC
        };
        return new DestinationName(kinds[random.nextInt(kinds.length)], pick(random, "A", "B.C", "ID:host-1:1:1"));
    }

    private static Object value(Random random) {
        int small = random.nextInt(7) - 1;
        return switch (random.nextInt(14)) {
            case 0 -> (byte) small;
            case 1 -> (short) small;
            case 2, 3 -> small;
            case 4 -> (long) small;
            case 5 -> (float) small / 2;
            case 6 -> (double) small / 2;
            case 7 -> random.nextBoolean();
            case 8 -> large(random);
            case 9 -> random.nextInt(20) == 0 ? List.of(1) : 'a';
            default -> STRINGS.get(random.nextInt(STRINGS.size()));
        };
    }

    /** Where rounding and wrapping begin. */
    private static Object large(Random random) {
        long[] edges = {1L << 24, 1L << 31, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE, 0xFFL, Integer.MAX_VALUE};
        long edge = edges[random.nextInt(edges.length)] + random.nextInt(3) - 1;
        return switch (random.nextInt(5)) {
            case 0 -> (float) edge;
            case 1 -> (double) edge;
            case 2 -> (int) edge;
            case 3 -> random.nextBoolean() ? -0.0 : Double.NaN;
            default -> edge;
        };
    }

    private static String pick(Random random, String... values) {
        return values[random.nextInt(values.length)];
    }

    private static ActiveMQTextMessage classic(Message from, Map<String, Object> properties) {
        ActiveMQTextMessage to = new ActiveMQTextMessage();
        org.apache.activemq.command.ProducerId producer =
                new org.apache.activemq.command.ProducerId(from.id().producer().toString());
        org.apache.activemq.command.MessageId id =
                new org.apache.activemq.command.MessageId(producer, from.id().sequence());
        id.setTextView(from.id().foreignId().isEmpty() ? null : from.id().foreignId());
        to.setMessageId(id);
        to.setDestination(classic(from.destination()));
        from.originalDestination().ifPresent(name -> to.setOriginalDestination(classic(name)));
        from.replyTo().ifPresent(name -> to.setReplyTo(classic(name)));
        from.type().ifPresent(to::setType);
        from.correlationId().ifPresent(to::setCorrelationId);
        from.groupId().ifPresent(to::setGroupID);
        from.userId().ifPresent(to::setUserID);
        to.setGroupSequence(from.groupSequence());
        to.setPersistent(from.persistent());
        to.setPriority(from.priority());
        to.setTimestamp(from.timestampMs());
        to.setExpiration(from.expirationMs());
        to.setBrokerInTime(from.arrivalMs());
        properties.forEach((name, value) -> set(to, name, value));
        return to;
    }

    private static void set(ActiveMQTextMessage message, String name, Object value) {
        try {
            message.setProperty(name, value);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ActiveMQDestination classic(DestinationName name) {
        return ActiveMQDestination.createDestination(name.qualified(), ActiveMQDestination.QUEUE_TYPE);
    }

    Candidate candidate() {
        return new Candidate(message, unused -> properties);
    }

    /** Throws what Classic throws: ClassCastException and others. */
    boolean classicMatches(BooleanExpression expression) {
        NonCachedMessageEvaluationContext context = new NonCachedMessageEvaluationContext();
        context.setMessageReference(classic);
        try {
            return expression.matches(context);
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return properties + " of " + classic;
    }
}
