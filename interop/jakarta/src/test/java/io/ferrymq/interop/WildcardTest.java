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

/** {@code *} stands for one part of a name, {@code >} for the rest of it. */
final class WildcardTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private String base;

    @BeforeEach
    void name() {
        base = jms.name() + ".";
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void shouldConsumeAllQueuesThatMatch(int prefetch) throws JMSException {
        jms.send(queue("a"), "a1", "a2");
        jms.send(queue("b"), "b1", "b2");
        jms.send(queue("b.deeper"), "deeper");
        Session session = jms.session("jms.prefetchPolicy.all=" + prefetch);
        MessageConsumer consumer = session.createConsumer(queue("*"));

        assertThat(Jms.texts(consumer, 4))
                .containsSubsequence("a1", "a2")
                .containsSubsequence("b1", "b2")
                .hasSize(4);
        consumer.close();
        assertThat(Jms.browse(session, queue("a"))).isEmpty();
        assertThat(Jms.browse(session, queue("b.deeper"))).containsExactly("deeper");
    }

    @Test
    void shouldConsumeAllQueuesBelowAName() throws JMSException {
        jms.send(queue("a"), "shallow");
        jms.send(queue("b.c.d"), "deep");
        MessageConsumer consumer = jms.session().createConsumer(queue(">"));

        assertThat(Jms.texts(consumer, 2)).containsExactlyInAnyOrder("shallow", "deep");
    }

    @Test
    void shouldMatchAPartInTheMiddle() throws JMSException {
        MessageConsumer consumer = jms.session().createConsumer(queue("*.in"));
        jms.send(queue("x.out"), "out");
        jms.send(queue("x.in"), "in");
        jms.send(queue("y.in"), "in too");

        assertThat(Jms.texts(consumer, 2)).containsExactlyInAnyOrder("in", "in too");
    }

    @Test
    void shouldMatchTheNameItselfWithTheRest() throws JMSException {
        MessageConsumer consumer = jms.session().createConsumer(queue("a.>"));
        jms.send(queue("a"), "itself");
        jms.send(queue("a.b"), "below");

        assertThat(Jms.texts(consumer, 2)).containsExactlyInAnyOrder("itself", "below");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void shouldConsumeQueuesThatAreMadeLater(int prefetch) throws JMSException {
        MessageConsumer consumer =
                jms.session("jms.prefetchPolicy.all=" + prefetch).createConsumer(queue(">"));
        for (String later : List.of("later", "later.deeper", "another")) {
            jms.send(queue(later), "in " + later);

            Message got = Jms.receive(consumer);

            assertThat(Jms.text(got)).isEqualTo("in " + later);
            assertThat(got.getJMSDestination()).isEqualTo(queue(later));
        }
    }

    @Test
    void shouldSubscribeToAllTopicsThatMatch() throws JMSException {
        Session session = jms.session();
        MessageConsumer stars = session.createConsumer(topic("*.price"));
        MessageConsumer rest = session.createConsumer(topic(">"));
        jms.send(topic("gold.price"), "g");
        jms.send(topic("gold.news"), "n");
        jms.send(topic("oil.price"), "o");

        assertThat(Jms.texts(stars, 2)).containsExactly("g", "o");
        assertThat(Jms.texts(rest, 3)).containsExactly("g", "n", "o");
    }

    @Test
    void shouldDeliverOnceToASubscriberWhoseNamesOverlap() throws JMSException {
        MessageConsumer subscriber = jms.session().createConsumer(new ActiveMQTopic(base + "a.*," + base + "a.>"));
        jms.send(topic("a.b"), "once", "end");

        assertThat(Jms.texts(subscriber, 2)).containsExactly("once", "end");
    }

    @Test
    void shouldAcknowledgeOverSeveralQueuesInOneTransaction() throws JMSException {
        jms.send(queue("a"), "a1", "a2");
        jms.send(queue("b"), "b1", "b2");
        Session session = jms.transacted();
        MessageConsumer consumer = session.createConsumer(queue("*"));
        assertThat(Jms.texts(consumer, 4)).containsExactlyInAnyOrder("a1", "a2", "b1", "b2");
        session.commit();
        consumer.close();

        assertThat(jms.browse(queue("a"))).isEmpty();
        assertThat(jms.browse(queue("b"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000})
    void shouldRedeliverFromEveryQueueInItsOrder(int prefetch) throws JMSException {
        jms.send(queue("a"), "a1", "a2");
        jms.send(queue("b"), "b1", "b2");
        Session session = jms.transacted("jms.prefetchPolicy.all=" + prefetch, Jms.QUICK_REDELIVERY);
        MessageConsumer consumer = session.createConsumer(queue("*"));
        List<String> first = Jms.texts(consumer, 4);
        session.rollback();
        List<Integer> counts = new ArrayList<>();
        List<String> again = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Message message = Jms.receive(consumer);
            again.add(Jms.text(message));
            counts.add(Jms.deliveryCount(message));
        }
        session.commit();

        assertThat(first).containsSubsequence("a1", "a2").containsSubsequence("b1", "b2");
        assertThat(again).containsSubsequence("a1", "a2").containsSubsequence("b1", "b2");
        assertThat(counts).containsOnly(2);
    }

    @Test
    void shouldGiveBackToEveryQueueWhatAWildcardConsumerLeft() throws JMSException {
        jms.send(queue("a"), "a1");
        jms.send(queue("b"), "b1");
        MessageConsumer consumer = jms.session(Session.CLIENT_ACKNOWLEDGE).createConsumer(queue("*"));
        Jms.texts(consumer, 2);
        consumer.close();

        assertThat(Jms.text(jms.session().createConsumer(queue("a")))).isEqualTo("a1");
        assertThat(Jms.text(jms.session().createConsumer(queue("b")))).isEqualTo("b1");
    }

    /** Classic makes a queue of that very name; it does not send copies to the queues that match. */
    @Test
    void shouldKeepWhatIsSentToAWildcardNameForAConsumerOfThatName() throws JMSException {
        jms.send(queue("a"), "in a");
        jms.send(queue("*"), "to the wildcard");
        MessageConsumer consumer = jms.session().createConsumer(queue("*"));

        assertThat(Jms.texts(consumer, 2)).containsExactlyInAnyOrder("in a", "to the wildcard");
    }

    @Test
    void shouldDeliverWhatIsSentToAWildcardTopicToSubscribersOfThatName() throws JMSException {
        MessageConsumer subscriber = jms.session().createConsumer(topic(">"));
        jms.send(topic(">"), "to all", "end");

        assertThat(Jms.texts(subscriber, 2)).containsExactly("to all", "end");
    }

    private Queue queue(String rest) {
        return new ActiveMQQueue(base + rest);
    }

    private Topic topic(String rest) {
        return new ActiveMQTopic(base + rest);
    }
}
