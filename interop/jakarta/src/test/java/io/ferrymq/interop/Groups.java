package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sends messages of groups, and reads them. */
final class Groups {
    private final Session session;
    private final MessageProducer producer;

    Groups(Session session) throws JMSException {
        this.session = session;
        this.producer = session.createProducer(null);
    }

    void send(Destination to, Message message) throws JMSException {
        producer.send(to, message);
    }

    Message message(String group, int sequence, String text) throws JMSException {
        Message message = session.createTextMessage(text);
        message.setStringProperty("JMSXGroupID", group);
        message.setIntProperty("JMSXGroupSeq", sequence);
        return message;
    }

    static boolean isFirst(Message message) throws JMSException {
        return message.getBooleanProperty("JMSXGroupFirstForConsumer");
    }

    /** The next message, which must be this one, and begin its group for the consumer or not. */
    static void assertNext(MessageConsumer consumer, String text, boolean first) throws JMSException {
        Message message = Jms.receive(consumer);
        assertThat(Jms.text(message)).isEqualTo(text);
        assertThat(isFirst(message)).as("first for its consumer: " + text).isEqualTo(first);
    }

    static void assertNothing(MessageConsumer consumer) throws JMSException {
        assertThat(consumer.receive(Jms.ABSENCE_MS)).isNull();
    }

    /** What each of them gets, until all of it has come. */
    static List<List<Message>> collect(List<MessageConsumer> consumers, int total) throws JMSException {
        List<List<Message>> got = new ArrayList<>();
        consumers.forEach(consumer -> got.add(new ArrayList<>()));
        long untilNs = System.nanoTime() + Jms.PATIENCE_MS * 1_000_000;
        int count = 0;
        while (count < total && System.nanoTime() < untilNs) {
            for (int i = 0; i < consumers.size(); i++) {
                Message message = consumers.get(i).receive(5);
                if (message != null) {
                    got.get(i).add(message);
                    count++;
                }
            }
        }
        assertThat(count).as("messages that came").isEqualTo(total);
        return got;
    }

    private static String groupOf(Message message) throws JMSException {
        return message.getStringProperty("JMSXGroupID");
    }

    /** Of each group, its messages in the order they came. */
    static Map<String, List<String>> byGroup(List<Message> messages) throws JMSException {
        Map<String, List<String>> groups = new HashMap<>();
        for (Message message : messages) {
            groups.computeIfAbsent(groupOf(message), any -> new ArrayList<>()).add(Jms.text(message));
        }
        return groups;
    }

    static List<Integer> sizes(List<List<Message>> got) {
        return got.stream().map(List::size).sorted(Comparator.reverseOrder()).toList();
    }

    /** No group is in two of them, each is complete and in order, and only its first message says that it is. */
    static void assertWhole(List<List<Message>> got, int each) throws JMSException {
        List<String> groups = new ArrayList<>();
        for (List<Message> one : got) {
            for (Map.Entry<String, List<String>> group : byGroup(one).entrySet()) {
                groups.add(group.getKey());
                assertThat(group.getValue()).containsExactly(Jms.numbered(group.getKey(), each));
            }
            for (Message message : one) {
                assertThat(isFirst(message)).isEqualTo(Jms.text(message).endsWith("p0"));
            }
        }
        assertThat(groups).doesNotHaveDuplicates();
    }
}
