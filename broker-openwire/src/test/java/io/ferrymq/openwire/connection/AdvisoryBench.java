package io.ferrymq.openwire.connection;

import io.ferrymq.BrokerConfig;
import io.ferrymq.message.Message;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQTempQueue;
import io.ferrymq.openwire.command.ActiveMQTempTopic;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.DestinationInfo;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.spi.ProtocolProvider;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server over a core that only writes down: what was published is there to see, and what is replayed arrives at the watcher. */
final class AdvisoryBench implements AutoCloseable {
    static final String TEMPORARIES = "ActiveMQ.Advisory.TempQueue,ActiveMQ.Advisory.TempTopic";

    final FakeBroker broker;
    final ProtocolProvider.ProtocolServer server;
    final URI uri;
    private int watchers;

    AdvisoryBench(FakeBroker broker, AdvisorySettings settings) {
        this.broker = broker;
        this.server = OpenWireServer.open(broker, 2, settings);
        this.uri = server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));
    }

    AdvisoryBench() {
        this(new FakeBroker(), AdvisorySettings.DEFAULT);
    }

    WireClient connect(String id) throws IOException {
        return WireClient.connected(uri, id);
    }

    /** Subscribes and returns what was replayed before the answer. */
    List<MessageDispatch> watch(WireClient client, String topics) throws IOException {
        ConsumerInfo info = client.consumer(-1, ++watchers, new ActiveMQTopic(topics));
        info.responseRequired = true;
        info.commandId = 1_000 + watchers;
        client.send(info);
        List<MessageDispatch> replayed = new ArrayList<>();
        while (true) {
            DataStructure command = client.read();
            if (command instanceof MessageDispatch dispatch) {
                replayed.add(dispatch);
            } else if (command instanceof Response response && response.correlationId == info.commandId) {
                return replayed;
            }
        }
    }

    /** What a watcher is told next, one summary each. */
    static List<String> heard(WireClient watcher, int count) throws IOException {
        List<String> heard = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            heard.add(summary(watcher.expect(MessageDispatch.class)));
        }
        return heard;
    }

    /** What the broker's own client published so far. */
    List<Message> published() {
        return broker.clients.stream()
                .filter(client -> client.info.remoteAddress().equals("advisories"))
                .flatMap(client -> client.sent.stream())
                .toList();
    }

    /** Names of topics, without what they all begin with. */
    List<String> topics() {
        return published().stream().map(AdvisoryBench::topic).toList();
    }

    static String topic(Message message) {
        return message.destination().physicalName().substring("ActiveMQ.Advisory.".length());
    }

    /** Name of a topic and what came there, for instance {@code Connection RemoveInfo}. */
    static String summary(MessageDispatch dispatch) {
        io.ferrymq.openwire.command.Message message = Objects.requireNonNull(dispatch.message);
        String topic = Objects.requireNonNull(Objects.requireNonNull(message.destination).physicalName);
        return topic.substring("ActiveMQ.Advisory.".length()) + " " + message.dataStructure;
    }

    static DataStructure about(Message published) {
        return Objects.requireNonNull(new MessageExtras().decode(published).dataStructure);
    }

    static DataStructure about(MessageDispatch dispatch) {
        return Objects.requireNonNull(Objects.requireNonNull(dispatch.message).dataStructure);
    }

    static Map<String, @Nullable Object> properties(Message published) {
        return PrimitiveMap.decode(published.properties(), PrimitiveMap.Limits.defaults());
    }

    /** A temporary queue when {@code number} is odd, else a topic. */
    static DestinationInfo temporary(WireClient client, int number, byte operation) {
        DestinationInfo info = new DestinationInfo();
        info.connectionId = new ConnectionId(client.id);
        info.destination = number % 2 == 1
                ? new ActiveMQTempQueue(client.id + ":" + number)
                : new ActiveMQTempTopic(client.id + ":" + number);
        info.operationType = operation;
        return info;
    }

    @Override
    public void close() {
        server.close();
    }
}
