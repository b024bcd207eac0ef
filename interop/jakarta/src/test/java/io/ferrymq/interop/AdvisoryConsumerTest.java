package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.apache.activemq.command.RemoveSubscriptionInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the broker says when consumers come and go. */
final class AdvisoryConsumerTest {
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
    void shouldAnnounceAConsumerOfAQueue() throws JMSException {
        Advisories consumers = Advisories.on(session, "Consumer", queue);
        jms.session("jms.prefetchPolicy.all=17").createConsumer(queue, "colour = 'blue'");

        ActiveMQMessage advisory = consumers.next();

        Advisories.assertAdvisory(advisory);
        assertThat(advisory.getIntProperty("consumerCount")).isEqualTo(1);
        ConsumerInfo info = (ConsumerInfo) advisory.getDataStructure();
        assertThat(info.getDestination()).isEqualTo(queue);
        assertThat(info.getSelector()).isEqualTo("colour = 'blue'");
        assertThat(info.getPrefetchSize()).isEqualTo(17);
        assertThat(info.isBrowser()).isFalse();
    }

    @Test
    void shouldAnnounceThatADurableSubscriptionIsGone() throws JMSException {
        ActiveMQConnection client = jms.connectAs(jms.name());
        Session subscribing = client.createSession(false, Session.AUTO_ACKNOWLEDGE);
        subscribing.createDurableSubscriber(topic, "gone").close();
        subscribing.createProducer(topic); // a close has no answer, this has
        Advisories consumers = Advisories.on(session, "Consumer", topic);
        subscribing.unsubscribe("gone");

        RemoveSubscriptionInfo info = (RemoveSubscriptionInfo) consumers.next().getDataStructure();
        assertThat(info.getSubscriptionName()).isEqualTo("gone");
        assertThat(info.getClientId()).isEqualTo(client.getClientID());
    }

    @Test
    void shouldCountTheConsumersOfAQueue() throws JMSException {
        assertCounted(queue);
    }

    @Test
    void shouldCountTheSubscribersOfATopic() throws JMSException {
        assertCounted(topic);
    }

    private void assertCounted(ActiveMQDestination destination) throws JMSException {
        Advisories consumers = Advisories.on(session, "Consumer", destination);
        MessageConsumer one = jms.session().createConsumer(destination);
        MessageConsumer two = jms.session().createConsumer(destination);
        assertThat(count(consumers.next())).isEqualTo(1);
        assertThat(count(consumers.next())).isEqualTo(2);
        one.close();
        ActiveMQMessage removal = consumers.next();
        assertThat(count(removal)).isEqualTo(1);
        assertThat(removal.getDataStructure()).isInstanceOf(RemoveInfo.class);
        two.close();
        assertThat(count(consumers.next())).isZero();
    }

    @Test
    void shouldNameTheConsumerThatLeft() throws JMSException {
        Advisories consumers = Advisories.on(session, "Consumer", queue);
        MessageConsumer consumer = jms.session().createConsumer(queue);
        ConsumerInfo came = (ConsumerInfo) consumers.next().getDataStructure();
        consumer.close();

        ActiveMQMessage advisory = consumers.next();

        Advisories.assertAdvisory(advisory);
        assertThat(((RemoveInfo) advisory.getDataStructure()).getObjectId()).isEqualTo(came.getConsumerId());
    }

    @Test
    void shouldAnnounceThatConsumersLeftWithTheirConnection() throws JMSException {
        Advisories consumers = Advisories.on(session, "Consumer", queue);
        ActiveMQConnection leaving = jms.connect();
        leaving.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        consumers.next();
        leaving.close();

        ActiveMQMessage advisory = consumers.next();
        assertThat(advisory.getDataStructure()).isInstanceOf(RemoveInfo.class);
        assertThat(count(advisory)).isZero();
    }

    @Test
    void shouldAnnounceConsumersOfTemporaryQueuesUnderQueue() throws JMSException {
        TemporaryQueue temporary = session.createTemporaryQueue();
        Advisories consumers = Advisories.on(jms.session(), "Consumer", (ActiveMQDestination) temporary);
        session.createConsumer(temporary);

        ConsumerInfo info = (ConsumerInfo) consumers.next().getDataStructure();

        assertThat(info.getDestination()).isEqualTo(temporary);
    }

    @Test
    void shouldTellNewSubscribersWhoConsumes() throws JMSException {
        ActiveMQConnection gone = jms.connect();
        gone.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        jms.session().createConsumer(queue, "stays = 1");
        gone.close();
        Advisories live = Advisories.on(session, "Consumer", queue);

        ActiveMQMessage advisory = live.next(ConsumerInfo.class, info -> "stays = 1".equals(info.getSelector()));

        Advisories.assertAdvisory(advisory);
        assertThat(count(advisory)).isEqualTo(1);
    }

    @Test
    void shouldAnnounceABrowserAsOne() throws JMSException {
        jms.send(queue, "a");
        Advisories consumers = Advisories.on(session, "Consumer", queue);
        assertThat(jms.browse(queue)).containsExactly("a");

        assertThat(((ConsumerInfo) consumers.next().getDataStructure()).isBrowser())
                .isTrue();
        assertThat(consumers.next().getDataStructure()).isInstanceOf(RemoveInfo.class);
    }

    @Test
    void shouldAnnounceAllQueuesUnderAWildcard() throws JMSException {
        Advisories all = Advisories.on(session, "Consumer.Queue." + queue.getPhysicalName() + ".>");
        ActiveMQQueue one = new ActiveMQQueue(queue.getPhysicalName() + ".one");
        ActiveMQQueue two = new ActiveMQQueue(queue.getPhysicalName() + ".two");
        jms.session().createConsumer(one);
        jms.session().createConsumer(two);

        assertThat(((ConsumerInfo) all.next().getDataStructure()).getDestination())
                .isEqualTo(one);
        ActiveMQMessage second = all.next();
        assertThat(((ConsumerInfo) second.getDataStructure()).getDestination()).isEqualTo(two);
        assertThat(second.getJMSDestination())
                .isEqualTo(new ActiveMQTopic("ActiveMQ.Advisory.Consumer.Queue." + two.getPhysicalName()));
    }

    private static int count(ActiveMQMessage advisory) throws JMSException {
        return advisory.getIntProperty("consumerCount");
    }
}
