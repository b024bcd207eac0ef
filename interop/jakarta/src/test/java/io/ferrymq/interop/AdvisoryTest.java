package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.advisory.ConsumerEventSource;
import org.apache.activemq.advisory.DestinationSource;
import org.apache.activemq.advisory.ProducerEventSource;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTempQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a stock client hears of others. Each watcher's destination is found as the client finds it. */
final class AdvisoryTest {
    @RegisterExtension
    final Jms jms = Jms.onSharedBroker();

    private Session watching;

    @BeforeEach
    void open() throws JMSException {
        watching = jms.session();
    }

    /** The next advisory that {@code wanted} accepts: others use the broker too. */
    private static ActiveMQMessage next(MessageConsumer watcher, Predicate<ActiveMQMessage> wanted)
            throws JMSException {
        while (true) {
            ActiveMQMessage advisory = (ActiveMQMessage) Jms.receive(watcher);
            if (wanted.test(advisory)) {
                return advisory;
            }
        }
    }

    private static Predicate<ActiveMQMessage> about(Class<?> type) {
        return advisory -> type.isInstance(advisory.getDataStructure());
    }

    @Test
    void shouldTellOfConnectionsThatComeAndGo() throws JMSException {
        MessageConsumer watcher = watching.createConsumer(AdvisorySupport.getConnectionAdvisoryTopic());
        ActiveMQConnection connection = jms.connect();
        String id = connection.getConnectionInfo().getConnectionId().getValue();
        ActiveMQMessage came = next(
                watcher,
                advisory -> advisory.getDataStructure() instanceof ConnectionInfo info
                        && info.getConnectionId().getValue().equals(id));
        assertThat(came.getJMSType()).isEqualTo("Advisory");
        assertThat(came.getStringProperty("originBrokerName")).isNotEmpty();
        assertThat(came.getStringProperty("originBrokerId")).isNotEmpty();
        assertThat(came.getStringProperty("originBrokerURL")).isNotEmpty();
        connection.close();
        next(
                watcher,
                advisory -> advisory.getDataStructure() instanceof RemoveInfo removal
                        && String.valueOf(removal.getObjectId()).equals(id));
    }

    @Test
    void shouldTellOfConsumersThatComeAndGoWithTheirNumber() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer watcher = watching.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(queue));
        Session session = jms.session();
        session.createConsumer(queue, null);
        ActiveMQMessage first = next(watcher, about(ConsumerInfo.class));
        assertThat(first.getIntProperty("consumerCount")).isEqualTo(1);
        assertThat(((ConsumerInfo) first.getDataStructure()).getDestination()).isEqualTo(queue);
        MessageConsumer other = session.createConsumer(queue);
        assertThat(next(watcher, about(ConsumerInfo.class)).getIntProperty("consumerCount"))
                .isEqualTo(2);
        other.close();
        assertThat(next(watcher, about(RemoveInfo.class)).getIntProperty("consumerCount"))
                .isEqualTo(1);
    }

    @Test
    void shouldTellOfProducersThatComeAndGoWithTheirNumber() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer watcher = watching.createConsumer(AdvisorySupport.getProducerAdvisoryTopic(queue));
        MessageProducer producer = jms.session().createProducer(queue);
        assertThat(next(watcher, about(ProducerInfo.class)).getIntProperty("producerCount"))
                .isEqualTo(1);
        producer.close();
        assertThat(next(watcher, about(RemoveInfo.class)).getIntProperty("producerCount"))
                .isZero();
    }

    @Test
    void shouldTellNewWatchersWhatThereIs() throws JMSException {
        Queue queue = jms.queue();
        Session session = jms.session();
        session.createConsumer(queue);
        session.createProducer(queue);
        session.createProducer(queue);
        MessageConsumer consumers = watching.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(queue));
        MessageConsumer producers = watching.createConsumer(AdvisorySupport.getProducerAdvisoryTopic(queue));
        MessageConsumer queues = watching.createConsumer(
                AdvisorySupport.getDestinationAdvisoryTopic((Destination) new ActiveMQQueue("any")));
        assertThat(next(consumers, about(ConsumerInfo.class)).getIntProperty("consumerCount"))
                .isEqualTo(1);
        for (int i = 0; i < 2; i++) {
            assertThat(next(producers, about(ProducerInfo.class)).getIntProperty("producerCount"))
                    .isEqualTo(2);
        }
        next(queues, advisory -> added(advisory, (ActiveMQDestination) queue));
    }

    private static boolean added(ActiveMQMessage advisory, ActiveMQDestination destination) {
        return advisory.getDataStructure() instanceof DestinationInfo info
                && info.isAddOperation()
                && info.getDestination().equals(destination);
    }

    @Test
    void shouldTellWatchersOnlyWhatTheirSelectorsMatch() throws JMSException {
        Queue before = jms.queue();
        jms.session().createConsumer(before);
        Session watching = jms.session();
        MessageConsumer none =
                watching.createConsumer(new ActiveMQTopic("ActiveMQ.Advisory.Consumer.Queue.>"), "FALSE");
        MessageConsumer named =
                watching.createConsumer(new ActiveMQTopic("ActiveMQ.Advisory.Queue"), "JMSType = 'nothing'");
        jms.session().createConsumer(before);

        assertThat(none.receive(Jms.ABSENCE_MS)).isNull();
        assertThat(named.receiveNoWait()).isNull();
    }

    @Test
    void shouldTellOfDestinationsThatComeAndGo() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer watcher = watching.createConsumer(AdvisorySupport.getDestinationAdvisoryTopic(queue));
        ActiveMQConnection connection = jms.connect();
        Jms.send(connection.createSession(false, Session.AUTO_ACKNOWLEDGE), queue, "a");
        next(watcher, advisory -> added(advisory, (ActiveMQDestination) queue));
        connection.destroyDestination((ActiveMQDestination) queue);
        next(
                watcher,
                advisory -> advisory.getDataStructure() instanceof DestinationInfo info
                        && info.isRemoveOperation()
                        && info.getDestination().equals(queue));
    }

    @Test
    void shouldTellThatAllOfALostConnectionIsGone() throws JMSException {
        Queue queue = jms.queue();
        MessageConsumer watcher = watching.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(queue));
        ActiveMQConnection connection = jms.connect();
        connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        next(watcher, about(ConsumerInfo.class));
        Wire.cut(connection);
        assertThat(next(watcher, about(RemoveInfo.class)).getIntProperty("consumerCount"))
                .isZero();
    }

    @Test
    void shouldFeedTheClientsOwnSources() throws Exception {
        Queue queue = jms.queue();
        ActiveMQConnection connection = jms.connect();
        ConsumerEventSource consumers = new ConsumerEventSource(connection, queue);
        ProducerEventSource producers = new ProducerEventSource(connection, queue);
        AtomicInteger consumerCount = new AtomicInteger();
        AtomicInteger producerCount = new AtomicInteger();
        consumers.setConsumerListener(event -> consumerCount.set(event.getConsumerCount()));
        producers.setProducerListener(event -> producerCount.set(event.getProducerCount()));
        consumers.start();
        producers.start();
        Session session = jms.session();
        session.createConsumer(queue);
        session.createProducer(queue);
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS))
                .until(() -> consumerCount.get() == 1 && producerCount.get() == 1);
        consumers.stop();
        producers.stop();
    }

    @Test
    void shouldKeepTheDestinationSourceUpToDate() throws JMSException {
        Queue before = jms.queue();
        jms.send(before, "a");
        ActiveMQConnection connection = jms.connect();
        DestinationSource source = connection.getDestinationSource();
        awaitTrue(() -> source.getQueues().contains(before));
        Queue later = jms.queue();
        jms.send(later, "a");
        awaitTrue(() -> source.getQueues().contains(later));
        Destination topic = jms.topic();
        jms.send(topic, "a");
        awaitTrue(() -> source.getTopics().contains(topic));
        TemporaryQueue temporary = watching.createTemporaryQueue();
        awaitTrue(() -> source.getTemporaryQueues().contains((ActiveMQTempQueue) temporary));
        temporary.delete();
        awaitTrue(() -> !source.getTemporaryQueues().contains((ActiveMQTempQueue) temporary));
        connection.destroyDestination((ActiveMQDestination) later);
        awaitTrue(() -> !source.getQueues().contains(later));
        assertThat(source.getQueues()).contains((ActiveMQQueue) before);
    }

    private static void awaitTrue(Callable<Boolean> condition) {
        await().atMost(Duration.ofMillis(Jms.PATIENCE_MS)).until(condition);
    }
}
