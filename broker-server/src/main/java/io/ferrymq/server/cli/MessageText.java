package io.ferrymq.server.cli;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Instant;
import org.apache.activemq.command.ActiveMQMessage;

/** Messages for people. */
final class MessageText {
    private static final int MAX_EXCERPT = 80;

    private MessageText() {}

    /** The body if it is text, else what kind of body it is. */
    static String body(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return text.getText() == null ? "" : text.getText();
        }
        if (message instanceof BytesMessage bytes) {
            return "<" + bytes.getBodyLength() + " bytes>";
        }
        // never decoded: an object message must not load classes here
        return message instanceof ActiveMQMessage other ? "<" + other.getJMSXMimeType() + ">" : "<message>";
    }

    /** One line: id, when, how it is kept, the beginning of the body. */
    static String summary(Message message) throws JMSException {
        String kept = message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT ? "persistent" : "transient";
        return String.join(
                "  ",
                message.getJMSMessageID(),
                Instant.ofEpochMilli(message.getJMSTimestamp()).toString(),
                kept,
                "priority=" + message.getJMSPriority(),
                message.getJMSRedelivered() ? "redelivered" : "new",
                excerpt(body(message)));
    }

    private static String excerpt(String body) {
        String line = body.replaceAll("\\s+", " ");
        return line.length() <= MAX_EXCERPT ? line : line.substring(0, MAX_EXCERPT - 3) + "...";
    }
}
