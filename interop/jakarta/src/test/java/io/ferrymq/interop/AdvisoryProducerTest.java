package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the broker says when producers come and go. */
final class AdvisoryProducerTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private ActiveMQQueue queue;
    private ActiveMQTopic topic;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        queue = (ActiveMQQueue) jms.queue();
        topic = (ActiveMQTopic) jms.topic();
    }

    @Test
    void shouldAnnounceAProducerOfAQueue() throws JMSException {
        assertAnnounced(queue);
    }

    @Test
    void shouldAnnounceAProducerOfATopic() throws JMSException {
        assertAnnounced(topic);
    }

    private void assertAnnounced(ActiveMQDestination destination) throws JMSException {
        Advisories producers = Advisories.on(session, "Producer", destination);
        jms.session().createProducer(destination);

        ActiveMQMessage advisory = producers.next();

        Advisories.assertAdvisory(advisory);
        assertThat(advisory.getIntProperty("producerCount")).isEqualTo(1);
        assertThat(((ProducerInfo) advisory.getDataStructure()).getDestination())
                .isEqualTo(destination);
    }

    @Test
    void shouldCountTheProducers() throws JMSException {
        Advisories producers = Advisories.on(session, "Producer", queue);
        MessageProducer one = jms.session().createProducer(queue);
        ProducerInfo first = (ProducerInfo) producers.next().getDataStructure();
        MessageProducer two = jms.session().createProducer(queue);
        assertThat(count(producers.next())).isEqualTo(2);
        one.close();
        ActiveMQMessage removal = producers.next();
        assertThat(count(removal)).isEqualTo(1);
        assertThat(((RemoveInfo) removal.getDataStructure()).getObjectId()).isEqualTo(first.getProducerId());
        two.close();
        assertThat(count(producers.next())).isZero();
    }

    @Test
    void shouldAnnounceThatProducersLeftWithTheirConnection() throws JMSException {
        Advisories producers = Advisories.on(session, "Producer", queue);
        ActiveMQConnection leaving = jms.connect();
        leaving.createSession(false, Session.AUTO_ACKNOWLEDGE).createProducer(queue);
        producers.next();
        Wire.cut(leaving);

        ActiveMQMessage advisory = producers.next();
        assertThat(advisory.getDataStructure()).isInstanceOf(RemoveInfo.class);
        assertThat(count(advisory)).isZero();
    }

    @Test
    void shouldNotAnnounceProducersWithoutDestination() throws JMSException {
        Advisories producers = Advisories.on(session, "Producer", queue);
        Advisories anonymous = Advisories.on(session, "Producer.Anonymous");
        Session other = jms.session();
        other.createProducer(null).send(queue, other.createTextMessage("a"));
        other.createProducer(queue);

        assertThat(((ProducerInfo) producers.next().getDataStructure()).getDestination())
                .isEqualTo(queue);
        anonymous.assertNoMore();
    }

    @Test
    void shouldTellNewSubscribersWhoProduces() throws JMSException {
        jms.session().createProducer(queue);
        Advisories producers = Advisories.on(session, "Producer", queue);

        ActiveMQMessage advisory = producers.next();

        Advisories.assertAdvisory(advisory);
        assertThat(count(advisory)).isEqualTo(1);
        assertThat(((ProducerInfo) advisory.getDataStructure()).getDestination())
                .isEqualTo(queue);
    }

    private static int count(ActiveMQMessage advisory) throws JMSException {
        return advisory.getIntProperty("producerCount");
    }
}
