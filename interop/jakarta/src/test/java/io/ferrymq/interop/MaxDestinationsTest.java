package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A policy that allows two destinations below {@code few}, see ClassicBroker. */
final class MaxDestinationsTest {
    @RegisterExtension
    final Jms jms = Jms.onOwnBroker();

    private ActiveMQConnection connection;
    private Session session;

    @BeforeEach
    void open() throws JMSException {
        connection = jms.connect();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    private Queue queue() {
        return new ActiveMQQueue("few." + jms.name());
    }

    private Topic topic() {
        return new ActiveMQTopic("few." + jms.name());
    }

    private static void assertRefused(String policy, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The maxmimum number of destinations allowed (2) for the policy " + policy
                        + " has already been reached.");
    }

    @Test
    void shouldRefuseOneMoreQueueToEverybody() throws JMSException {
        Queue first = queue();
        Queue second = queue();
        Queue third = queue();
        session.createProducer(first);
        session.createConsumer(second);

        assertRefused("queue://few.>", () -> session.createProducer(third));
        assertRefused("queue://few.>", () -> session.createConsumer(third));
        MessageProducer anonymous = session.createProducer(null);
        assertRefused("queue://few.>", () -> anonymous.send(third, session.createTextMessage("refused")));
        Jms.send(session, first, "a");
        assertThat(Jms.text(session.createConsumer(first))).isEqualTo("a");
    }

    @Test
    void shouldRefuseOneMoreTopicToEverybody() throws JMSException {
        Topic third = topic();
        session.createProducer(topic());
        session.createConsumer(topic());

        assertRefused("topic://few.>", () -> session.createProducer(third));
        assertRefused("topic://few.>", () -> session.createConsumer(third));
        Session durable = jms.connectAs(jms.name()).createSession(false, Session.AUTO_ACKNOWLEDGE);
        assertRefused("topic://few.>", () -> durable.createDurableSubscriber(third, "name"));
    }

    @Test
    void shouldTakeAnotherWhenOneIsDestroyed() throws JMSException {
        Queue first = queue();
        Queue third = queue();
        Jms.send(session, first, "a");
        Jms.send(session, queue(), "b");
        assertRefused("queue://few.>", () -> session.createProducer(third));
        connection.destroyDestination((ActiveMQDestination) first);
        Jms.send(session, third, "c");

        assertThat(Jms.text(session.createConsumer(third))).isEqualTo("c");
    }

    @Test
    void shouldCountThemAfterARestart() throws JMSException {
        Queue first = queue();
        Jms.send(session, first, "a");
        Jms.send(session, queue(), "b");
        jms.broker().restart();

        Session later = jms.session();
        assertRefused("queue://few.>", () -> later.createProducer(queue()));
        assertThat(Jms.text(later.createConsumer(first))).isEqualTo("a");
    }

    @Test
    void shouldCountNeitherTemporaryNorOtherOnes() throws JMSException {
        session.createProducer(queue());
        session.createProducer(queue());
        session.createProducer(topic());
        session.createProducer(topic());
        Queue temporary = session.createTemporaryQueue();
        Queue other = jms.queue();
        Jms.send(session, temporary, "a");
        Jms.send(session, other, "b");

        assertThat(Jms.text(session.createConsumer(temporary))).isEqualTo("a");
        assertThat(Jms.text(session.createConsumer(other))).isEqualTo("b");
    }
}
