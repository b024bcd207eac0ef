package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.ProducerInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the broker says when a client is too slow or too fast: only where a policy asks for it. */
final class AdvisoryLimitTest {
    /** A few fill the 64 KiB of {@code advised.small.>}. */
    private static final String LARGE = "x".repeat(8 * 1024);

    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session session;
    private ActiveMQQueue smallQueue;
    private ActiveMQTopic smallTopic;

    @BeforeEach
    void open() throws JMSException {
        session = jms.session();
        smallQueue = new ActiveMQQueue("advised.small." + jms.name());
        smallTopic = new ActiveMQTopic("advised.small." + jms.name());
    }

    @Test
    void shouldNameASubscriberThatIsTooSlow() throws JMSException {
        ActiveMQTopic topic = new ActiveMQTopic("advised." + jms.name());
        Advisories slow = Advisories.on(session, "SlowConsumer", topic);
        MessageConsumer subscriber = jms.session("jms.prefetchPolicy.all=2").createConsumer(topic);
        jms.send(topic, Jms.numbered("m", 10));

        assertNamesConsumer(slow.next(), topic);
        assertThat(Jms.texts(subscriber, 10)).containsExactly(Jms.numbered("m", 10));
    }

    @Test
    void shouldNameAConsumerOfAQueueThatIsTooSlow() throws JMSException {
        ActiveMQQueue queue = new ActiveMQQueue("advised." + jms.name());
        Advisories slow = Advisories.on(session, "SlowConsumer", queue);
        MessageConsumer consumer = jms.session("jms.prefetchPolicy.all=1").createConsumer(queue);
        jms.send(queue, Jms.numbered("m", 5));

        assertNamesConsumer(slow.next(), queue);
        assertThat(Jms.texts(consumer, 5)).containsExactly(Jms.numbered("m", 5));
    }

    private static void assertNamesConsumer(ActiveMQMessage advisory, ActiveMQDestination destination)
            throws JMSException {
        Advisories.assertAdvisory(advisory);
        ConsumerInfo info = (ConsumerInfo) advisory.getDataStructure();
        assertThat(info.getDestination()).isEqualTo(destination);
        assertThat(advisory.getStringProperty("consumerId"))
                .isEqualTo(info.getConsumerId().toString());
    }

    @Test
    void shouldSayWhatATopicDroppedForASlowSubscriber() throws JMSException {
        Advisories discarded = Advisories.on(session, "MessageDiscarded", smallTopic);
        MessageConsumer subscriber = jms.session("jms.prefetchPolicy.all=1").createConsumer(smallTopic);
        jms.send(smallTopic, Jms.numbered("m", 10));

        ActiveMQMessage advisory = discarded.next();

        Advisories.assertAdvisory(advisory);
        assertThat(advisory.getStringProperty("orignalMessageId"))
                .isEqualTo(((ActiveMQMessage) advisory.getDataStructure()).getJMSMessageID());
        assertThat(advisory.getStringProperty("consumerId")).startsWith("ID:");
        assertThat(advisory.getIntProperty("discardedCount")).isEqualTo(1);
        assertThat(advisory.getStringProperty("orignalDestination")).isEqualTo(smallTopic.getQualifiedName());
        assertThat(Jms.text(subscriber)).isEqualTo("m0");
    }

    @Test
    void shouldSayThatAQueueIsFull() throws JMSException {
        Advisories full = Advisories.on(session, "FULL", smallQueue);
        fill(smallQueue);

        ActiveMQMessage advisory = full.next();

        Advisories.assertAdvisory(advisory);
        assertThat(advisory.getStringProperty("usageName")).contains(smallQueue.getPhysicalName());
        assertThat(advisory.getLongProperty("usageCount")).isPositive();
        assertThat(advisory.getDataStructure()).isNull();
        drain();
    }

    @Test
    void shouldNameTheProducerThatIsTooFast() throws JMSException {
        Advisories fast = Advisories.on(session, "FastProducer", smallQueue);
        fill(smallQueue);

        ActiveMQMessage advisory = fast.next();

        Advisories.assertAdvisory(advisory);
        ProducerInfo info = (ProducerInfo) advisory.getDataStructure();
        assertThat(info.getDestination()).isEqualTo(smallQueue);
        assertThat(advisory.getStringProperty("producerId"))
                .isEqualTo(info.getProducerId().toString());
        drain();
    }

    /** Nobody waits for the broker, as it holds a producer that is too fast. */
    private void fill(ActiveMQQueue queue) throws JMSException {
        Session sending = jms.session("jms.useAsyncSend=true");
        MessageProducer producer = sending.createProducer(queue);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        for (int i = 0; i < 20; i++) {
            producer.send(sending.createTextMessage(LARGE));
        }
    }

    private void drain() throws JMSException {
        assertThat(Jms.texts(session.createConsumer(smallQueue), 20)).containsOnly(LARGE);
    }
}
