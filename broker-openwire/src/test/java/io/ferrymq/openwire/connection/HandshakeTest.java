package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionControl;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.SessionInfo;
import io.ferrymq.openwire.command.ShutdownInfo;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.ferrymq.spi.ProtocolProvider;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HandshakeTest {
    private final FakeBroker broker = new FakeBroker();
    private ProtocolProvider.ProtocolServer server = OpenWireServer.open(broker, 1);

    private URI listen() {
        return server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));
    }

    private URI listen(Limits limits) {
        server.close();
        broker.limits = limits;
        server = OpenWireServer.open(broker, 1);
        return listen();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldBeFoundByServiceLoader() {
        assertThat(ServiceLoader.load(ProtocolProvider.class))
                .anySatisfy(provider -> assertThat(provider.schemes()).contains("tcp", "ssl"));
    }

    @Test
    void shouldSayExactlyThisAboutItself() throws IOException {
        try (WireClient client = new WireClient(listen(), "ID:c")) {
            WireFormatInfo hello = client.negotiate(12, "6.3.1");
            assertThat(hello.version).isEqualTo(12);
            assertThat(WireOptions.properties(hello))
                    .isEqualTo(Map.ofEntries(
                            Map.entry("TcpNoDelayEnabled", true),
                            Map.entry("SizePrefixDisabled", false),
                            Map.entry("CacheEnabled", false),
                            Map.entry("CacheSize", 1024),
                            Map.entry("TightEncodingEnabled", false),
                            Map.entry("StackTraceEnabled", false),
                            Map.entry("MaxInactivityDuration", 30_000L),
                            Map.entry("MaxInactivityDurationInitalDelay", 10_000L),
                            Map.entry("MaxFrameSize", 10L << 20),
                            Map.entry("MaxFrameSizeEnabled", true),
                            Map.entry("ProviderName", "ActiveMQ"),
                            Map.entry("ProviderVersion", "6.3.1"),
                            Map.entry("PlatformDetails", "Java")));
            BrokerInfo info = client.expect(BrokerInfo.class);
            assertThat(info.brokerName).isEqualTo("fake");
            assertThat(String.valueOf(info.brokerId)).isEqualTo("ID:fake-broker");
            assertThat(info.brokerURL).startsWith("tcp://127.0.0.1:");
            assertThat(info.faultTolerantConfiguration).isFalse();
        }
    }

    @Test
    void shouldConnectWithEveryVersion() throws IOException {
        URI uri = listen();
        for (int version = 1; version <= 12; version++) {
            try (WireClient client = new WireClient(uri, "ID:v" + version)) {
                client.negotiate(version, "5.19.7");
                client.expect(BrokerInfo.class);
                assertThat(client.ask(client.connectionInfo())).isExactlyInstanceOf(Response.class);
            }
        }
        assertThat(broker.clients).hasSize(12);
        assertThat(broker.clients.stream().filter(client -> client.info.resumed()))
                .as("before version 6 clients do not say whether they come back")
                .hasSize(5);
    }

    @Test
    void shouldControlManageableConnectionsAfterTheResponse() throws IOException {
        try (WireClient client = new WireClient(listen(), "ID:c")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            ConnectionControl failover = new ConnectionControl();
            failover.faultTolerant = true;
            client.send(failover);
            ConnectionInfo info = client.connectionInfo();
            info.manageable = true;
            info.failoverReconnect = true;
            client.ask(info);
            client.expect(ConnectionControl.class);
            assertThat(broker.clients.get(0).info.resumed()).isTrue();
            assertThat(broker.clients.get(0).info.clientId()).isEqualTo("client-ID:c");
        }
    }

    @Test
    void shouldAnswerKeepAliveWithKeepAliveInBothStates() throws IOException {
        try (WireClient client = new WireClient(listen(), "ID:c")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            for (int round = 0; round < 2; round++) {
                KeepAliveInfo ping = new KeepAliveInfo();
                ping.commandId = 77;
                ping.responseRequired = true;
                client.send(ping);
                KeepAliveInfo pong = client.expect(KeepAliveInfo.class);
                assertThat(pong.responseRequired).isFalse();
                assertThat(pong.commandId).isEqualTo(77);
                client.ask(client.connectionInfo());
            }
            assertThat(broker.clients).hasSize(1);
        }
    }

    @Test
    void shouldKeepAQuietConnectionAliveAndDropADeadOne() throws IOException {
        Map<String, Object> impatient = WireClient.properties("6.3.1");
        impatient.put("MaxInactivityDuration", 1_000L);
        impatient.put("MaxInactivityDurationInitalDelay", 0L);
        try (WireClient client = new WireClient(listen(), "ID:c")) {
            client.negotiate(12, impatient);
            client.expect(BrokerInfo.class);
            client.ask(client.connectionInfo());
            client.expect(KeepAliveInfo.class);
            assertThat(client.readToEnd()).isPositive();
            await().untilAsserted(() -> assertThat(broker.calls).containsExactly("close ID:c -2"));
        }
    }

    @Test
    void shouldRefuseInTheWordsOfTheClientAndCloseLater() throws IOException {
        URI uri = listen();
        broker.refuseConnections = java.util.Optional.of(
                new Refusal(Refusal.Code.INVALID_CLIENT_ID, "Broker: fake - Client: x already connected from y"));
        for (String version : new String[] {"5.19.7", "6.3.1"}) {
            try (WireClient client = new WireClient(uri, "ID:c")) {
                client.negotiate(12, version);
                ExceptionResponse refused = (ExceptionResponse) client.ask(client.connectionInfo());
                var exception = Objects.requireNonNull(refused.exception);
                assertThat(exception.className())
                        .isEqualTo((version.startsWith("5") ? "javax" : "jakarta") + ".jms.InvalidClientIDException");
                assertThat(exception.message()).contains("already connected");
                assertThat(client.readToEnd()).isZero();
            }
        }
    }

    /** A failover client takes an answer for final. */
    @ParameterizedTest
    @EnumSource(
            value = Refusal.Code.class,
            names = {"RESOURCE_LIMIT", "UNAVAILABLE"})
    void shouldAnswerOnlyThoseWhoDoNotComeAgainWhereTheReasonPasses(Refusal.Code code) throws IOException {
        broker.refuseConnections = java.util.Optional.of(new Refusal(code, "later"));
        try (WireClient client = new WireClient(listen(), "ID:c")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            ConnectionInfo info = client.connectionInfo();
            info.faultTolerant = true;
            client.send(info);
            assertThat(client.readToEnd()).isZero();
        }
        try (WireClient client = new WireClient(listen(), "ID:c")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            assertThat(client.ask(client.connectionInfo())).isInstanceOf(ExceptionResponse.class);
        }
    }

    @Test
    void shouldRefuseAConnectionWithoutClientId() throws IOException {
        try (WireClient client = new WireClient(listen(), "ID:c")) {
            client.negotiate(12, "6.3.1");
            ConnectionInfo info = client.connectionInfo();
            info.clientId = null;
            assertThat(client.ask(info)).isInstanceOf(ExceptionResponse.class);
            assertThat(broker.clients).isEmpty();
        }
    }

    @Test
    void shouldDropWhoDoesNotNegotiateInTimeButWaitForTheFirstSessionOfWhoDid() throws IOException {
        URI uri = listen(Limits.defaults().withHandshake(1_500, 10));
        try (WireClient idle = new WireClient(uri, "ID:b");
                WireClient silent = new WireClient(uri, "ID:a")) {
            idle.negotiate(12, "6.3.1");
            idle.expect(BrokerInfo.class);
            assertThat(silent.readToEnd()).isEqualTo(1);
            assertThat(idle.ask(idle.connectionInfo())).isExactlyInstanceOf(Response.class);
        }
        try (WireClient good = WireClient.connected(uri, "ID:c")) {
            assertThat(good.ask(good.session(1))).isExactlyInstanceOf(Response.class);
        }
    }

    @Test
    void shouldDropTheOldestStrangerWhenThereAreTooMany() throws IOException {
        URI uri = listen(Limits.defaults().withHandshake(10_000, 2));
        try (WireClient oldest = new WireClient(uri, "ID:a")) {
            oldest.expect(WireFormatInfo.class);
            try (WireClient second = new WireClient(uri, "ID:b");
                    WireClient third = WireClient.connected(uri, "ID:c")) {
                assertThat(oldest.readToEnd()).isZero();
                second.negotiate(12, "6.3.1");
                second.expect(BrokerInfo.class);
                assertThat(third.ask(third.session(1))).isExactlyInstanceOf(Response.class);
            }
        }
    }

    @Test
    void shouldSayGoodbyeAndWaitForItsClientsWhenClosed() throws IOException {
        try (WireClient client = WireClient.connected(listen(), "ID:c")) {
            broker.holdClose = true;
            Thread closing = new Thread(server::close);
            closing.start();
            client.expect(ShutdownInfo.class);
            assertThat(client.readToEnd()).isZero();
            FakeBroker.FakeClient known = broker.client("ID:c");
            await().until(() -> !known.closing.isEmpty());
            assertThat(closing.isAlive()).isTrue();
            known.closing.remove().run();
            await().until(() -> !closing.isAlive());
        }
    }

    @Test
    void shouldCloseTheSocketOfAnEvictedClient() throws IOException {
        try (WireClient client = WireClient.connected(listen(), "ID:c")) {
            broker.client("ID:c").listener.evicted("replaced");
            client.expect(ShutdownInfo.class);
            assertThat(client.readToEnd()).isZero();
            await().until(() -> broker.calls.contains("close ID:c -2"));
        }
    }

    @Test
    void shouldRefuseWhatComesTooEarly() throws IOException {
        URI uri = listen();
        try (WireClient client = new WireClient(uri, "ID:c")) {
            client.expect(WireFormatInfo.class);
            client.send(client.connectionInfo());
            assertThat(client.readToEnd()).isZero();
        }
        try (WireClient client = new WireClient(uri, "ID:c")) {
            client.negotiate(12, "6.3.1");
            client.expect(BrokerInfo.class);
            SessionInfo early = client.session(1);
            client.send(early, client.consumer(1, 1, new ActiveMQQueue("q")));
            assertThat(client.readToEnd()).isZero();
        }
        assertThat(broker.clients).isEmpty();
    }
}
