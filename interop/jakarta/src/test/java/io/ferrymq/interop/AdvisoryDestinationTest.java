package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.DestinationInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the broker says when destinations come and go. */
final class AdvisoryDestinationTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
    }

    @Test
    void shouldAnnounceAQueueThatASendMakes() throws JMSException {
        Advisories queues = Advisories.on(session, "Queue");
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        jms.send(queue, "a");

        ActiveMQMessage advisory = next(queues, queue);

        Advisories.assertAdvisory(advisory);
        assertThat(info(advisory).isAddOperation()).isTrue();
        assertThat(info(advisory).isRemoveOperation()).isFalse();
    }

    @Test
    void shouldAnnounceATopicThatASubscriberMakes() throws JMSException {
        Advisories topics = Advisories.on(session, "Topic");
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        jms.session().createConsumer(topic);

        assertThat(info(next(topics, topic)).isAddOperation()).isTrue();
    }

    @Test
    void shouldAnnounceAQueueOnce() throws JMSException {
        Advisories queues = Advisories.on(session, "Queue");
        ActiveMQQueue one = (ActiveMQQueue) jms.queue();
        ActiveMQQueue two = (ActiveMQQueue) jms.queue();
        jms.send(one, "a");
        jms.send(one, "b");
        jms.session().createConsumer(one);
        jms.send(two, "c");

        assertThat(info(next(queues, one)).isAddOperation()).isTrue();
        assertThat(((DestinationInfo) queues.next().getDataStructure()).getDestination())
                .isEqualTo(two);
    }

    @Test
    void shouldAnnounceThatAQueueIsRemoved() throws JMSException {
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        jms.send(queue, "a");
        Advisories queues = Advisories.on(session, "Queue");
        jms.connect().destroyDestination(queue);

        assertThat(info(next(queues, queue)).isAddOperation()).isTrue(); // told to new subscribers
        ActiveMQMessage removal = next(queues, queue);
        Advisories.assertAdvisory(removal);
        assertThat(info(removal).isRemoveOperation()).isTrue();
    }

    @Test
    void shouldAnnounceTemporaryDestinationsUntilTheyAreDeleted() throws JMSException {
        Advisories queues = Advisories.on(session, "TempQueue");
        Advisories topics = Advisories.on(session, "TempTopic");
        Session owner = jms.session();
        TemporaryQueue queue = owner.createTemporaryQueue();
        TemporaryTopic topic = owner.createTemporaryTopic();
        queue.delete();
        topic.delete();

        assertThat(info(next(queues, queue)).isAddOperation()).isTrue();
        assertThat(info(next(queues, queue)).isRemoveOperation()).isTrue();
        assertThat(info(next(topics, topic)).isAddOperation()).isTrue();
        assertThat(info(next(topics, topic)).isRemoveOperation()).isTrue();
    }

    @Test
    void shouldAnnounceThatTemporaryDestinationsGoWithTheirConnection() throws JMSException {
        Advisories queues = Advisories.on(session, "TempQueue");
        ActiveMQConnection owner = jms.connect();
        TemporaryQueue queue =
                owner.createSession(false, Session.AUTO_ACKNOWLEDGE).createTemporaryQueue();
        assertThat(info(next(queues, queue)).getConnectionId())
                .isEqualTo(owner.getConnectionInfo().getConnectionId());
        owner.close();

        assertThat(info(next(queues, queue)).isRemoveOperation()).isTrue();
    }

    @Test
    void shouldTellNewSubscribersWhatIsThere() throws JMSException {
        ActiveMQQueue queue = (ActiveMQQueue) jms.queue();
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        TemporaryQueue temporary = session.createTemporaryQueue();
        jms.send(queue, "a");
        jms.send(topic, "a");

        assertThat(info(next(Advisories.on(session, "Queue"), queue)).isAddOperation())
                .isTrue();
        assertThat(info(next(Advisories.on(session, "Topic"), topic)).isAddOperation())
                .isTrue();
        assertThat(info(next(Advisories.on(session, "TempQueue"), temporary)).isAddOperation())
                .isTrue();
    }

    @Test
    void shouldNotAnnounceAdvisoryTopics() throws JMSException {
        Advisories topics = Advisories.on(session, "Topic");
        ActiveMQTopic topic = (ActiveMQTopic) jms.topic();
        Advisories.on(jms.session(), "Consumer", topic);
        jms.send(topic, "a");

        while (true) {
            ActiveMQDestination announced = ((DestinationInfo) topics.next().getDataStructure()).getDestination();
            assertThat(announced.getPhysicalName()).doesNotStartWith("ActiveMQ.Advisory.");
            if (announced.equals(topic)) {
                return;
            }
        }
    }

    private static ActiveMQMessage next(Advisories advisories, Object destination) throws JMSException {
        return advisories.next(
                DestinationInfo.class, info -> info.getDestination().equals(destination));
    }

    private static DestinationInfo info(ActiveMQMessage advisory) {
        return (DestinationInfo) advisory.getDataStructure();
    }
}
