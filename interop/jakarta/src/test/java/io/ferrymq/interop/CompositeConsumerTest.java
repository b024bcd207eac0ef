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
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One consumer on several queues or topics. Which of them comes first is not promised. */
final class CompositeConsumerTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Queue one;
    private Queue two;
    private Queue both;

    @BeforeEach
    void name() throws JMSException {
        one = jms.queue();
        two = jms.queue();
        both = new ActiveMQQueue(one.getQueueName() + "," + two.getQueueName());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 1000})
    void shouldConsumeEveryQueueOfACompositeName(int prefetch) throws JMSException {
        jms.send(one, "a1", "a2", "a3");
        jms.send(two, "b1", "b2", "b3");
        Session session = jms.session("jms.prefetchPolicy.all=" + prefetch);

        List<String> texts = Jms.texts(session.createConsumer(both), 6);

        assertThat(texts).containsExactlyInAnyOrder("a1", "a2", "a3", "b1", "b2", "b3");
        assertThat(texts).containsSubsequence("a1", "a2", "a3").containsSubsequence("b1", "b2", "b3");
        assertThat(Jms.browse(session, one)).isEmpty();
        assertThat(Jms.browse(session, two)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void shouldDeliverWhatComesToAnyMemberWhileTheConsumerWaits(int prefetch) throws JMSException {
        MessageConsumer consumer =
                jms.session("jms.prefetchPolicy.all=" + prefetch).createConsumer(both);
        for (int i = 0; i < 5; i++) {
            jms.send(one, "one" + i);
            assertThat(Jms.text(consumer)).isEqualTo("one" + i);
            jms.send(two, "two" + i);
            assertThat(Jms.text(consumer)).isEqualTo("two" + i);
        }
    }

    @Test
    void shouldConsumeOnlyMembersOfItsKind() throws JMSException {
        Topic topic = jms.topic();
        Session session = jms.session();
        MessageConsumer queues =
                session.createConsumer(new ActiveMQQueue(one.getQueueName() + ",topic://" + topic.getTopicName()));
        MessageConsumer topics =
                session.createConsumer(new ActiveMQTopic(topic.getTopicName() + ",queue://" + two.getQueueName()));
        jms.send(one, "to the queue");
        jms.send(two, "to another queue");
        jms.send(topic, "to the topic");

        assertThat(Jms.text(queues)).isEqualTo("to the queue");
        assertThat(Jms.text(topics)).isEqualTo("to the topic");
        assertThat(queues.receive(Jms.ABSENCE_MS)).isNull();
        assertThat(topics.receiveNoWait()).isNull();
        assertThat(jms.browse(two)).containsExactly("to another queue");
    }

    @Test
    void shouldTellWhichMemberAMessageCameFrom() throws JMSException {
        MessageConsumer consumer = jms.session().createConsumer(both);
        jms.send(two, "b");

        assertThat(Jms.receive(consumer).getJMSDestination()).isEqualTo(two);
    }

    @Test
    void shouldAcknowledgeMessagesOfAllMembersAtOnce() throws JMSException {
        jms.send(one, "a1", "a2");
        jms.send(two, "b1", "b2");
        Session session = jms.session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(both);
        Message last = null;
        for (int i = 0; i < 4; i++) {
            last = Jms.receive(consumer);
        }
        last.acknowledge();
        consumer.close();

        assertThat(Jms.browse(session, one)).isEmpty();
        assertThat(Jms.browse(session, two)).isEmpty();
    }

    @Test
    void shouldGiveBackWhatWasNotAcknowledgedOfEveryMember() throws JMSException {
        Session session = jms.session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(both);
        jms.send(one, "a1");
        Message first = Jms.receive(consumer);
        first.acknowledge();
        jms.send(two, "b1");
        jms.send(one, "a2");
        assertThat(Jms.texts(consumer, 2)).containsExactlyInAnyOrder("b1", "a2");
        consumer.close();

        assertThat(Jms.browse(session, one)).containsExactly("a2");
        assertThat(Jms.browse(session, two)).containsExactly("b1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void shouldConsumeFromAllMembersInOneTransaction(int prefetch) throws JMSException {
        jms.send(one, "a1", "a2");
        jms.send(two, "b1", "b2");
        Session session = jms.transacted("jms.prefetchPolicy.all=" + prefetch, Jms.QUICK_REDELIVERY);
        MessageConsumer consumer = session.createConsumer(both);
        assertThat(Jms.texts(consumer, 4)).containsExactlyInAnyOrder("a1", "a2", "b1", "b2");
        session.rollback();
        List<String> again = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Message message = Jms.receive(consumer);
            assertThat(message.getJMSRedelivered()).isTrue();
            again.add(Jms.text(message));
        }
        session.commit();

        assertThat(again).containsSubsequence("a1", "a2").containsSubsequence("b1", "b2");
        assertThat(jms.browse(one)).isEmpty();
        assertThat(jms.browse(two)).isEmpty();
    }

    @Test
    void shouldConsumeEveryTopicOfACompositeName() throws JMSException {
        Topic news = jms.topic();
        Topic sports = jms.topic();
        MessageConsumer subscriber =
                jms.session().createConsumer(new ActiveMQTopic(news.getTopicName() + "," + sports.getTopicName()));
        jms.send(news, "n1");
        jms.send(sports, "s1");
        jms.send(news, "n2");

        assertThat(Jms.texts(subscriber, 3)).containsExactly("n1", "s1", "n2");
    }

    @Test
    void shouldShareTheMembersWithConsumersOfOneOfThem() throws JMSException {
        MessageConsumer ofBoth = jms.session("jms.prefetchPolicy.all=1").createConsumer(both);
        MessageConsumer ofOne = jms.session("jms.prefetchPolicy.all=1").createConsumer(one);
        jms.send(two, "b");
        assertThat(Jms.text(ofBoth)).isEqualTo("b");
        jms.send(one, "a1", "a2");

        assertThat(List.of(Jms.text(ofBoth), Jms.text(ofOne))).containsExactlyInAnyOrder("a1", "a2");
    }

    @Test
    void shouldReceiveWhatIsSentToTheSameCompositeName() throws JMSException {
        MessageConsumer consumer = jms.session().createConsumer(both);
        jms.send(both, "a");

        Message first = Jms.receive(consumer);
        Message second = Jms.receive(consumer);

        assertThat(List.of(Jms.text(first), Jms.text(second))).containsExactly("a", "a");
        assertThat(List.of(first.getJMSDestination(), second.getJMSDestination()))
                .containsExactlyInAnyOrder(one, two);
    }
}
