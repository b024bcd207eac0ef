package io.ferrymq.interop;

import static io.ferrymq.interop.Groups.assertNext;
import static io.ferrymq.interop.Groups.assertWhole;
import static io.ferrymq.interop.Groups.collect;
import static io.ferrymq.interop.Groups.sizes;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which consumers get how many message groups: those who are there, who come, who come back, and who are waited for. */
final class MessageGroupSpreadTest {
    private static final int EACH = 20;

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue queue;
    private Groups groups;

    @BeforeEach
    void open() throws JMSException {
        queue = jms.queue();
        groups = new Groups(jms.session());
    }

    private void send(Destination to, String group, int sequence, String text) throws JMSException {
        groups.send(to, groups.message(group, sequence, text));
    }

    /** Several messages of one group: {@code A0}, {@code A1} and so on. */
    private void send(String group, int from, int to) throws JMSException {
        for (int i = from; i < to; i++) {
            send(queue, group, 0, group + i);
        }
    }

    private MessageConsumer consumer(String... options) throws JMSException {
        return jms.session(options).createConsumer(queue);
    }

    private List<MessageConsumer> consumers(int count) throws JMSException {
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            consumers.add(consumer());
        }
        return consumers;
    }

    /** One group for each producer, as in the posts about Amazon MQ; consumers are there before. */
    @ParameterizedTest
    @CsvSource({"3, 1, '3'", "3, 2, '2,1'", "3, 3, '1,1,1'", "3, 4, '1,1,1,0'", "4, 3, '2,1,1'"})
    void shouldSpreadGroupsEvenlyOverThoseWhoAreThere(int groups, int count, String groupsOfEach) throws JMSException {
        List<MessageConsumer> consumers = consumers(count);
        for (int i = 0; i < EACH; i++) {
            for (int group = 0; group < groups; group++) {
                send("p" + group + "p", i, i + 1);
            }
        }
        List<List<Message>> got = collect(consumers, groups * EACH);

        List<Integer> expected = IntStream.of(numbers(groupsOfEach))
                .map(each -> each * EACH)
                .boxed()
                .toList();
        assertThat(sizes(got)).isEqualTo(expected);
        assertWhole(got, EACH);
    }

    private static int[] numbers(String text) {
        return List.of(text.split(",")).stream().mapToInt(Integer::parseInt).toArray();
    }

    @Test
    void shouldLeaveGroupsWhereTheyAreWhenOthersCome() throws JMSException {
        List<MessageConsumer> consumers = consumers(1);
        for (int i = 0; i < EACH; i++) {
            for (int group = 0; group < 3; group++) {
                send("p" + group + "p", i, i + 1);
            }
            if (i == 3 || i == 6) {
                consumers.add(consumer());
            }
        }

        List<List<Message>> got = collect(consumers, 3 * EACH);
        assertThat(got.stream().map(List::size)).containsExactly(3 * EACH, 0, 0);
        assertWhole(got, EACH);
    }

    /** The seventh of the posts: whoever came late has nothing until groups end, and then has one each. */
    @Test
    void shouldSpreadGroupsAnewThatEndWhenOthersHaveCome() throws JMSException {
        List<MessageConsumer> consumers = consumers(1);
        for (int group = 0; group < 3; group++) {
            send("p" + group + "p", 0, 5);
        }
        consumers.addAll(consumers(2));
        for (int group = 0; group < 3; group++) {
            send(queue, "p" + group + "p", -1, "p" + group + "p5");
        }
        for (int i = 6; i < 11; i++) {
            for (int group = 0; group < 3; group++) {
                send("p" + group + "p", i, i + 1);
            }
        }

        assertThat(sizes(collect(consumers, 33))).containsExactly(23, 5, 5);
    }

    @Test
    void shouldPreferALateConsumerForNewGroups() throws JMSException {
        MessageConsumer early = consumer();
        send("A", 0, 1);
        send("B", 0, 1);
        assertThat(Jms.texts(early, 2)).containsExactly("A0", "B0");
        MessageConsumer late = consumer();
        send("A", 1, 2);
        send("C", 0, 1);
        send("B", 1, 2);
        send("D", 0, 1);

        assertThat(Jms.texts(late, 2)).containsExactly("C0", "D0");
        assertThat(Jms.texts(early, 2)).containsExactly("A1", "B1");
    }

    /** Who comes back has nothing, so it is given what is nobody's then. */
    @Test
    void shouldStayEvenWhenConsumersComeBack() throws JMSException {
        List<MessageConsumer> consumers = consumers(3);
        int groups = 12;
        sendToEach(groups, 0);
        assertThat(sizes(collect(consumers, groups))).containsExactly(4, 4, 4);
        for (int round = 1; round <= 3; round++) {
            consumers.remove(0).close();
            consumers.add(consumer());
            sendToEach(groups, round);
            assertThat(sizes(collect(consumers, groups))).containsExactly(4, 4, 4);
        }
    }

    private void sendToEach(int groups, int number) throws JMSException {
        for (int group = 0; group < groups; group++) {
            send("G" + group + "-", number, number + 1);
        }
    }

    /** Three groups of ten wait, then three consumers come: each gets one group, whatever is waited for. */
    @ParameterizedTest
    @ValueSource(strings = {"gated.three.", "gated.three.timed.", "gated.five.", "gated.five.timed.", "gated.timed."})
    void shouldGiveEachOfThoseItWaitsForAGroup(String prefix) throws JMSException {
        queue = new ActiveMQQueue(prefix + jms.name());
        for (int i = 0; i < 10; i++) {
            for (int group = 0; group < 3; group++) {
                send("p" + group + "p", i, i + 1);
            }
        }
        ActiveMQConnection connection = jms.connect("jms.prefetchPolicy.all=1");
        List<MessageConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            consumers.add(
                    connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue));
        }

        List<List<Message>> got = collect(consumers, 30);
        assertThat(sizes(got)).containsExactly(10, 10, 10);
        assertWhole(got, 10);
    }

    /** When it lets them go it is as if they had just come. */
    @Test
    void shouldPreferTheHighestPriorityOfThoseItWaitsFor() throws JMSException {
        queue = new ActiveMQQueue("gated.three." + jms.name());
        send("A", 0, 2);
        send("B", 0, 2);
        MessageConsumer plain = consumer();
        MessageConsumer selecting = jms.session()
                .createConsumer(
                        new ActiveMQQueue(((ActiveMQQueue) queue).getPhysicalName() + "?consumer.priority=7"),
                        "JMSXGroupSeq = 0");
        MessageConsumer other = consumer();

        assertThat(Jms.texts(selecting, 4)).containsExactly("A0", "A1", "B0", "B1");
        assertThat(plain.receiveNoWait()).isNull();
        assertThat(other.receiveNoWait()).isNull();
    }

    /** Who selects is an equal of those who do not, when what waited is let go. */
    @Test
    void shouldSpreadGroupsOverThoseItWaitsForWhateverTheySelect() throws JMSException {
        queue = new ActiveMQQueue("gated.three." + jms.name());
        for (int group = 0; group < 3; group++) {
            send("p" + group + "p", 0, 5);
        }
        List<MessageConsumer> consumers = consumers(2);
        consumers.add(jms.session().createConsumer(queue, "JMSXGroupSeq = 0"));

        assertThat(sizes(collect(consumers, 15))).containsExactly(5, 5, 5);
    }

    @Test
    void shouldHaveItsOwnGroupsInEachQueueOfAVirtualTopic() throws JMSException {
        String topic = "VirtualTopic." + jms.name();
        ActiveMQQueue queueOfA = new ActiveMQQueue("Consumer.A." + topic);
        ActiveMQQueue queueOfB = new ActiveMQQueue("Consumer.B." + topic);
        List<MessageConsumer> ofA = new ArrayList<>();
        ofA.add(jms.session().createConsumer(queueOfA));
        ofA.add(jms.session().createConsumer(queueOfA));
        MessageConsumer ofB = jms.session().createConsumer(queueOfB);
        for (int i = 0; i < 5; i++) {
            send(new ActiveMQTopic(topic), "p0p", 0, "p0p" + i);
            send(new ActiveMQTopic(topic), "p1p", 0, "p1p" + i);
        }

        List<List<Message>> got = collect(ofA, 10);
        assertThat(sizes(got)).containsExactly(5, 5);
        assertWhole(got, 5);
        assertWhole(collect(List.of(ofB), 10), 5);
    }

    @Test
    void shouldHaveItsOwnGroupsInEachQueueOfAComposite() throws JMSException {
        Queue other = jms.queue();
        MessageConsumer here = consumer();
        MessageConsumer there = jms.session().createConsumer(other);
        ActiveMQQueue both = new ActiveMQQueue(queue.getQueueName() + "," + other.getQueueName());
        send(both, "A", 0, "A0");
        assertNext(here, "A0", true);
        MessageConsumer late = consumer();
        send(both, "A", -1, "A1");
        send(both, "A", 0, "A2");

        assertNext(here, "A1", false);
        assertNext(late, "A2", true);
        assertNext(there, "A0", true);
        assertNext(there, "A1", false);
        assertNext(there, "A2", true);
    }
}
