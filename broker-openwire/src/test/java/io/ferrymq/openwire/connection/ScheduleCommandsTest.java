package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.LocalTransactionId;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.ProducerAck;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.TransactionInfo;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.spi.ProtocolProvider;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients say about time, and how it reaches the core. */
class ScheduleCommandsTest {
    private static final String ID = "ID:host-1-2-3:1";

    private final FakeBroker broker = new FakeBroker();
    private final ProtocolProvider.ProtocolServer server = OpenWireServer.open(broker, 1, AdvisorySettings.DEFAULT);
    private final URI uri = server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));
    private WireClient client;
    private long sequence;

    @BeforeEach
    void open() throws IOException {
        client = WireClient.connected(uri, ID);
        client.ask(client.session(1));
        client.ask(client.producer(1, 1, ""));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private Message message(Map<String, ?> properties) {
        Message message = client.message(1, 1, ++sequence, "q");
        message.marshalledProperties = PrimitiveMap.encode(properties);
        return message;
    }

    private io.ferrymq.message.Message sent(Map<String, ?> properties) throws IOException {
        assertThat(client.ask(message(properties))).isExactlyInstanceOf(Response.class);
        List<io.ferrymq.message.Message> all = broker.client(ID).sent;
        return all.get(all.size() - 1);
    }

    private WireThrowable refused(Map<String, ?> properties) throws IOException {
        return Objects.requireNonNull(((ExceptionResponse) client.ask(message(properties))).exception);
    }

    private static Map<String, @Nullable Object> properties(io.ferrymq.message.Message message) {
        return PrimitiveMap.decode(message.properties(), PrimitiveMap.Limits.defaults());
    }

    @Test
    void shouldTakeTheScheduleOutOfTheProperties() throws IOException {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "AMQ_SCHEDULED_DELAY",
                5_000L,
                "AMQ_SCHEDULED_PERIOD",
                1_000L,
                "AMQ_SCHEDULED_REPEAT",
                9,
                "AMQ_SCHEDULED_CRON",
                "0 * * * *",
                "mine",
                "kept"));
        io.ferrymq.message.Message sent = sent(properties);
        assertThat(sent.schedule()).hasValue(new Schedule(5_000, 1_000, 9, "0 * * * *"));
        assertThat(properties(sent)).isEqualTo(Map.of("mine", "kept"));
        assertThat(sent(Map.of("AMQ_SCHEDULED_DELAY", 0L)).schedule()).hasValue(new Schedule(0, 0, 0, ""));
        assertThat(broker.client(ID).sent.get(1).properties()).isSameAs(io.ferrymq.message.Message.ABSENT);
    }

    @Test
    void shouldUnderstandNumbersOfEverySizeAndText() throws IOException {
        for (Object number : List.of((byte) 7, (short) 7, 7, 7L, "7")) {
            assertThat(sent(Map.of("AMQ_SCHEDULED_PERIOD", number, "AMQ_SCHEDULED_REPEAT", number))
                            .schedule())
                    .hasValue(new Schedule(0, 7, 7, ""));
        }
    }

    @Test
    void shouldLeaveEverythingElseAlone() throws IOException {
        for (Map<String, Object> others : List.<Map<String, Object>>of(
                Map.of("AMQ_SCHEDULED_REPEAT", 3),
                Map.of("AMQ_SCHEDULED_DELAY", 3L, "scheduledJobId", "ID:elsewhere:1"),
                Map.of("about", "AMQ_SCHEDULED_DELAY"))) {
            io.ferrymq.message.Message sent = sent(others);
            assertThat(sent.schedule()).isEmpty();
            assertThat(properties(sent)).isEqualTo(others);
        }
    }

    @Test
    void shouldRefuseWhatIsNoNumber() throws IOException {
        for (Object wrong : List.of("soon", true, 1.5, "1.5", "99999999999999999999")) {
            WireThrowable error = refused(Map.of("AMQ_SCHEDULED_DELAY", wrong));
            assertThat(error.className()).endsWith("MessageFormatException");
            assertThat(error.message()).contains("AMQ_SCHEDULED_DELAY");
        }
        assertThat(refused(Map.of("AMQ_SCHEDULED_DELAY", 1L, "AMQ_SCHEDULED_REPEAT", 1L << 40))
                        .className())
                .endsWith("MessageFormatException");
        assertThat(broker.client(ID).sent).isEmpty();
    }

    @Test
    void shouldNotLetATransactionOutliveItself() throws IOException {
        LocalTransactionId transaction = new LocalTransactionId(new ConnectionId(ID), 4);
        TransactionInfo begin = new TransactionInfo();
        begin.connectionId = new ConnectionId(ID);
        begin.transactionId = transaction;
        begin.type = TransactionInfo.BEGIN;
        client.ask(begin);
        Message message = message(Map.of("AMQ_SCHEDULED_DELAY", 1L));
        message.transactionId = transaction;
        client.ask(message);
        assertThat(broker.calls).anyMatch(call -> call.startsWith("send") && call.contains("TX:" + ID + ":4"));
        assertThat(broker.client(ID).sent.get(0).extras()).isSameAs(io.ferrymq.message.Message.ABSENT);
    }

    /** The client counts what it sent, also what the broker took out. */
    @Test
    void shouldGiveTheWholeWindowBack() throws IOException {
        ProducerInfo producer = client.producer(1, 2, "q");
        producer.windowSize = 100_000;
        client.ask(producer);
        Message message = client.message(1, 2, 1, "q");
        message.responseRequired = false;
        message.content = new byte[10];
        message.marshalledProperties = PrimitiveMap.encode(Map.of("AMQ_SCHEDULED_DELAY", 1L));
        client.send(message);
        ProducerAck ack = client.expect(ProducerAck.class);
        assertThat(ack.size).isEqualTo(1024 + 10 + message.marshalledProperties.length);
    }

    private Message management(Map<String, ?> properties) {
        Message message = message(properties);
        message.destination = new ActiveMQTopic("ActiveMQ.Scheduler.Management");
        message.replyTo = new ActiveMQQueue("answers");
        return message;
    }

    @Test
    void shouldSendCopiesToWhoeverBrowses() throws IOException {
        for (int i = 1; i <= 300; i++) {
            io.ferrymq.message.Message waiting = io.ferrymq.message.Message.builder(
                            new io.ferrymq.message.MessageId(new io.ferrymq.message.ProducerId("ID:p", 1, 1), i),
                            DestinationName.queue("A,B"))
                    .persistent(true)
                    .schedule(new Schedule(i, 0, i % 2, i % 3 == 0 ? "* * * * *" : ""))
                    .build();
            broker.scheduled.add(new ScheduledMessage("ID:p:1:1:" + i, i, waiting));
        }
        assertThat(client.ask(management(Map.of("AMQ_SCHEDULER_ACTION", "BROWSE"))))
                .isExactlyInstanceOf(Response.class);
        List<io.ferrymq.message.Message> copies = broker.client(ID).sent;
        assertThat(copies).hasSize(300);
        assertThat(copies.stream().map(io.ferrymq.message.Message::id)).doesNotHaveDuplicates();
        assertThat(copies).allSatisfy(copy -> {
            assertThat(copy.destination()).isEqualTo(DestinationName.queue("answers"));
            assertThat(copy.originalDestination()).hasValue(DestinationName.queue("A,B"));
            assertThat(copy.persistent()).isFalse();
            assertThat(copy.type()).hasValue("Advisory");
            assertThat(copy.schedule()).isEmpty();
        });
        assertThat(copies.get(2).annotations())
                .isEqualTo(Map.of(
                        "scheduledJobId",
                        "ID:p:1:1:3",
                        "AMQ_SCHEDULED_DELAY",
                        3L,
                        "AMQ_SCHEDULED_REPEAT",
                        1,
                        "AMQ_SCHEDULED_CRON",
                        "* * * * *"));
        copies.clear();
        client.ask(
                management(Map.of("AMQ_SCHEDULER_ACTION", "BROWSE", "ACTION_START_TIME", "5", "ACTION_END_TIME", 8L)));
        assertThat(copies).hasSize(4);
    }

    @Test
    void shouldRemoveWhatItIsAskedTo() throws IOException {
        client.ask(management(Map.of("AMQ_SCHEDULER_ACTION", "REMOVE", "scheduledJobId", "ID:p:1:1:1")));
        client.ask(management(Map.of("AMQ_SCHEDULER_ACTION", "REMOVEALL")));
        client.ask(
                management(Map.of("AMQ_SCHEDULER_ACTION", "REMOVEALL", "ACTION_START_TIME", 1L, "ACTION_END_TIME", 2)));
        client.ask(management(Map.of("AMQ_SCHEDULER_ACTION", "DANCE")));
        client.ask(management(Map.of()));
        assertThat(client.ask(management(
                        Map.of("AMQ_SCHEDULER_ACTION", "REMOVEALL", "ACTION_START_TIME", "x", "ACTION_END_TIME", 2))))
                .isInstanceOf(ExceptionResponse.class);
        assertThat(broker.calls.stream().filter(call -> call.startsWith("remove")))
                .containsExactly(
                        "removeScheduled ID:p:1:1:1",
                        "removeAllScheduled " + Long.MIN_VALUE + " " + Long.MAX_VALUE,
                        "removeAllScheduled 1 2");
        assertThat(broker.client(ID).sent).isEmpty();
    }
}
