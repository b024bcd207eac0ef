package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTextMessage;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionError;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.LocalTransactionId;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessagePull;
import io.ferrymq.openwire.command.ProducerAck;
import io.ferrymq.openwire.command.ProducerId;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.SessionInfo;
import io.ferrymq.openwire.command.ShutdownInfo;
import io.ferrymq.openwire.command.TransactionId;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.openwire.command.XATransactionId;
import io.ferrymq.session.Acknowledgement;
import io.ferrymq.spi.ProtocolProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is told of a message that is too large and may go on, and who is left. */
class OversizedMessagesTest {
    private static final String ID = "ID:host-1-2-3:1";
    private static final int FRAME_BYTES = 100_000;
    private static final int DISPATCH_BYTES = 8 << 10;
    private static final int OVERHEAD_BYTES = 1024;
    /** What is looked at of a frame that is too large, with its length. */
    private static final int HEAD_BYTES = 4 + (16 << 10);

    private static final int LONGER_THAN_A_HEAD = 20_000;
    private static final String TOO_LARGE = "org.apache.activemq.MaxFrameSizeExceededException";

    private final FakeBroker broker = new FakeBroker();
    private final ProtocolProvider.ProtocolServer server;
    private final URI uri;
    private final WireClient client;

    OversizedMessagesTest() throws IOException {
        broker.limits = Limits.defaults().withFrameBytes(16 << 10, FRAME_BYTES);
        server = OpenWireServer.open(broker, 1, AdvisorySettings.DEFAULT);
        uri = server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));
        client = new WireClient(uri, ID);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    /** With a session and a producer. */
    private void connect(Map<String, Object> properties, int windowBytes) throws IOException {
        client.negotiate(12, properties);
        client.expect(BrokerInfo.class);
        client.ask(client.connectionInfo());
        client.ask(client.session(1));
        ProducerInfo producer = client.producer(1, 1, "q");
        producer.windowSize = windowBytes;
        client.ask(producer);
    }

    private void connect(int windowBytes) throws IOException {
        connect(WireClient.properties("6.3.1"), windowBytes);
    }

    private Message message(int contentBytes) {
        Message message = client.message(1, 1, 1, "q");
        message.content = new byte[contentBytes];
        return message;
    }

    /** So much that the broker knows what to do, and no more: it may close before the rest is written. */
    private void sendHead(Message message) throws IOException {
        WireFormat format = new WireFormat(Integer.MAX_VALUE);
        format.apply(WireOptions.ofVersion(WireOptions.LATEST_VERSION));
        ByteBuf frame = Unpooled.buffer();
        format.encode(message, frame);
        client.raw(frame.array(), HEAD_BYTES);
    }

    private WireThrowable told() throws IOException {
        return Objects.requireNonNull(client.expect(ConnectionError.class).exception);
    }

    private static WireThrowable refusal(Response answer) {
        return Objects.requireNonNull(((ExceptionResponse) answer).exception);
    }

    private void assertGoesOn() throws IOException {
        int before = broker.client(ID).sent.size();
        assertThat(client.ask(client.message(1, 1, 2, "q"))).isExactlyInstanceOf(Response.class);
        assertThat(broker.client(ID).sent).hasSize(before + 1);
    }

    private void assertClosed() throws IOException {
        assertThat(client.readToEnd()).isZero();
        assertThat(broker.client(ID).sent).isEmpty();
    }

    /** Others are served as before. */
    private void assertNoHarmDone() throws IOException {
        try (WireClient other = WireClient.connected(uri, "ID:other")) {
            assertThat(other.ask(other.session(1))).isExactlyInstanceOf(Response.class);
            other.ask(other.producer(1, 1, "q"));
            other.ask(other.message(1, 1, 1, "q"));
            assertThat(broker.client("ID:other").sent).hasSize(1);
        }
    }

    @Test
    void shouldPassOverAMessageThatIsTooLargeAndTellItsSender() throws IOException {
        connect(0);
        WireThrowable error = refusal(client.ask(message(FRAME_BYTES)));
        assertThat(error.className()).isEqualTo(TOO_LARGE);
        assertThat(error.message()).startsWith("Frame size of 97 KB is larger than max allowed 97 KB");
        assertGoesOn();
    }

    @Test
    void shouldNotLetATransactionBeCommittedOfWhichAMessageWasTooLarge() throws IOException {
        connect(0);
        Message message = message(FRAME_BYTES);
        message.transactionId = new LocalTransactionId(new ConnectionId(ID), 7);
        client.send(message);
        assertThat(told().message()).startsWith("Frame size of 97 KB");
        assertGoesOn();
        assertThat(broker.calls).anyMatch(call -> call.startsWith("markRollbackOnly") && call.contains("7"));
    }

    @Test
    void shouldLeaveAClientThatWouldWaitForTheWindowOfAMessageThatIsTooLarge() throws IOException {
        connect(1 << 20);
        client.send(message(FRAME_BYTES));
        told();
        assertClosed();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellAndLeaveAClientThatDoesNotLimitItsFrames(boolean waits) throws IOException {
        Map<String, Object> properties = WireClient.properties("6.3.1");
        properties.put("MaxFrameSizeEnabled", false);
        connect(properties, 0);
        Message message = message(FRAME_BYTES);
        message.responseRequired = waits;
        client.send(message, client.message(1, 1, 2, "q"));

        WireThrowable told = told();
        assertThat(told.className()).isEqualTo("java.io.IOException");
        assertThat(told.message()).startsWith("Frame size of ").contains("limit=" + FRAME_BYTES);
        assertClosed();
        assertNoHarmDone();
    }

    @Test
    void shouldServeAClientThatDoesNotLimitItsFramesAsLongAsTheyFit() throws IOException {
        Map<String, Object> properties = WireClient.properties("6.3.1");
        properties.put("MaxFrameSizeEnabled", false);
        connect(properties, 0);
        client.ask(message(FRAME_BYTES - DISPATCH_BYTES - OVERHEAD_BYTES - 100));
        assertThat(broker.client(ID).sent).hasSize(1);
        assertGoesOn();
    }

    @Test
    void shouldGoOnWithAClientThatSaysThatItLimitsItsFrames() throws IOException {
        Map<String, Object> properties = WireClient.properties("6.3.1");
        properties.put("MaxFrameSizeEnabled", true);
        connect(properties, 0);
        assertThat(refusal(client.ask(message(FRAME_BYTES))).className()).isEqualTo(TOO_LARGE);
        assertGoesOn();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveWhoeverSendsThroughAnUnknownProducer(boolean waits) throws IOException {
        connect(0);
        Message message = message(FRAME_BYTES);
        message.producerId = new ProducerId(ID, 1, 9);
        message.responseRequired = waits;
        client.send(message, client.message(1, 1, 2, "q"));

        assertThat(told().message()).startsWith("Frame size of ");
        assertClosed();
        assertNoHarmDone();
    }

    @Test
    void shouldLeaveWhoeverSendsWithoutAProducer() throws IOException {
        connect(0);
        Message message = message(FRAME_BYTES);
        message.producerId = null;
        sendHead(message);
        assertClosed();
        assertNoHarmDone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveAClientWhoseHeadDoesNotEnd(boolean waits) throws IOException {
        connect(0);
        Message message = message(FRAME_BYTES);
        message.destination = new ActiveMQQueue("q".repeat(LONGER_THAN_A_HEAD));
        message.responseRequired = waits;
        sendHead(message);
        assertClosed();
        assertNoHarmDone();
    }

    @Test
    void shouldLeaveAClientWhoseHeadMakesNoSense() throws IOException {
        connect(0);
        byte typeCode = message(0).typeCode();
        ByteBuf frame = Unpooled.buffer().writeInt(2 * FRAME_BYTES).writeByte(typeCode);
        while (frame.readableBytes() < HEAD_BYTES) {
            frame.writeByte(0x7f);
        }
        client.raw(frame.array(), HEAD_BYTES);
        assertClosed();
        assertNoHarmDone();
    }

    @Test
    void shouldTellAndLeaveAClientWhoseLargeFrameIsNoMessage() throws IOException {
        connect(0);
        ByteBuf frame = Unpooled.buffer().writeInt(2 * FRAME_BYTES).writeByte(SessionInfo.TYPE);
        frame.writeZero(2 * FRAME_BYTES - 1);
        client.raw(frame.array(), frame.readableBytes());
        assertThat(told().message()).startsWith("Frame size of ");
        assertClosed();
        assertNoHarmDone();
    }

    @Test
    void shouldGiveBackTheWindowOfAMessageThatCouldNotGetOut() throws IOException {
        connect(1 << 20);
        Message message = message(FRAME_BYTES - DISPATCH_BYTES);
        message.marshalledProperties = new byte[] {0, 0, 0, 0};
        client.send(message);

        WireThrowable told = told();
        assertThat(told.className()).isEqualTo("jakarta.jms.ResourceAllocationException");
        assertThat(told.message()).startsWith("message too large: ");
        ProducerAck ack = client.expect(ProducerAck.class);
        assertThat(ack.producerId).isEqualTo(new ProducerId(ID, 1, 1));
        assertThat(ack.size).isEqualTo(OVERHEAD_BYTES + FRAME_BYTES - DISPATCH_BYTES + 4);
        assertThat(broker.client(ID).sent).isEmpty();
        assertGoesOn();
    }

    @Test
    void shouldGoOnWithAProducerThatHasAWindowAndWaits() throws IOException {
        connect(1 << 20);
        assertThat(refusal(client.ask(message(FRAME_BYTES))).className()).isEqualTo(TOO_LARGE);
        assertGoesOn();
        client.send(client.message(1, 1, 3, "q"));
        assertThat(client.expect(ProducerAck.class).size).isEqualTo(OVERHEAD_BYTES + 5);
    }

    @Test
    void shouldTellOfEachOfSeveral() throws IOException {
        connect(0);
        client.send(message(FRAME_BYTES), message(2 * FRAME_BYTES), client.message(1, 1, 1, "q"), message(FRAME_BYTES));
        for (int i = 0; i < 3; i++) {
            assertThat(told().className()).isEqualTo(TOO_LARGE);
        }
        assertThat(broker.client(ID).sent).hasSize(1);
        assertGoesOn();
    }

    private void sendInTransaction(int contentBytes, TransactionId transaction, boolean waits) throws IOException {
        Message message = message(contentBytes);
        message.transactionId = transaction;
        if (waits) {
            refusal(client.ask(message));
        } else {
            client.send(message);
            told();
        }
        assertGoesOn();
    }

    private List<String> marks() {
        return broker.calls.stream()
                .filter(call -> call.startsWith("markRollbackOnly"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {FRAME_BYTES, FRAME_BYTES - DISPATCH_BYTES})
    void shouldMarkTheTransactionOfWhoDoesNotWait(int contentBytes) throws IOException {
        connect(0);
        sendInTransaction(contentBytes, new LocalTransactionId(new ConnectionId(ID), 7), false);
        XATransactionId global = new XATransactionId();
        global.formatId = 5;
        global.globalTransactionId = new byte[] {1};
        global.branchQualifier = new byte[] {2};
        sendInTransaction(contentBytes, global, false);
        assertThat(marks()).hasSize(2);
        assertThat(marks().get(0)).contains(ID, "7");
    }

    /** Who waits knows, and may commit the rest all the same. */
    @ParameterizedTest
    @ValueSource(ints = {FRAME_BYTES, FRAME_BYTES - DISPATCH_BYTES})
    void shouldNotMarkTheTransactionOfWhoWaits(int contentBytes) throws IOException {
        connect(0);
        sendInTransaction(contentBytes, new LocalTransactionId(new ConnectionId(ID), 7), true);
        assertThat(marks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9, 12})
    void shouldReadTheHeadOfEveryVersion(int version) throws IOException {
        client.negotiate(version, WireClient.properties("6.3.1"));
        client.expect(BrokerInfo.class);
        client.ask(client.connectionInfo());
        client.ask(client.session(1));
        client.ask(client.producer(1, 1, "q"));
        assertThat(refusal(client.ask(message(FRAME_BYTES))).className()).isEqualTo(TOO_LARGE);
        assertGoesOn();
    }

    @Test
    void shouldLeaveAClientThatIsNotIntroduced() throws IOException {
        client.negotiate(12, WireClient.properties("6.3.1"));
        client.expect(BrokerInfo.class);
        sendHead(message(FRAME_BYTES));
        assertThat(client.readToEnd()).isZero();
        assertThat(broker.clients).isEmpty();
        assertNoHarmDone();
    }

    private ConsumerId consumeSmallFrames(int prefetch) throws IOException {
        Map<String, Object> properties = WireClient.properties("6.3.1");
        properties.put("MaxFrameSize", 50_000L);
        connect(properties, 0);
        ConsumerInfo info = client.consumer(1, 1, new ActiveMQQueue("q"));
        info.prefetchSize = prefetch;
        client.ask(info);
        return broker.client(ID).consumers.get(0).id();
    }

    private static io.ferrymq.message.Message.Builder outgoing(int sequence, int bodyBytes) {
        MessageId id = new MessageId(new io.ferrymq.message.ProducerId("ID:p", 1, 1), sequence);
        return io.ferrymq.message.Message.builder(id, DestinationName.queue("q"))
                .body(ActiveMQTextMessage.TYPE, false, new byte[bodyBytes]);
    }

    private long delivered() throws IOException {
        return client.expect(MessageDispatch.class).message.messageId.producerSequenceId;
    }

    /** The other direction: what this client cannot take must not be taken along by an acknowledgement of others. */
    @Test
    void shouldGiveUpAMessageThatIsTooLargeForItsConsumer() throws IOException {
        ConsumerId consumer = consumeSmallFrames(1_000);
        for (int sequence = 1; sequence <= 3; sequence++) {
            io.ferrymq.message.Message message =
                    outgoing(sequence, sequence == 2 ? 60_000 : 10).build();
            broker.client(ID).listener.deliver(new Delivery(consumer, message, sequence, 0));
        }

        assertThat(delivered()).isEqualTo(1);
        assertThat(delivered()).isEqualTo(3);
        List<Acknowledgement> given = broker.client(ID).acknowledgements;
        assertThat(given).hasSize(1);
        assertThat(given.get(0).type()).isEqualTo(AckType.POISON);
        assertThat(given.get(0).consumer()).isEqualTo(consumer);
        assertThat(given.get(0).last().sequence()).isEqualTo(2);
        assertThat(given.get(0).cause()).contains("too large for the peer", "limit=50000");
    }

    /** It would be a dead letter again, and again be delivered, as fast as the broker can. */
    @Test
    void shouldLeaveAConsumerOfDeadLettersThatAreTooLargeForIt() throws IOException {
        ConsumerId consumer = consumeSmallFrames(1_000);
        io.ferrymq.message.Message letter = outgoing(1, 60_000)
                .annotations(Map.of(io.ferrymq.message.Message.FAILURE_CAUSE, "too large"))
                .build();
        broker.client(ID).listener.deliver(new Delivery(consumer, letter, 1, 0));

        client.expect(ShutdownInfo.class);
        assertClosed();
        assertThat(broker.client(ID).acknowledgements).isEmpty();
    }

    /** Who pulls waits for an answer. */
    @Test
    void shouldAnswerAPullOfAMessageThatIsTooLarge() throws IOException {
        ConsumerId consumer = consumeSmallFrames(0);
        MessagePull pull = new MessagePull();
        pull.consumerId = new io.ferrymq.openwire.command.ConsumerId(ID, 1, 1);
        client.ask(pull);
        broker.client(ID)
                .listener
                .deliver(new Delivery(consumer, outgoing(1, 60_000).build(), 1, 0));

        assertThat(client.expect(MessageDispatch.class).message).isNull();
        assertThat(broker.client(ID).acknowledgements).hasSize(1);
    }
}
