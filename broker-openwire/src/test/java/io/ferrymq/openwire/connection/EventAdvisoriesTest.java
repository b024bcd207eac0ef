package io.ferrymq.openwire.connection;

import static io.ferrymq.openwire.connection.AdvisoryBench.about;
import static io.ferrymq.openwire.connection.AdvisoryBench.properties;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTextMessage;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.ProducerInfo;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told about messages, and about those who hold others up. */
class EventAdvisoriesTest {
    private static final DestinationName QUEUE = DestinationName.queue("Q");
    private static final DestinationName TOPIC = DestinationName.topic("T");
    private static final ConsumerId CONSUMER = new ConsumerId("ID:a", 1, 1);
    private static final String ID = "ID:p:1:1:7";

    private static final DestinationName UNCLEAR = DestinationName.queue("UNCLEAR");

    private final AdvisoryBench bench =
            new AdvisoryBench(new FakeBroker(), new AdvisorySettings(true, EventAdvisoriesTest::withBody));

    private WireClient client;

    @BeforeEach
    void connect() throws IOException {
        client = bench.connect("ID:a");
        client.ask(client.session(1));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        bench.close();
    }

    private static Message message(DestinationName destination) {
        return Message.builder(new MessageId(new ProducerId("ID:p", 1, 1), 7), destination)
                .body(ActiveMQTextMessage.TYPE, false, new byte[] {0, 0, 0, 1, 'x'})
                .properties(PrimitiveMap.encode(Map.of("colour", "red")))
                .persistent(true)
                .build();
    }

    private static boolean withBody(DestinationName destination) {
        if (destination.equals(UNCLEAR)) {
            throw new IllegalStateException("no policy can be found");
        }
        return destination.equals(TOPIC);
    }

    /** The advisory that comes of an event. */
    private Message told(BrokerEvent event) {
        int before = bench.published().size();
        bench.broker.events().on(event);
        await().until(() -> bench.published().size() > before);
        return bench.published().get(before);
    }

    @Test
    void shouldTellOfMessagesWithoutTheirBodies() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.Expired.Queue.Q,ActiveMQ.Advisory.MessageDLQd.Queue.Q");
        Message expired = told(new BrokerEvent.MessageExpired(QUEUE, message(QUEUE)));
        assertThat(AdvisoryBench.topic(expired)).isEqualTo("Expired.Queue.Q");
        assertThat(properties(expired)).containsEntry("orignalMessageId", ID).doesNotContainKey("orignalDestination");
        assertThat(expired.persistent()).isFalse();
        ActiveMQTextMessage payload = (ActiveMQTextMessage) about(expired);
        assertThat(payload.content).isNull();
        assertThat(String.valueOf(payload.messageId)).isEqualTo(ID);
        assertThat(payload.destination).isEqualTo(new ActiveMQQueue("Q"));
        assertThat(payload.persistent).isTrue();
        assertThat(PrimitiveMap.decode(payload.marshalledProperties, PrimitiveMap.Limits.defaults()))
                .containsEntry("colour", "red");

        Message dead = told(new BrokerEvent.MessageDeadLettered(QUEUE, message(QUEUE)));
        assertThat(AdvisoryBench.topic(dead)).isEqualTo("MessageDLQd.Queue.Q");
        assertThat(((ActiveMQTextMessage) about(dead)).destination).isEqualTo(new ActiveMQQueue("Q"));
    }

    @Test
    void shouldTellOfMessagesWithTheirBodiesWhereThePolicySaysSo() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.Expired.Topic.T");
        Message expired = told(new BrokerEvent.MessageExpired(TOPIC, message(TOPIC)));
        assertThat(((ActiveMQTextMessage) about(expired)).content).containsExactly(0, 0, 0, 1, 'x');
    }

    @Test
    void shouldTellWhatBecameOfMessages() throws IOException {
        bench.watch(
                client,
                "ActiveMQ.Advisory.MessageDelivered.Queue.Q,ActiveMQ.Advisory.MessageDispatched.Queue.Q,"
                        + "ActiveMQ.Advisory.MessageConsumed.Queue.Q,ActiveMQ.Advisory.MessageDiscarded.Topic.T");
        Message delivered = told(new BrokerEvent.MessageDelivered(QUEUE, message(QUEUE)));
        assertThat(AdvisoryBench.topic(delivered)).isEqualTo("MessageDelivered.Queue.Q");
        assertThat(properties(delivered))
                .containsEntry("orignalMessageId", ID)
                .containsEntry("orignalDestination", "queue://Q");

        Message dispatched = told(new BrokerEvent.MessageDispatched(QUEUE, message(QUEUE), CONSUMER));
        assertThat(AdvisoryBench.topic(dispatched)).isEqualTo("MessageDispatched.Queue.Q");
        assertThat(properties(dispatched))
                .containsEntry("orignalMessageId", ID)
                .containsEntry("orignalDestination", "queue://Q")
                .containsEntry("consumerId", "ID:a:1:1");

        Message consumed = told(new BrokerEvent.MessageConsumed(QUEUE, message(QUEUE)));
        assertThat(AdvisoryBench.topic(consumed)).isEqualTo("MessageConsumed.Queue.Q");
        assertThat(properties(consumed)).containsEntry("orignalMessageId", ID);

        Message discarded = told(new BrokerEvent.MessageDiscarded(TOPIC, message(TOPIC), CONSUMER, 3));
        assertThat(AdvisoryBench.topic(discarded)).isEqualTo("MessageDiscarded.Topic.T");
        assertThat(properties(discarded))
                .containsEntry("orignalMessageId", ID)
                .containsEntry("orignalDestination", "topic://T")
                .containsEntry("consumerId", "ID:a:1:1")
                .containsEntry("discardedCount", 3);
    }

    @Test
    void shouldPublishAMessageWithoutConsumerItself() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.NoConsumer.Topic.T");
        Message lonely = told(new BrokerEvent.NoConsumer(TOPIC, message(TOPIC)));
        assertThat(AdvisoryBench.topic(lonely)).isEqualTo("NoConsumer.Topic.T");
        assertThat(lonely.id()).hasToString(ID);
        assertThat(lonely.originalDestination()).isEmpty();
        assertThat(lonely.body()).containsExactly(0, 0, 0, 1, 'x');
        assertThat(lonely.properties()).isEqualTo(message(TOPIC).properties());
    }

    @Test
    void shouldTellOfSlowConsumersAndFastProducersWhoTheyAre() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.SlowConsumer.Queue.Q,ActiveMQ.Advisory.FastProducer.TempQueue.ID:a:1");
        client.ask(client.consumer(1, 1, new ActiveMQQueue("Q")));
        client.ask(client.producer(1, 2, ""));
        Message slow = told(new BrokerEvent.SlowConsumer(QUEUE, CONSUMER));
        assertThat(AdvisoryBench.topic(slow)).isEqualTo("SlowConsumer.Queue.Q");
        assertThat(properties(slow)).containsEntry("consumerId", "ID:a:1:1");
        assertThat(((ConsumerInfo) about(slow)).destination).isEqualTo(new ActiveMQQueue("Q"));

        DestinationName replies = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:a:1");
        Message fast = told(new BrokerEvent.FastProducer(replies, new ProducerId("ID:a", 1, 2)));
        assertThat(AdvisoryBench.topic(fast)).isEqualTo("FastProducer.TempQueue.ID:a:1");
        assertThat(properties(fast)).containsEntry("producerId", "ID:a:1:2");
        assertThat(String.valueOf(((ProducerInfo) about(fast)).producerId)).isEqualTo("ID:a:1:2");
    }

    @Test
    void shouldTellOfFullDestinations() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.FULL.Queue.Q");
        Message full = told(new BrokerEvent.DestinationFull(QUEUE, "memory", 90));
        assertThat(properties(full))
                .containsEntry("usageName", "Main:memory:queue://Q")
                .containsEntry("usageCount", 90L);
    }

    @Test
    void shouldTellNothingThatNobodyWatchesNorAboutAdvisories() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.MessageDelivered.Queue.Q,ActiveMQ.Advisory.MessageDelivered.Topic.>");
        DestinationName other = DestinationName.queue("OTHER");
        bench.broker.events().on(new BrokerEvent.MessageDelivered(other, message(other)));
        bench.broker.events().on(new BrokerEvent.MessageConsumed(QUEUE, message(QUEUE)));
        DestinationName advisories = DestinationName.topic("ActiveMQ.Advisory.Connection");
        bench.broker.events().on(new BrokerEvent.MessageDelivered(advisories, message(advisories)));
        told(new BrokerEvent.MessageDelivered(QUEUE, message(QUEUE)));
        assertThat(bench.topics()).containsExactly("MessageDelivered.Queue.Q");
    }

    @Test
    void shouldDropAdvisoriesThatComeFasterThanTheyCanBeTold() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.MessageDelivered.Queue.Q");
        client.ask(client.consumer(1, 5, new ActiveMQTopic("T")));
        bench.broker.holdSends = true;
        for (int i = 0; i < 10_500; i++) {
            bench.broker.events().on(new BrokerEvent.MessageDelivered(QUEUE, message(QUEUE)));
        }
        await().until(() -> bench.broker.held.size() == 10_000);
        bench.broker.holdSends = false;
        bench.broker.held.forEach(io.ferrymq.flow.Receipt::done);
        told(new BrokerEvent.MessageDelivered(QUEUE, message(QUEUE)));
        assertThat(bench.published()).hasSize(10_001);
    }

    @Test
    void shouldTellThoseWhoWatchWithWildcardsPastTheCore() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.>");
        bench.broker.events().on(new BrokerEvent.MessageExpired(QUEUE, message(QUEUE)));
        bench.broker.events().on(new BrokerEvent.NoConsumer(TOPIC, message(TOPIC)));
        assertThat(AdvisoryBench.heard(client, 2))
                .containsExactly("Expired.Queue.Q ActiveMQTextMessage", "NoConsumer.Topic.T null");
        assertThat(bench.published()).isEmpty();
    }

    @Test
    void shouldNotCountForEverWhatCannotBeTold() throws IOException {
        bench.watch(client, "ActiveMQ.Advisory.Expired.Queue.>");
        for (int i = 0; i <= EventAdvisories.MOST_WAITING; i++) {
            bench.broker.events().on(new BrokerEvent.MessageExpired(UNCLEAR, message(UNCLEAR)));
        }
        client.ask(client.session(2)); // behind them
        bench.broker.events().on(new BrokerEvent.MessageExpired(QUEUE, message(QUEUE)));
        assertThat(client.expect(MessageDispatch.class).message.destination.physicalName)
                .isEqualTo("ActiveMQ.Advisory.Expired.Queue.Q");
    }
}
