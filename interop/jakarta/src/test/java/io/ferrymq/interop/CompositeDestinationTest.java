package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One name for several destinations, when sending. */
final class CompositeDestinationTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private ActiveMQQueue one;
    private ActiveMQQueue two;
    private ActiveMQTopic topic;
    private Session session;

    @BeforeEach
    void open() throws JMSException {
        one = (ActiveMQQueue) jms.queue();
        two = (ActiveMQQueue) jms.queue();
        topic = (ActiveMQTopic) jms.topic();
        session = jms.session();
    }

    @Test
    void shouldSendToEveryQueueOfACompositeName() throws JMSException {
        jms.send(queues(), "a", "b");

        assertThat(jms.browse(one)).containsExactly("a", "b");
        assertThat(jms.browse(two)).containsExactly("a", "b");
    }

    @Test
    void shouldSendToEveryTopicOfACompositeName() throws JMSException {
        Topic other = jms.topic();
        MessageConsumer first = session.createConsumer(topic);
        MessageConsumer second = session.createConsumer(other);
        jms.send(new ActiveMQTopic(topic.getPhysicalName() + "," + other.getTopicName()), "a");

        assertThat(Jms.text(first)).isEqualTo("a");
        assertThat(Jms.text(second)).isEqualTo("a");
    }

    @Test
    void shouldSendToQueuesAndTopicsOfOneCompositeName() throws JMSException {
        MessageConsumer subscriber = session.createConsumer(topic);
        jms.send(mixed(), "a", "b");

        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
        assertThat(jms.browse(one)).containsExactly("a", "b");
    }

    @Test
    void shouldShowTheMemberAndKeepTheCompositeAsTheOriginalDestination() throws JMSException {
        jms.send(queues(), "a");

        ActiveMQMessage got = (ActiveMQMessage) Jms.receive(session.createConsumer(two));

        assertThat(got.getJMSDestination()).isEqualTo(two);
        assertThat(got.getOriginalDestination()).isEqualTo(queues());
    }

    @Test
    void shouldSendTheSameMessageIdToEveryMember() throws JMSException {
        Message sent = session.createTextMessage("a");
        session.createProducer(queues()).send(sent);

        assertThat(Jms.receive(session.createConsumer(one)).getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
        assertThat(Jms.receive(session.createConsumer(two)).getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
    }

    @Test
    void shouldAcknowledgeTheMembersApart() throws JMSException {
        jms.send(queues(), "a", "b");
        assertThat(Jms.texts(session.createConsumer(one), 2)).containsExactly("a", "b");

        assertThat(Jms.browse(session, one)).isEmpty();
        assertThat(Jms.browse(session, two)).containsExactly("a", "b");
    }

    @Test
    void shouldSendOnceToAMemberThatIsNamedTwice() throws JMSException {
        jms.send(new ActiveMQQueue(one.getPhysicalName() + "," + one.getPhysicalName()), "a");
        jms.send(one, "end");

        assertThat(jms.browse(one)).containsExactly("a", "end");
    }

    @Test
    void shouldSendToEveryMemberOnCommit() throws JMSException {
        MessageConsumer subscriber = session.createConsumer(topic);
        Session transacted = jms.transacted();
        Jms.send(transacted, mixed(), "a", "b");

        assertThat(jms.browse(one)).isEmpty();
        transacted.commit();
        assertThat(jms.browse(one)).containsExactly("a", "b");
        assertThat(Jms.texts(subscriber, 2)).containsExactly("a", "b");
    }

    @Test
    void shouldSendToNoMemberOnRollback() throws JMSException {
        MessageConsumer subscriber = session.createConsumer(topic);
        Session transacted = jms.transacted();
        Jms.send(transacted, mixed(), "rolled back");
        transacted.rollback();
        Jms.send(transacted, mixed(), "committed");
        transacted.commit();

        assertThat(Jms.text(subscriber)).isEqualTo("committed");
        assertThat(jms.browse(one)).containsExactly("committed");
    }

    @Test
    void shouldTakeACompositeNameFromAnAnonymousProducer() throws JMSException {
        MessageProducer anonymous = session.createProducer(null);
        anonymous.send(queues(), session.createTextMessage("a"));
        anonymous.send(two, session.createTextMessage("b"));

        assertThat(jms.browse(one)).containsExactly("a");
        assertThat(jms.browse(two)).containsExactly("a", "b");
    }

    @Test
    void shouldReplyToACompositeName() throws JMSException {
        Message request = session.createTextMessage("request");
        request.setJMSReplyTo(queues());
        Queue requests = jms.queue();
        session.createProducer(requests).send(request);

        Message asked = Jms.receive(session.createConsumer(requests));
        assertThat(asked.getJMSReplyTo()).isEqualTo(queues());
        session.createProducer(null).send(asked.getJMSReplyTo(), session.createTextMessage("reply"));

        assertThat(jms.browse(one)).containsExactly("reply");
        assertThat(jms.browse(two)).containsExactly("reply");
    }

    private ActiveMQQueue queues() {
        return new ActiveMQQueue(one.getPhysicalName() + "," + two.getPhysicalName());
    }

    private ActiveMQQueue mixed() {
        return new ActiveMQQueue(one.getPhysicalName() + ",topic://" + topic.getPhysicalName());
    }
}
