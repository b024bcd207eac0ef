package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is sent to {@code VirtualTopic.X} also goes to the queues {@code Consumer.*.VirtualTopic.X} that exist. */
final class VirtualTopicTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private ActiveMQTopic topic;
    private Session session;

    @BeforeEach
    void open() throws JMSException {
        topic = new ActiveMQTopic("VirtualTopic." + jms.name());
        session = jms.session();
    }

    @Test
    void shouldGiveEveryGroupACopy() throws JMSException {
        MessageConsumer a = session.createConsumer(group("A"));
        MessageConsumer b = session.createConsumer(group("B"));
        jms.send(topic, "m0", "m1");

        assertThat(Jms.texts(a, 2)).containsExactly("m0", "m1");
        assertThat(Jms.texts(b, 2)).containsExactly("m0", "m1");
    }

    @Test
    void shouldShareTheCopyInsideAGroup() throws JMSException {
        MessageConsumer one = jms.session("jms.prefetchPolicy.all=1").createConsumer(group("A"));
        MessageConsumer two = jms.session("jms.prefetchPolicy.all=1").createConsumer(group("A"));
        jms.send(topic, "m0", "m1");

        assertThat(List.of(Jms.text(one), Jms.text(two))).containsExactlyInAnyOrder("m0", "m1");
        assertThat(one.receiveNoWait()).isNull();
        assertThat(two.receiveNoWait()).isNull();
    }

    @Test
    void shouldDeliverToPlainSubscribersToo() throws JMSException {
        MessageConsumer subscriber = session.createConsumer(topic);
        MessageConsumer group = session.createConsumer(group("A"));
        jms.send(topic, "a", "b");

        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        assertThat(Jms.texts(group, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldKeepABacklogForAGroupThatIsAway() throws JMSException {
        session.createConsumer(group("A")).close();
        jms.send(topic, "a", "b");

        assertThat(jms.browse(group("A"))).containsExactly("a", "b");
        assertThat(Jms.texts(session.createConsumer(group("A")), 2)).containsExactly("a", "b");
    }

    @Test
    void shouldNotKeepAnythingForGroupsThatNeverWere() throws JMSException {
        jms.send(topic, "before");
        MessageConsumer late = session.createConsumer(group("A"));
        jms.send(topic, "after");

        assertThat(Jms.text(late)).isEqualTo("after");
    }

    @Test
    void shouldShowTheQueueAsDestinationAndKeepTheTopicAsTheOriginalOne() throws JMSException {
        MessageConsumer consumer = session.createConsumer(group("A"));
        Message sent = session.createTextMessage("a");
        session.createProducer(topic).send(sent);

        ActiveMQMessage got = (ActiveMQMessage) Jms.receive(consumer);

        assertThat(got.getJMSDestination()).isEqualTo(group("A"));
        assertThat(got.getOriginalDestination()).isEqualTo(topic);
        assertThat(got.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
    }

    @Test
    void shouldLetAGroupConsumeSeveralTopicsByAWildcard() throws JMSException {
        ActiveMQTopic first = new ActiveMQTopic(topic.getPhysicalName() + ".first");
        ActiveMQTopic second = new ActiveMQTopic(topic.getPhysicalName() + ".second");
        MessageConsumer consumer =
                session.createConsumer(new ActiveMQQueue("Consumer.A." + topic.getPhysicalName() + ".>"));
        jms.send(first, "f");
        jms.send(second, "s");

        assertThat(Jms.texts(consumer, 2)).containsExactlyInAnyOrder("f", "s");
    }

    /** A consumer with a wildcard takes from the other queue too, so who gets what is chance, but all of it comes. */
    @Test
    void shouldGiveAGroupAMessageInItsQueueWithAWildcardAndInThatOfTheTopic() throws JMSException {
        ActiveMQTopic first = new ActiveMQTopic(topic.getPhysicalName() + ".first");
        Queue exact = new ActiveMQQueue("Consumer.A." + first.getPhysicalName());
        Queue wild = new ActiveMQQueue("Consumer.A." + topic.getPhysicalName() + ".>");
        Session acknowledging = jms.session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer one = acknowledging.createConsumer(exact);
        MessageConsumer other = acknowledging.createConsumer(wild);
        jms.send(first, "a", "b");

        List<String> got = new ArrayList<>();
        for (Message message = one.receive(Jms.ABSENCE_MS); message != null; message = one.receive(Jms.ABSENCE_MS)) {
            got.add(Jms.text(message));
        }
        while (got.size() < 4) {
            got.add(Jms.text(other));
        }
        assertThat(got).containsExactlyInAnyOrder("a", "a", "b", "b");
    }

    @Test
    void shouldSendToTheGroupsOnCommit() throws JMSException {
        MessageConsumer a = session.createConsumer(group("A"));
        MessageConsumer b = session.createConsumer(group("B"));
        Session transacted = jms.transacted();
        Jms.send(transacted, topic, "rolled back");
        transacted.rollback();
        Jms.send(transacted, topic, "m0", "m1");

        assertThat(jms.browse(group("A"))).isEmpty();
        transacted.commit();
        assertThat(Jms.texts(a, 2)).containsExactly("m0", "m1");
        assertThat(Jms.texts(b, 2)).containsExactly("m0", "m1");
    }

    @Test
    void shouldRollBackTheGroupsApart() throws JMSException {
        Session transacted = jms.transacted(Jms.QUICK_REDELIVERY);
        MessageConsumer a = transacted.createConsumer(group("A"));
        MessageConsumer b = session.createConsumer(group("B"));
        jms.send(topic, "m");
        assertThat(Jms.text(a)).isEqualTo("m");
        transacted.rollback();

        Message again = Jms.receive(a);
        assertThat(again.getJMSRedelivered()).isTrue();
        transacted.commit();
        assertThat(Jms.receive(b).getJMSRedelivered()).isFalse();
        assertThat(jms.browse(group("A"))).isEmpty();
    }

    @Test
    void shouldSelectFromTheQueueOfAGroup() throws JMSException {
        MessageConsumer red = session.createConsumer(group("A"), "colour = 'red'");
        MessageConsumer rest = session.createConsumer(group("A"), "colour <> 'red'");
        for (String colour : List.of("red", "blue", "red", "green")) {
            Message message = session.createTextMessage(colour);
            message.setStringProperty("colour", colour);
            session.createProducer(topic).send(message);
        }

        assertThat(Jms.texts(red, 2)).containsExactly("red", "red");
        assertThat(Jms.texts(rest, 2)).containsExactly("blue", "green");
    }

    @Test
    void shouldQueueForGroupsWhatDoesNotMatchTheirSelector() throws JMSException {
        MessageConsumer selecting = session.createConsumer(group("A"), "colour = 'red'");
        jms.send(topic, "colourless");

        assertThat(jms.browse(group("A"))).containsExactly("colourless");
        assertThat(selecting.receiveNoWait()).isNull();
    }

    @Test
    void shouldSendToTheQueueOfAGroupDirectly() throws JMSException {
        MessageConsumer a = session.createConsumer(group("A"));
        MessageConsumer b = session.createConsumer(group("B"));
        jms.send(group("A"), "only a");
        jms.send(topic, "all");

        assertThat(Jms.texts(a, 2)).containsExactly("only a", "all");
        assertThat(Jms.text(b)).isEqualTo("all");
    }

    @Test
    void shouldReachTheGroupsThroughACompositeName() throws JMSException {
        Queue queue = jms.queue();
        Topic other = new ActiveMQTopic("VirtualTopic." + jms.name());
        MessageConsumer a = session.createConsumer(group("A"));
        MessageConsumer b = session.createConsumer(new ActiveMQQueue("Consumer.B." + other.getTopicName()));
        jms.send(
                new ActiveMQTopic(
                        topic.getPhysicalName() + "," + other.getTopicName() + ",queue://" + queue.getQueueName()),
                "m");

        assertThat(Jms.text(a)).isEqualTo("m");
        assertThat(Jms.text(b)).isEqualTo("m");
        assertThat(jms.browse(queue)).containsExactly("m");
    }

    private ActiveMQQueue group(String name) {
        return new ActiveMQQueue("Consumer." + name + "." + topic.getPhysicalName());
    }
}
