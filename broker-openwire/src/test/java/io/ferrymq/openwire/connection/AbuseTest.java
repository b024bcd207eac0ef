package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ferrymq.BrokerConfig;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionError;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessagePull;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.spi.ProtocolProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What strangers do to brokers. Each costs the offender its connection; a good client on the same thread notices nothing. */
class AbuseTest {
    private final FakeBroker broker = new FakeBroker();
    private final ProtocolProvider.ProtocolServer server = OpenWireServer.open(broker, 1, AdvisorySettings.DEFAULT);
    private final URI uri = server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));

    @AfterEach
    void goodClientsStillWorkAndThenClose() throws IOException {
        try (WireClient good = WireClient.connected(uri, "ID:good")) {
            assertThat(good.ask(good.session(1))).isExactlyInstanceOf(Response.class);
        } finally {
            server.close();
        }
    }

    private WireClient stranger() throws IOException {
        WireClient client = new WireClient(uri, "ID:bad");
        client.expect(WireFormatInfo.class);
        return client;
    }

    private static byte[] sizes(int size, int following) {
        return ByteBuffer.allocate(4 + following).putInt(size).array();
    }

    @Test
    void shouldCloseOnGarbage() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(200)];
            random.nextBytes(garbage);
            garbage[0] = 0x40;
            try (WireClient client = stranger()) {
                client.raw(garbage);
                client.socket.shutdownOutput();
                assertThat(client.readToEnd()).isZero();
            }
        }
    }

    @Test
    void shouldWriteExactlyOneHarmlessLinePerOffender() throws IOException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        lines.start();
        root.addAppender(lines);
        try (WireClient client = new WireClient(uri, "ID:bad")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            client.send(client.session(1), client.session(2), client.session(3));
            assertThat(client.readToEnd()).isZero();
            String peer = ":" + client.socket.getLocalPort();
            await().until(() -> lines.list.stream()
                    .anyMatch(line -> line.getFormattedMessage().contains(peer)));
            assertThat(lines.list.stream()
                            .filter(line -> line.getFormattedMessage().contains(peer)))
                    .hasSize(1)
                    .allSatisfy(line -> {
                        assertThat(line.getLevel()).isEqualTo(Level.WARN);
                        assertThat(line.getFormattedMessage()).contains("type=4", "state=NEGOTIATED");
                        assertThat(line.getThrowableProxy()).isNull();
                    });
        } finally {
            root.detachAppender(lines);
        }
    }

    @Test
    void shouldCloseOnAnHttpRequest() throws IOException {
        try (WireClient client = stranger()) {
            client.raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(client.readToEnd()).isZero();
        }
    }

    @Test
    void shouldCloseOnLengthsThatLie() throws IOException {
        for (int size : new int[] {-1, 0, Integer.MIN_VALUE, Integer.MAX_VALUE, (4 << 10) + 1}) {
            try (WireClient client = stranger()) {
                client.raw(sizes(size, 0));
                assertThat(client.readToEnd()).as("size %d", size).isZero();
            }
        }
    }

    @Test
    void shouldRaiseTheFrameLimitStepByStep() throws IOException {
        try (WireClient client = new WireClient(uri, "ID:bad")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            client.raw(sizes((64 << 10) + 1, 0));
            assertThat(client.readToEnd()).isZero();
        }
        try (WireClient client = WireClient.connected(uri, "ID:bad")) {
            client.raw(sizes((10 << 20) + 1, 16 << 10));
            assertThat(client.expect(ConnectionError.class)).isNotNull();
            assertThat(client.readToEnd()).isZero();
        }
    }

    @Test
    void shouldTellAClientThatItsFrameIsTooLarge() throws IOException {
        try (LogLines log = new LogLines();
                WireClient client = WireClient.connected(uri, "ID:bad")) {
            client.raw(sizes(12 << 20, 1 << 20));
            WireThrowable error = Objects.requireNonNull(client.expect(ConnectionError.class).exception);
            assertThat(error.className()).isEqualTo("java.io.IOException");
            assertThat(error.message()).startsWith("Frame size of 12 MB is larger than max allowed 10 MB");
            client.raw(new byte[1 << 20]);
            assertThat(client.readToEnd()).isZero();
            assertThat(log.containing(":" + client.socket.getLocalPort()))
                    .singleElement()
                    .satisfies(line -> assertThat(line.getFormattedMessage())
                            .contains("Frame size of 12 MB", "length=12582912", "limit=10485760"));
        }
    }

    @Test
    void shouldForgetHalfAFrame() throws IOException {
        try (WireClient client = stranger()) {
            client.raw(sizes(100, 50));
        }
        try (WireClient client = WireClient.connected(uri, "ID:bad")) {
            client.raw(sizes(1 << 20, 1000));
        }
        await().until(() -> broker.calls.contains("close ID:bad -2"));
    }

    @Test
    void shouldCloseOnBadMagicAndBadProperties() throws IOException {
        byte[] magic = {0, 0, 0, 14, 1, 'A', 'c', 't', 'i', 'v', 'e', 'M', 'X', 0, 0, 0, 12, 0};
        byte[] map = {
            0, 0, 0, 22, 1, 'A', 'c', 't', 'i', 'v', 'e', 'M', 'Q', 0, 0, 0, 12, 1, 0, 0, 0, 4, 127, -1, -1, -1
        };
        for (byte[] hello : new byte[][] {magic, map}) {
            try (WireClient client = stranger()) {
                client.raw(hello);
                assertThat(client.readToEnd()).isZero();
            }
        }
    }

    @Test
    void shouldTolerateOneBrokerInfoAndNoBridge() throws IOException {
        try (WireClient client = new WireClient(uri, "ID:bad")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            client.send(new BrokerInfo());
            client.ask(client.connectionInfo());
            client.send(new BrokerInfo());
            assertThat(client.readToEnd()).isZero();
        }
        try (WireClient client = new WireClient(uri, "ID:bridge")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            BrokerInfo bridge = new BrokerInfo();
            bridge.networkConnection = true;
            client.send(bridge);
            assertThat(client.readToEnd()).isZero();
        }
    }

    @Test
    void shouldCloseOnCommandsNoClientSends() throws IOException {
        try (WireClient client = WireClient.connected(uri, "ID:bad")) {
            client.send(new MessageDispatch());
            assertThat(client.readToEnd()).isZero();
        }
        try (WireClient client = WireClient.connected(uri, "ID:bad2")) {
            client.send(new WireFormatInfo());
            assertThat(client.readToEnd()).isZero();
        }
    }

    /** The answers would pile up; instead the socket is not read any more, until the peer reads. */
    @Test
    void shouldNotReadAPeerThatAsksAndNeverReads() throws Exception {
        try (WireClient client = WireClient.connected(uri, "ID:bad")) {
            AtomicLong sent = new AtomicLong();
            Thread flood = new Thread(() -> pingUntilClosed(client, sent));
            flood.start();
            AtomicLong before = new AtomicLong();
            await().pollInterval(Duration.ofMillis(300))
                    .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
            for (long i = 0; i < before.get(); i++) {
                client.expect(KeepAliveInfo.class);
            }
            await().until(() -> sent.get() > before.get());
            client.socket.close();
            flood.join();
        }
    }

    private static void pingUntilClosed(WireClient client, AtomicLong sent) {
        byte[] pings = new byte[1000 * 10];
        for (int i = 0; i < pings.length; i += 10) {
            pings[i + 3] = 6;
            pings[i + 4] = KeepAliveInfo.TYPE;
            pings[i + 9] = 1;
        }
        try {
            while (true) {
                client.raw(pings);
                sent.addAndGet(1000);
            }
        } catch (IOException e) {
            // Ends with the socket.
        }
    }

    /** Pulls come without credit: who pulls and does not read is not read either. */
    @Test
    void shouldNotReadAPeerThatPullsAndNeverReads() throws IOException {
        try (WireClient client = WireClient.connected(uri, "ID:puller")) {
            client.ask(client.session(1));
            var info = client.consumer(1, 1, new ActiveMQQueue("q"));
            info.prefetchSize = 0;
            client.ask(info);
            // Far more than the kernel's socket buffers take; on the event loop, so that it reads nothing meanwhile.
            broker.onPull = () -> deliver("ID:puller", 1200);
            MessagePull pull = new MessagePull();
            pull.consumerId = info.consumerId;
            pull.destination = info.destination;
            client.send(pull);
            await().until(() -> broker.calls.stream().anyMatch(call -> call.startsWith("pull")));
            client.send(client.producer(1, 1, "later"));
            for (int i = 0; i < 10; i++) {
                client.expect(MessageDispatch.class);
            }
            assertThat(broker.calls).noneMatch(call -> call.startsWith("addProducer"));
            for (int i = 10; i < 1200; i++) {
                client.expect(MessageDispatch.class);
            }
            await().until(() -> broker.calls.stream().anyMatch(call -> call.startsWith("addProducer")));
        }
    }

    private void deliver(String connection, int count) {
        deliver(connection, DestinationName.queue("q"), count);
    }

    private void deliver(String connection, DestinationName destination, int count) {
        var known = broker.client(connection);
        var consumer = known.consumers.get(0).id();
        ProducerId producer = new ProducerId("ID:p", 1, 1);
        byte[] body = new byte[100_000];
        for (int i = 1; i <= count; i++) {
            Message message = Message.builder(new MessageId(producer, i), destination)
                    .body((byte) 24, false, body)
                    .build();
            known.listener.deliver(new Delivery(consumer, message, i, 0));
        }
    }

    @Test
    void shouldHoldDeliveriesForAPeerThatStopsReading() throws IOException {
        try (WireClient client = WireClient.connected(uri, "ID:slow")) {
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQQueue("q")));
            deliver("ID:slow", 300);
            try (WireClient other = WireClient.connected(uri, "ID:other")) {
                assertThat(other.ask(other.session(1))).isExactlyInstanceOf(Response.class);
            }
            for (int i = 1; i <= 300; i++) {
                var dispatch = client.expect(MessageDispatch.class);
                var message = java.util.Objects.requireNonNull(dispatch.message);
                assertThat(java.util.Objects.requireNonNull(message.messageId).brokerSequenceId)
                        .isEqualTo(i);
            }
        }
    }

    /** Credit is a count: a huge prefetch and a socket nobody reads would otherwise fill the heap. */
    @Test
    void shouldCountTopicMessagesThatAPeerDoesNotRead() throws IOException {
        try (WireClient client = WireClient.connected(uri, "ID:deaf")) {
            client.ask(client.session(1));
            client.ask(client.consumer(1, 1, new ActiveMQTopic("t")));
            deliver("ID:deaf", DestinationName.topic("t"), 300);
            assertThat(broker.memory.usedBytes()).isGreaterThan(10_000_000);
            for (int i = 1; i <= 300; i++) {
                client.expect(MessageDispatch.class);
            }
            await().until(() -> broker.memory.usedBytes() == 0);
            deliver("ID:deaf", DestinationName.topic("t"), 300);
            assertThat(broker.memory.usedBytes()).isGreaterThan(10_000_000);
            client.socket.close();
            await().until(() -> broker.memory.usedBytes() == 0);
        }
    }

    @Test
    void shouldStopReadingAProducerWhoseSendsAreNotDone() throws Exception {
        broker.holdSends = true;
        try (WireClient client = WireClient.connected(uri, "ID:fast")) {
            client.ask(client.session(1));
            client.ask(client.producer(1, 1, "q"));
            byte[] body = new byte[100_000];
            int total = 300;
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 1; i <= total; i++) {
                        var message = client.message(1, 1, i, "q");
                        message.content = body;
                        client.send(message);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            sender.start();
            var known = broker.client("ID:fast");
            int most = broker.limits.connectionInFlightBytes() / body.length + 20;
            await().until(() -> known.sent.size() > most - 25);
            while (known.sent.size() < total) {
                assertThat(broker.held.size()).isLessThan(most);
                Receipt receipt = broker.held.poll();
                if (receipt != null) {
                    receipt.done();
                }
            }
            sender.join();
        }
    }
}
