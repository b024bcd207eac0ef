package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Names that the broker's operator makes stand for others: FerryPolicies and ClassicBroker have the same ones. */
final class VirtualDestinationTest {
    private static final ActiveMQQueue TO_BOTH = queue("queue");
    private static final ActiveMQQueue A = queue("queue.a");
    private static final ActiveMQTopic B = topic("queue.b");

    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private Session session;

    @BeforeEach
    void open() throws JMSException {
        jms.claim("forward");
        jms.claim("events.");
        session = jms.session();
    }

    @Test
    void shouldForwardAndKeepNothing() throws JMSException {
        MessageConsumer subscriber = session.createConsumer(B);
        jms.send(TO_BOTH, "m0", "m1");

        assertThat(jms.browse(A)).containsExactly("m0", "m1");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("m0", "m1");
        assertThat(jms.browse(TO_BOTH)).isEmpty();
    }

    @Test
    void shouldForwardFromATopic() throws JMSException {
        MessageConsumer bypassed = session.createConsumer(topic("topic"));
        MessageConsumer subscriber = session.createConsumer(topic("topic.b"));
        jms.send(topic("topic"), "m");

        assertThat(jms.browse(queue("topic.a"))).containsExactly("m");
        assertThat(Jms.text(subscriber)).isEqualTo("m");
        assertThat(bypassed.receive(Jms.ABSENCE_MS)).isNull();
    }

    @Test
    void shouldKeepACopyWhereToldTo() throws JMSException {
        jms.send(queue("kept.one"), "m0");
        jms.send(queue("kept.two.x"), "m1");

        assertThat(jms.browse(queue("kept.one"))).containsExactly("m0");
        assertThat(jms.browse(queue("kept.two.x"))).containsExactly("m1");
        assertThat(jms.browse(queue("copies"))).containsExactly("m0", "m1");
    }

    @Test
    void shouldForwardWhatASelectorMatches() throws JMSException {
        sendWithProperties(queue("selecting"), "red", 1);
        sendWithProperties(queue("selecting"), "red", 7);
        sendWithProperties(queue("selecting"), "blue", 7);
        sendWithProperties(queue("selecting"), "blue", 1);

        assertThat(jms.browse(queue("red"))).containsExactly("red1", "red7");
        assertThat(jms.browse(queue("heavy"))).containsExactly("red7", "blue7");
        assertThat(jms.browse(queue("selecting"))).isEmpty();
    }

    @Test
    void shouldKeepWhatNoSelectorMatchesWhereToldTo() throws JMSException {
        sendWithProperties(queue("choosing"), "red", 1);
        sendWithProperties(queue("choosing"), "red", 7);

        assertThat(jms.browse(queue("chosen"))).containsExactly("red7");
        assertThat(jms.browse(queue("choosing"))).containsExactly("red1");
    }

    private void sendWithProperties(Destination to, String colour, int weight) throws JMSException {
        Message message = session.createTextMessage(colour + weight);
        message.setStringProperty("colour", colour);
        message.setIntProperty("weight", weight);
        session.createProducer(to).send(message);
    }

    @Test
    void shouldShowTheTargetAsDestinationAndKeepTheOriginalOne() throws JMSException {
        MessageConsumer subscriber = session.createConsumer(B);
        Message sent = session.createTextMessage("m");
        session.createProducer(TO_BOTH).send(sent);

        assertPath(Jms.receive(session.createConsumer(A)), A, TO_BOTH, sent);
        assertPath(Jms.receive(subscriber), B, TO_BOTH, sent);
    }

    @Test
    void shouldFollowTargetsThatForward() throws JMSException {
        Message sent = session.createTextMessage("m");
        session.createProducer(queue("first")).send(sent);

        assertThat(jms.browse(queue("first"))).isEmpty();
        assertPath(Jms.receive(session.createConsumer(queue("second"))), queue("second"), queue("first"), sent);
        assertPath(Jms.receive(session.createConsumer(queue("third"))), queue("third"), queue("second"), sent);
    }

    private static void assertPath(Message got, Destination destination, Destination origin, Message sent)
            throws JMSException {
        assertThat(got.getJMSDestination()).isEqualTo(destination);
        assertThat(((ActiveMQMessage) got).getOriginalDestination()).isEqualTo(origin);
        assertThat(got.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
    }

    @Test
    void shouldReachAQueueOnceToWhichTwoWaysLead() throws JMSException {
        jms.send(queue("twice"), "m");

        assertThat(jms.browse(queue("second"))).containsExactly("m");
        assertThat(jms.browse(queue("third"))).containsExactly("m");
    }

    /** ActiveMQ Classic refuses the message when its stack is used up. */
    @Test
    void shouldEndWhereALoopBegins() throws JMSException {
        Throwable refusal = catchThrowable(() -> Jms.send(session, queue("loop"), "m"));

        assertThat(refusal == null).isEqualTo(BrokerUnderTest.ferry());
        assertThat(jms.browse(queue("back"))).isEmpty();
        if (BrokerUnderTest.ferry()) {
            assertThat(jms.browse(queue("loop"))).containsExactly("m");
        }
    }

    @Test
    void shouldForwardToAVirtualTopicAndFromTheQueueOfItsConsumers() throws JMSException {
        Queue group = new ActiveMQQueue("Consumer.F.VirtualTopic.forwarded");
        Queue other = new ActiveMQQueue("Consumer.G.VirtualTopic.forwarded");
        session.createConsumer(group).close();
        session.createConsumer(other).close();
        Message sent = session.createTextMessage("m");
        session.createProducer(queue("published")).send(sent);

        assertThat(jms.browse(group)).isEmpty();
        assertThat(jms.browse(queue("consumed"))).containsExactly("m");
        assertThat(jms.browse(other)).containsExactly("m");
    }

    @Test
    void shouldRememberTheTopicWhereAForwardedMessageWasPublished() throws JMSException {
        Queue other = new ActiveMQQueue("Consumer.G.VirtualTopic.forwarded");
        MessageConsumer consumer = session.createConsumer(other);
        Message sent = session.createTextMessage("m");
        session.createProducer(queue("published")).send(sent);

        assertPath(Jms.receive(consumer), other, new ActiveMQTopic("VirtualTopic.forwarded"), sent);
    }

    @Test
    void shouldForwardFromACompositeName() throws JMSException {
        Queue plain = jms.queue();
        jms.send(new ActiveMQQueue(TO_BOTH.getQueueName() + "," + plain.getQueueName()), "m");

        assertThat(jms.browse(A)).containsExactly("m");
        assertThat(jms.browse(plain)).containsExactly("m");
        assertThat(jms.browse(TO_BOTH)).isEmpty();
    }

    @Test
    void shouldForwardOnCommitOnly() throws JMSException {
        MessageConsumer subscriber = session.createConsumer(B);
        Session transacted = jms.transacted();
        Jms.send(transacted, TO_BOTH, "rolled back");
        transacted.rollback();
        Jms.send(transacted, TO_BOTH, "m");

        assertThat(jms.browse(A)).isEmpty();
        transacted.commit();
        assertThat(jms.browse(A)).containsExactly("m");
        assertThat(Jms.text(subscriber)).isEqualTo("m");
    }

    @Test
    void shouldForwardInGlobalTransactions() throws JMSException, XAException {
        Xa xa = Xa.connect(jms);
        Xid undone = xa.begin();
        Jms.send(xa.session(), TO_BOTH, "rolled back");
        xa.endAndPrepare(undone);
        xa.rollback(undone);
        Xid done = xa.begin();
        Jms.send(xa.session(), TO_BOTH, "m");
        xa.endAndPrepare(done);

        assertThat(jms.browse(A)).isEmpty();
        xa.commit(done);
        assertThat(jms.browse(A)).containsExactly("m");
    }

    @Test
    void shouldKeepWhatWasForwardedOverARestart() throws JMSException {
        jms.send(TO_BOTH, "a");
        Session transacted = jms.transacted();
        Jms.send(transacted, TO_BOTH, "b");
        transacted.commit();
        Jms.send(transacted, TO_BOTH, "open");
        jms.broker().restart();

        assertThat(jms.browse(A)).containsExactly("a", "b");
        assertThat(jms.browse(TO_BOTH)).isEmpty();
    }

    @Test
    void shouldForwardWhatIsScheduledWhenItIsDue() throws JMSException {
        MessageConsumer consumer = session.createConsumer(A);
        Message message = session.createTextMessage("later");
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, 300);
        session.createProducer(TO_BOTH).send(message);
        Jms.send(session, TO_BOTH, "now");

        assertThat(Jms.texts(consumer, 2)).containsExactly("now", "later");
        assertThat(jms.browse(TO_BOTH)).isEmpty();
    }

    @Test
    void shouldNameTheQueueWhereAForwardedMessageDied() throws JMSException {
        jms.send(TO_BOTH, "poison");
        Session transacted = jms.transacted(Jms.QUICK_REDELIVERY, "jms.redeliveryPolicy.maximumRedeliveries=0");
        Jms.receive(transacted.createConsumer(A));
        transacted.rollback();

        assertThat(Jms.text(new DeadLetters(session).next(A))).isEqualTo("poison");
    }

    @Test
    void shouldTakeVirtualTopicsOfOtherNames() throws JMSException {
        ActiveMQTopic events = new ActiveMQTopic("events.new");
        MessageConsumer subscriber = session.createConsumer(events);
        MessageConsumer group = session.createConsumer(new ActiveMQQueue("group.one.events.new.in"));
        MessageConsumer all = session.createConsumer(new ActiveMQQueue("group.all.events.*.in"));
        MessageConsumer usual = session.createConsumer(new ActiveMQQueue("Consumer.A.events.new"));
        jms.send(events, "m");

        assertThat(Jms.text(subscriber)).isEqualTo("m");
        assertThat(Jms.text(group)).isEqualTo("m");
        assertThat(Jms.text(all)).isEqualTo("m");
        assertThat(usual.receive(Jms.ABSENCE_MS)).isNull();
    }

    private static ActiveMQQueue queue(String name) {
        return new ActiveMQQueue("forwarding." + name);
    }

    private static ActiveMQTopic topic(String name) {
        return new ActiveMQTopic("forwarding." + name);
    }
}
