package io.ferrymq.openwire.connection;

import static io.ferrymq.openwire.connection.AdvisoryBench.about;
import static io.ferrymq.openwire.connection.AdvisoryBench.heard;
import static io.ferrymq.openwire.connection.AdvisoryBench.properties;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTempQueue;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ConsumerId;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.ProducerId;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.SessionId;
import io.ferrymq.openwire.command.WireValue;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told about connections, consumers, producers and destinations. */
class ClientAdvisoriesTest {
    private final AdvisoryBench bench = new AdvisoryBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private WireClient watcher(String topics) throws IOException {
        WireClient watcher = bench.connect("ID:watcher");
        bench.watch(watcher, topics);
        return watcher;
    }

    private static RemoveInfo remove(WireValue id) {
        RemoveInfo info = new RemoveInfo();
        info.objectId = id;
        return info;
    }

    @Test
    void shouldTellOfConnectionsWithoutTheirPasswords() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.Connection")) {
            WireClient client = new WireClient(bench.uri, "ID:a");
            client.negotiate(12, "6.3.1");
            ConnectionInfo introduction = client.connectionInfo();
            introduction.userName = "ann";
            introduction.password = "secret";
            client.ask(introduction);
            await().until(() -> bench.published().size() == 1);
            ConnectionInfo told = (ConnectionInfo) about(bench.published().get(0));
            assertThat(told.connectionId).isEqualTo(new ConnectionId("ID:a"));
            assertThat(told.clientId).isEqualTo("client-ID:a");
            assertThat(told.userName).isEqualTo("ann");
            assertThat(told.password).isEmpty();
            assertThat(told.clientIp).startsWith("tcp://127.0.0.1:");

            client.ask(remove(new ConnectionId("ID:a")));
            await().until(() -> bench.published().size() == 2);
            assertThat(((RemoveInfo) about(bench.published().get(1))).objectId).isEqualTo(new ConnectionId("ID:a"));
            client.close();
            assertThat(watcher).isNotNull();
        }
    }

    @Test
    void shouldTellOfConsumersAndCountThem() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.Consumer.Queue.Q");
                WireClient client = bench.connect("ID:a")) {
            client.ask(client.session(1));
            ConsumerInfo first = client.consumer(1, 1, new ActiveMQQueue("Q"));
            first.selector = "a = 1";
            client.ask(first);
            client.ask(client.consumer(1, 2, new ActiveMQQueue("Q")));
            client.ask(client.consumer(1, 3, new ActiveMQQueue("OTHER")));
            client.ask(remove(new ConsumerId("ID:a", 1, 1)));
            assertThat(bench.topics()).containsOnly("Consumer.Queue.Q").hasSize(3);
            ConsumerInfo told = (ConsumerInfo) about(bench.published().get(0));
            assertThat(told.consumerId).isEqualTo(new ConsumerId("ID:a", 1, 1));
            assertThat(told.selector).isEqualTo("a = 1");
            assertThat(told.prefetchSize).isEqualTo(1000);
            assertThat(counts("consumerCount")).containsExactly(1, 2, 1);
            RemoveInfo removal = (RemoveInfo) about(bench.published().get(2));
            assertThat(removal.objectId).isEqualTo(new ConsumerId("ID:a", 1, 1));
            assertThat(watcher).isNotNull();
        }
    }

    private List<Object> counts(String property) {
        return bench.published().stream()
                .map(message -> Objects.requireNonNull(properties(message).get(property)))
                .toList();
    }

    @Test
    void shouldTellOfProducersAndCountThem() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.Producer.Queue.Q,ActiveMQ.Advisory.Producer.Queue.LAST");
                WireClient client = bench.connect("ID:a")) {
            client.ask(client.session(1));
            client.ask(client.producer(1, 1, "Q"));
            client.ask(client.producer(1, 2, "Q"));
            client.ask(client.producer(1, 3, ""));
            client.ask(remove(new ProducerId("ID:a", 1, 1)));
            client.ask(client.producer(1, 4, "LAST"));
            assertThat(bench.topics())
                    .containsExactly("Producer.Queue.Q", "Producer.Queue.Q", "Producer.Queue.Q", "Producer.Queue.LAST");
            assertThat(((ProducerInfo) about(bench.published().get(0))).producerId)
                    .isEqualTo(new ProducerId("ID:a", 1, 1));
            assertThat(((RemoveInfo) about(bench.published().get(2))).objectId).isEqualTo(new ProducerId("ID:a", 1, 1));
            assertThat(counts("producerCount")).containsExactly(1, 2, 1, 1);
            assertThat(watcher).isNotNull();
        }
    }

    @Test
    void shouldNotTellOfThoseWhoHaveToDoWithAdvisories() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.>");
                WireClient client = bench.connect("ID:a")) {
            client.ask(client.session(1));
            bench.watch(client, "ActiveMQ.Advisory.Connection");
            bench.watch(client, "T,ActiveMQ.Advisory.Connection");
            ProducerInfo producer = client.producer(1, 1, "Q");
            producer.destination = new ActiveMQTopic("ActiveMQ.Advisory.Connection");
            client.ask(producer);
            DestinationName topic = DestinationName.topic("ActiveMQ.Advisory.Connection");
            bench.broker.events().on(new BrokerEvent.DestinationAdded(topic));
            client.ask(client.consumer(1, 9, new ActiveMQQueue("Q")));
            assertThat(heard(watcher, 2)).containsExactly("Connection ConnectionInfo", "Consumer.Queue.Q ConsumerInfo");
        }
    }

    @Test
    void shouldNameTopicsAfterTheirDestinations() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.Consumer.>");
                WireClient client = bench.connect("ID:a")) {
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("A,topic://B")));
            client.ask(client.consumer(1, 2, new ActiveMQTopic("T")));
            client.ask(client.consumer(1, 3, new ActiveMQTempQueue("ID:a:1")));
            assertThat(heard(watcher, 3))
                    .containsExactly(
                            "Consumer.Queue.A&sbquo;topic://B ConsumerInfo",
                            "Consumer.Topic.T ConsumerInfo",
                            "Consumer.Queue.ID:a:1 ConsumerInfo");
        }
    }

    @Test
    void shouldTellThoseWhoWatchWithWildcardsPastTheCoreWhileItHasNoSuchTopic() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.Consumer.Queue.>");
                WireClient client = bench.connect("ID:a")) {
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("A.>")));
            client.ask(remove(new ConsumerId("ID:a", 1, 1)));
            client.ask(client.consumer(1, 2, new ActiveMQQueue("B")));
            assertThat(heard(watcher, 3))
                    .containsExactly(
                            "Consumer.Queue.A.> ConsumerInfo",
                            "Consumer.Queue.A.> RemoveInfo",
                            "Consumer.Queue.B ConsumerInfo");
            assertThat(bench.published()).isEmpty();

            bench.watch(client, "ActiveMQ.Advisory.Consumer.Queue.B");
            client.ask(client.consumer(1, 3, new ActiveMQQueue("B")));
            client.ask(remove(new ConsumerId("ID:a", -1, 2)));
            client.ask(remove(new ConsumerId("ID:a", 1, 2)));
            assertThat(bench.topics()).containsExactly("Consumer.Queue.B", "Consumer.Queue.B");
        }
    }

    @Test
    void shouldTellThatAllOfALostConnectionIsGone() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.>")) {
            WireClient client = bench.connect("ID:a");
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("Q")));
            client.ask(client.producer(1, 1, "Q"));
            client.ask(AdvisoryBench.temporary(client, 1, DestinationInfo.ADD));
            assertThat(heard(watcher, 4)).last().isEqualTo("TempQueue DestinationInfo");
            client.socket.close();
            assertThat(heard(watcher, 4))
                    .containsExactly(
                            "Producer.Queue.Q RemoveInfo",
                            "Consumer.Queue.Q RemoveInfo",
                            "TempQueue DestinationInfo",
                            "Connection RemoveInfo");
        }
    }

    @Test
    void shouldTellThatAllOfASessionIsGone() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.Consumer.>,ActiveMQ.Advisory.Producer.>");
                WireClient client = bench.connect("ID:a")) {
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("Q")));
            client.ask(client.producer(1, 1, "Q"));
            heard(watcher, 2);
            client.ask(remove(new SessionId("ID:a", 1)));
            assertThat(heard(watcher, 2))
                    .containsExactlyInAnyOrder("Consumer.Queue.Q RemoveInfo", "Producer.Queue.Q RemoveInfo");
        }
    }

    @Test
    void shouldTellNothingOfWhatWasRefused() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.>");
                WireClient client = bench.connect("ID:a")) {
            client.ask(client.session(1));
            bench.broker.refuseAll = Optional.of(new Refusal(Refusal.Code.INVALID_SELECTOR, "no"));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("Q")));
            client.ask(client.producer(1, 1, "Q"));
            bench.broker.refuseAll = Optional.empty();
            assertThat(bench.watch(client, "ActiveMQ.Advisory.Consumer.>,ActiveMQ.Advisory.Producer.>"))
                    .isEmpty();
            client.ask(client.consumer(1, 2, new ActiveMQQueue("LAST")));
            assertThat(heard(watcher, 2))
                    .containsExactly("Connection ConnectionInfo", "Consumer.Queue.LAST ConsumerInfo");
        }
    }

    @Test
    void shouldTellOfDestinations() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.Queue,ActiveMQ.Advisory.Topic")) {
            DestinationName queue = DestinationName.queue("Q");
            bench.broker.events().on(new BrokerEvent.DestinationAdded(queue));
            bench.broker.events().on(new BrokerEvent.DestinationAdded(DestinationName.topic("T")));
            bench.broker.events().on(new BrokerEvent.DestinationRemoved(queue));
            await().until(() -> bench.published().size() == 3);
            assertThat(bench.topics()).containsExactly("Queue", "Topic", "Queue");
            DestinationInfo removal = (DestinationInfo) about(bench.published().get(2));
            assertThat(removal.destination).isEqualTo(new ActiveMQQueue("Q"));
            assertThat(removal.operationType).isEqualTo(DestinationInfo.REMOVE);
            assertThat(watcher).isNotNull();
        }
    }

    @Test
    void shouldReplayAllThatExistsToNewWatchersOnly() throws IOException {
        FakeBroker old = new FakeBroker();
        old.existing = List.of(DestinationName.queue("OLD"), DestinationName.topic("ActiveMQ.Advisory.Queue"));
        try (AdvisoryBench full = new AdvisoryBench(old, AdvisorySettings.DEFAULT);
                WireClient client = full.connect("ID:a");
                WireClient watcher = full.connect("ID:watcher")) {
            full.broker.events().on(new BrokerEvent.DestinationAdded(DestinationName.topic("T")));
            client.ask(client.session(1));
            client.ask(client.producer(1, 1, "Q"));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("Q")));
            client.ask(client.consumer(1, 2, new ActiveMQTopic("T.*")));
            client.ask(AdvisoryBench.temporary(client, 1, DestinationInfo.ADD));

            String[] parts = {
                "Producer.Queue.Q ProducerInfo", "Consumer.Queue.Q ConsumerInfo", "Consumer.Topic.T.* ConsumerInfo"
            };
            assertThat(replayed(full, watcher, "ActiveMQ.Advisory.>"))
                    .containsExactly(
                            "Connection ConnectionInfo",
                            "Connection ConnectionInfo",
                            "Queue DestinationInfo",
                            "Topic DestinationInfo",
                            "TempQueue DestinationInfo",
                            parts[0],
                            parts[1],
                            parts[2]);
            assertThat(replayed(full, watcher, "ActiveMQ.Advisory.Consumer.>")).containsExactly(parts[1], parts[2]);
            assertThat(replayed(full, watcher, "ActiveMQ.Advisory.Producer.Queue.Q,ActiveMQ.Advisory.Queue"))
                    .containsExactly("Queue DestinationInfo", parts[0]);
            assertThat(replayed(full, watcher, "queue://X,topic://ActiveMQ.Advisory.Topic"))
                    .containsExactly("Topic DestinationInfo");
            assertThat(replayed(full, watcher, AdvisoryBench.TEMPORARIES)).containsExactly("TempQueue DestinationInfo");
            assertThat(replayed(full, client, "T,U.>")).isEmpty();
            assertThat(replayed(full, client, "*.Advisory.Queue")).isEmpty();
            assertThat(full.published()).isEmpty();
        }
    }

    private static List<String> replayed(AdvisoryBench bench, WireClient watcher, String topics) throws IOException {
        List<MessageDispatch> replayed = bench.watch(watcher, topics);
        for (MessageDispatch dispatch : replayed) {
            assertThat(Objects.requireNonNull(dispatch.message).targetConsumerId)
                    .isEqualTo(dispatch.consumerId);
        }
        return replayed.stream().map(AdvisoryBench::summary).toList();
    }

    @Test
    void shouldLeaveNothingBehindOfThoseWhoCameAndWent() throws IOException {
        for (int i = 0; i < 2_000; i++) {
            try (WireClient client = bench.connect("ID:" + i)) {
                client.send(
                        client.session(1),
                        client.consumer(-1, 1, new ActiveMQTopic(AdvisoryBench.TEMPORARIES)),
                        client.producer(1, 1, "Q"),
                        client.consumer(1, 1, new ActiveMQQueue("Q")),
                        AdvisoryBench.temporary(client, 1, DestinationInfo.ADD));
                if (i % 2 == 0) {
                    client.ask(remove(new ConnectionId(client.id)));
                }
            }
        }
        await().untilAsserted(() -> assertThat(bench.broker.calls)
                .filteredOn(call -> call.startsWith("close "))
                .hasSize(2_000));
        int before = bench.published().size();
        try (WireClient watcher = bench.connect("ID:watcher");
                WireClient client = bench.connect("ID:a")) {
            assertThat(bench.watch(watcher, "ActiveMQ.Advisory.Consumer.>,ActiveMQ.Advisory.Producer.>"))
                    .isEmpty();
            client.ask(AdvisoryBench.temporary(client, 1, DestinationInfo.ADD));
            List<Message> after = bench.published();
            assertThat(after).hasSize(before); // nobody is left who would watch
        }
    }

    @Test
    void shouldKeepWhatCameAgainAfterAFailoverBeforeTheOldSocketDied() throws IOException {
        try (WireClient watcher = watcher("ActiveMQ.Advisory.>")) {
            WireClient before = bench.connect("ID:a");
            before.ask(before.session(1));
            before.ask(before.consumer(1, 1, new ActiveMQQueue("Q")));
            WireClient after = bench.connect("ID:a");
            after.ask(after.session(1));
            after.ask(after.consumer(1, 1, new ActiveMQQueue("Q")));
            before.socket.close();
            await().until(() -> bench.broker.calls.contains("close ID:a -2"));
            after.ask(after.consumer(1, 2, new ActiveMQQueue("Q")));
            assertThat(heard(watcher, 4))
                    .containsExactly(
                            "Connection ConnectionInfo",
                            "Consumer.Queue.Q ConsumerInfo",
                            "Connection ConnectionInfo",
                            "Consumer.Queue.Q ConsumerInfo");
            io.ferrymq.openwire.command.Message last =
                    Objects.requireNonNull(watcher.expect(MessageDispatch.class).message);
            assertThat(PrimitiveMap.decode(
                            Objects.requireNonNull(last.marshalledProperties), PrimitiveMap.Limits.defaults()))
                    .containsEntry("consumerCount", 2);
            after.close();
        }
    }
}
