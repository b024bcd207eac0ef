package io.ferrymq.openwire.connection;

import static io.ferrymq.openwire.connection.AdvisoryBench.temporary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTempQueue;
import io.ferrymq.openwire.command.ActiveMQTempTopic;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ConsumerControl;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.session.ConsumerSpec;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told about temporary destinations. */
class TemporaryDestinationAdvisoriesTest {
    private static final String WATCHED = AdvisoryBench.TEMPORARIES;

    private final AdvisoryBench bench = new AdvisoryBench();
    private final FakeBroker broker = bench.broker;
    private final URI uri = bench.uri;

    @AfterEach
    void close() {
        bench.close();
    }

    private List<Message> published() {
        return bench.published();
    }

    private static DestinationInfo about(
            io.ferrymq.openwire.command.@org.jspecify.annotations.Nullable Message advisory) {
        return (DestinationInfo) Objects.requireNonNull(Objects.requireNonNull(advisory).dataStructure);
    }

    private WireClient watcher() throws IOException {
        WireClient watcher = bench.connect("ID:watcher");
        bench.watch(watcher, WATCHED);
        return watcher;
    }

    @Test
    void shouldPublishBeforeTheAnswer() throws IOException {
        WireClient watcher = watcher();
        try (WireClient client = WireClient.connected(uri, "ID:a")) {
            client.ask(temporary(client, 1, DestinationInfo.ADD));
            assertThat(published()).hasSize(1);
            Message advisory = published().get(0);
            assertThat(advisory.destination()).isEqualTo(DestinationName.topic("ActiveMQ.Advisory.TempQueue"));
            assertThat(advisory.type()).contains("Advisory");
            assertThat(advisory.persistent()).isFalse();
            assertThat(advisory.priority()).isZero();
            assertThat(advisory.timestampMs()).isZero();
            assertThat(advisory.format()).isEqualTo((byte) 23);
            assertThat(PrimitiveMap.decode(advisory.properties(), PrimitiveMap.Limits.defaults()))
                    .containsEntry("originBrokerName", "fake")
                    .containsEntry("originBrokerId", "ID:fake-broker")
                    .containsEntry("originBrokerURL", uri.toString());
            assertThat(about(new MessageExtras().decode(advisory)).destination)
                    .isEqualTo(new ActiveMQTempQueue("ID:a:1"));

            client.ask(temporary(client, 2, DestinationInfo.ADD));
            client.ask(temporary(client, 2, DestinationInfo.REMOVE));
            assertThat(published())
                    .extracting(message -> message.destination().physicalName())
                    .containsExactly(
                            "ActiveMQ.Advisory.TempQueue",
                            "ActiveMQ.Advisory.TempTopic",
                            "ActiveMQ.Advisory.TempTopic");
            assertThat(about(new MessageExtras().decode(published().get(2))).operationType)
                    .isEqualTo(DestinationInfo.REMOVE);
        }
        await().until(() -> published().size() == 4);
        assertThat(about(new MessageExtras().decode(published().get(3))).operationType)
                .isEqualTo(DestinationInfo.REMOVE);
        watcher.close();
    }

    @Test
    void shouldReplayToNewWatchersBeforeTheirAnswer() throws IOException {
        try (WireClient owner = WireClient.connected(uri, "ID:a");
                WireClient watcher = WireClient.connected(uri, "ID:b")) {
            for (int i = 1; i <= 3; i++) {
                owner.ask(temporary(owner, i, DestinationInfo.ADD));
            }
            owner.ask(temporary(owner, 3, DestinationInfo.REMOVE));
            ConsumerInfo info = watcher.consumer(-1, 1, new ActiveMQTopic(WATCHED));
            info.responseRequired = true;
            info.commandId = 50;
            watcher.send(info);
            MessageDispatch queue = watcher.expect(MessageDispatch.class);
            MessageDispatch topic = watcher.expect(MessageDispatch.class);
            assertThat(watcher.expect(Response.class).correlationId).isEqualTo(50);
            assertThat(queue.consumerId).isEqualTo(info.consumerId);
            assertThat(Objects.requireNonNull(queue.message).targetConsumerId).isEqualTo(info.consumerId);
            assertThat(about(queue.message).destination).isEqualTo(new ActiveMQTempQueue("ID:a:1"));
            assertThat(about(topic.message).destination).isEqualTo(new ActiveMQTempTopic("ID:a:2"));
            assertThat(topic.destination).isEqualTo(new ActiveMQTopic("ActiveMQ.Advisory.TempTopic"));

            ConsumerInfo topicsOnly = watcher.consumer(-1, 2, new ActiveMQTopic("ActiveMQ.Advisory.TempTopic"));
            topicsOnly.responseRequired = true;
            watcher.send(topicsOnly);
            assertThat(about(watcher.expect(MessageDispatch.class).message).destination)
                    .isEqualTo(new ActiveMQTempTopic("ID:a:2"));
            watcher.expect(Response.class);
        }
    }

    @Test
    void shouldNotReplayWhatIsGone() throws IOException {
        WireClient owner = WireClient.connected(uri, "ID:a");
        owner.ask(temporary(owner, 1, DestinationInfo.ADD));
        owner.socket.close();
        await().until(() -> broker.calls.contains("close ID:a -2"));
        try (WireClient watcher = WireClient.connected(uri, "ID:b")) {
            ConsumerInfo info = watcher.consumer(-1, 1, new ActiveMQTopic(WATCHED));
            info.responseRequired = true;
            watcher.send(info);
            watcher.expect(Response.class);
        }
    }

    @Test
    void shouldKeepWhatTheSameClientAddedAgainAfterAFailover() throws IOException {
        WireClient before = WireClient.connected(uri, "ID:a");
        before.ask(temporary(before, 1, DestinationInfo.ADD));
        try (WireClient after = WireClient.connected(uri, "ID:a");
                WireClient watcher = WireClient.connected(uri, "ID:b")) {
            after.ask(temporary(after, 1, DestinationInfo.ADD));
            before.socket.close();
            await().until(() -> broker.calls.contains("close ID:a -2"));
            watcher.send(watcher.consumer(-1, 1, new ActiveMQTopic(WATCHED)));
            assertThat(about(watcher.expect(MessageDispatch.class).message).destination)
                    .isEqualTo(new ActiveMQTempQueue("ID:a:1"));
        }
    }

    @Test
    void shouldRefuseTemporaryDestinationsInAnothersName() throws IOException {
        try (WireClient client = WireClient.connected(uri, "ID:a")) {
            DestinationInfo foreign = temporary(client, 1, DestinationInfo.ADD);
            foreign.destination = new ActiveMQTempQueue("ID:b:1");
            assertThat(client.ask(foreign)).isInstanceOf(ExceptionResponse.class);
            DestinationInfo several = temporary(client, 1, DestinationInfo.ADD);
            several.destination = new ActiveMQTempQueue("ID:b:1,ID:a:1");
            assertThat(client.ask(several)).isInstanceOf(ExceptionResponse.class);
            assertThat(published()).isEmpty();
        }
    }

    @Test
    void shouldMakeNoTopicWhileNobodyWatches() throws IOException {
        try (WireClient client = WireClient.connected(uri, "ID:a")) {
            client.ask(temporary(client, 1, DestinationInfo.ADD));
            client.ask(temporary(client, 1, DestinationInfo.REMOVE));
            assertThat(broker.clients).hasSize(1);
        }
    }

    @Test
    void shouldTellWhenEverythingElseIsSwitchedOff() throws IOException {
        try (AdvisoryBench quiet =
                        new AdvisoryBench(new FakeBroker(), new AdvisorySettings(false, destination -> false));
                WireClient watcher = quiet.connect("ID:b");
                WireClient client = quiet.connect("ID:a")) {
            quiet.watch(watcher, ">");
            client.ask(client.session(1));
            client.ask(client.producer(1, 1, "Q"));
            client.ask(client.consumer(1, 1, new ActiveMQTopic("T")));
            quiet.broker.events().on(new BrokerEvent.DestinationAdded(DestinationName.queue("Q")));
            client.ask(temporary(client, 1, DestinationInfo.ADD));
            assertThat(AdvisoryBench.heard(watcher, 1)).containsExactly("TempQueue DestinationInfo");
            assertThat(quiet.published()).isEmpty();
            assertThat(quiet.watch(client, "ActiveMQ.Advisory.>"))
                    .extracting(AdvisoryBench::summary)
                    .containsExactly("TempQueue DestinationInfo");
        }
    }

    @Test
    void shouldTellPastTheCoreWhenItRefusesTheBrokersOwnClient() throws IOException {
        try (WireClient watcher = watcher();
                WireClient client = bench.connect("ID:a")) {
            broker.refuseConnections = Optional.of(new Refusal(Refusal.Code.RESOURCE_LIMIT, "too many"));
            client.ask(temporary(client, 1, DestinationInfo.ADD));
            assertThat(about(watcher.expect(MessageDispatch.class).message).destination)
                    .isEqualTo(new ActiveMQTempQueue("ID:a:1"));
        }
    }

    @Test
    void shouldLetNoPrefetchHoldBackTheWatcherOfAStockClient() throws IOException {
        try (WireClient client = bench.connect("ID:a")) {
            ConsumerInfo restored = client.consumer(-1, 1, new ActiveMQTopic(WATCHED));
            restored.prefetchSize = 0;
            client.ask(restored);
            ConsumerControl control = new ConsumerControl();
            control.consumerId = restored.consumerId;
            control.prefetch = 1_000;
            client.ask(control);
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQTopic(WATCHED)));
            client.ask(client.consumer(-1, 2, new ActiveMQTopic(WATCHED + ",queue://Q")));
            assertThat(broker.client("ID:a").consumers)
                    .extracting(ConsumerSpec::prefetch)
                    .containsExactly(Integer.MAX_VALUE, 1_000, 1_000);
            assertThat(broker.calls).noneMatch(call -> call.startsWith("changePrefetch"));
        }
    }

    private WireClient comesBack(String id) throws IOException {
        WireClient client = new WireClient(uri, id);
        client.negotiate(12, "6.3.1");
        ConnectionInfo info = client.connectionInfo();
        info.failoverReconnect = true;
        client.ask(info);
        return client;
    }

    private static Delivery delivery(ConsumerId consumer, long sequence) {
        MessageId id = new MessageId(new ProducerId("ID:p", 1, 1), sequence);
        return new Delivery(
                consumer, Message.builder(id, DestinationName.queue("Q")).build(), sequence, 0);
    }

    @Test
    void shouldTellAClientThatComesBackBeforeItGetsMessages() throws IOException {
        try (WireClient owner = bench.connect("ID:a");
                WireClient client = comesBack("ID:b")) {
            owner.ask(temporary(owner, 1, DestinationInfo.ADD));
            ConsumerId consumer = new ConsumerId("ID:b", 1, 1);
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("Q")));
            FakeBroker.FakeClient core = broker.client("ID:b");
            core.listener.deliver(delivery(consumer, 1));
            core.listener.deliver(delivery(consumer, 2));
            core.listener.nothing(consumer);
            client.send(client.consumer(-1, 1, new ActiveMQTopic(WATCHED)));
            assertThat(about(client.expect(MessageDispatch.class).message).destination)
                    .isEqualTo(new ActiveMQTempQueue("ID:a:1"));
            core.listener.deliver(delivery(consumer, 3));
            List<Long> sequences = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                io.ferrymq.openwire.command.Message message = client.expect(MessageDispatch.class).message;
                sequences.add(message == null ? 0 : Objects.requireNonNull(message.messageId).producerSequenceId);
            }
            assertThat(sequences).containsExactlyInAnyOrder(1L, 2L, 0L, 3L).containsSubsequence(1L, 2L, 0L);
        }
    }

    @Test
    void shouldNotLetAClientThatComesBackAndWatchesNothingWaitForEver() throws IOException {
        try (WireClient client = comesBack("ID:b")) {
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("Q")));
            broker.client("ID:b").listener.deliver(delivery(new ConsumerId("ID:b", 1, 1), 1));
            assertThat(client.expect(MessageDispatch.class).message).isNotNull();
        }
    }

    @Test
    void shouldGiveBackTheMemoryOfWhatWasHeldWhenTheClientIsLostAgain() throws IOException {
        WireClient client = comesBack("ID:b");
        MessageId id = new MessageId(new ProducerId("ID:p", 1, 1), 1);
        Message news = Message.builder(id, DestinationName.topic("T")).build();
        broker.client("ID:b").listener.deliver(new Delivery(new ConsumerId("ID:b", 1, 1), news, 1, 0));
        client.ask(client.session(1));
        assertThat(broker.memory.usedBytes()).isPositive();
        client.close();
        await().until(() -> broker.memory.usedBytes() == 0);
    }
}
