package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.SocketEngine;
import io.ferrymq.message.DestinationName;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ConsumerControl;
import io.ferrymq.openwire.command.ConsumerId;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.Prefetch;
import io.ferrymq.spi.ProtocolProvider;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The prefetch of a policy, and a client that comes back: it has kept what it asked for at first, and sends that, or 0 and later that
 * by a ConsumerControl. A ConsumerControl with anything else is a wish of the client, as with ActiveMQ Classic 6.3.1.
 */
class PrefetchAfterFailoverTest {
    private static final String ID = "ID:host-1-2-3:1";
    private static final String CONSUMER = ID + ":1:1";
    private static final int CLIENTS_DEFAULT = 1_000;

    private final FakeBroker broker = new FakeBroker();
    private final ProtocolProvider.ProtocolServer server = OpenWireServer.open(
            broker,
            SocketEngine.AUTO,
            1,
            AdvisorySettings.DEFAULT,
            new DestinationPolicies(List.of(queues("five.>", 5), queues("none.>", 0))));
    private final URI uri = server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));

    private static DestinationPolicy queues(String pattern, int prefetch) {
        return DestinationPolicy.of(DestinationName.queue(pattern))
                .prefetch(Prefetch.NONE.withQueuePrefetch(prefetch))
                .build();
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** The connection of a client that was connected before, with its session. */
    private WireClient comeBack() throws IOException {
        WireClient client = new WireClient(uri, ID);
        client.negotiate(12, "6.3.1");
        client.expect(BrokerInfo.class);
        ConnectionInfo info = client.connectionInfo();
        info.failoverReconnect = true;
        ok(client, info);
        ok(client, client.session(1));
        return client;
    }

    private static void ok(WireClient client, BaseCommand command) throws IOException {
        assertThat(client.ask(command)).isExactlyInstanceOf(Response.class);
    }

    private static ConsumerInfo consumer(WireClient client, String queue, int prefetch) {
        ConsumerInfo info = client.consumer(1, 1, new ActiveMQQueue(queue));
        info.prefetchSize = prefetch;
        return info;
    }

    private static ConsumerControl control(String queue, int prefetch) {
        ConsumerControl control = new ConsumerControl();
        control.consumerId = new ConsumerId(ID, 1, 1);
        control.destination = new ActiveMQQueue(queue);
        control.prefetch = prefetch;
        return control;
    }

    private int subscribedWith() {
        return broker.client(ID).consumers.get(0).prefetch();
    }

    @Test
    void shouldGiveThePolicysPrefetchToAClientThatComesBack() throws IOException {
        try (WireClient client = comeBack()) {
            ok(client, consumer(client, "five.q", CLIENTS_DEFAULT));

            assertThat(subscribedWith()).isEqualTo(5);
        }
    }

    @Test
    void shouldGiveThePolicysPrefetchWhenTheClientRaisesItsOwnAgain() throws IOException {
        try (WireClient client = comeBack()) {
            ok(client, consumer(client, "five.q", 0));
            assertThat(subscribedWith()).isZero();

            ok(client, control("five.q", CLIENTS_DEFAULT));

            assertThat(broker.calls).contains("changePrefetch " + CONSUMER + " 5");
        }
    }

    @Test
    void shouldGiveTheClientWhatItHasChosen() throws IOException {
        try (WireClient client = comeBack()) {
            ok(client, consumer(client, "five.q", 0));
            ok(client, control("five.q", 7));
            ok(client, control("five.q", 999));

            assertThat(broker.calls)
                    .containsSubsequence("changePrefetch " + CONSUMER + " 7", "changePrefetch " + CONSUMER + " 999");
        }
    }

    @Test
    void shouldGiveTheClientItsOwnPrefetchWithoutAPolicy() throws IOException {
        try (WireClient client = comeBack()) {
            ok(client, consumer(client, "other", 0));

            ok(client, control("other", CLIENTS_DEFAULT));

            assertThat(broker.calls).contains("changePrefetch " + CONSUMER + " " + CLIENTS_DEFAULT);
        }
    }

    /** It may come from a broker with another policy, and would wait for ever. */
    @Test
    void shouldTellTheClientToPullWhenItRaisesAPrefetchThatIsZeroByPolicy() throws IOException {
        try (WireClient client = comeBack()) {
            ok(client, consumer(client, "none.q", 0));

            client.send(control("none.q", CLIENTS_DEFAULT));

            ConsumerControl told = client.expect(ConsumerControl.class);
            assertThat(told.consumerId).isEqualTo(new ConsumerId(ID, 1, 1));
            assertThat(told.prefetch).isZero();
            assertThat(told.close).isFalse();
            ok(client, client.session(2));
            assertThat(broker.calls).contains("changePrefetch " + CONSUMER + " 0");
        }
    }

    @Test
    void shouldNotTellAClientToPullThatAsksForIt() throws IOException {
        try (WireClient client = comeBack()) {
            ok(client, consumer(client, "none.q", 0));

            ConsumerControl control = control("none.q", 0);
            control.responseRequired = true;
            client.send(control);

            client.expect(Response.class);
        }
    }

    @Test
    void shouldForgetThePolicyOfAConsumerThatIsGone() throws IOException {
        try (WireClient client = comeBack()) {
            ok(client, consumer(client, "five.q", CLIENTS_DEFAULT));
            RemoveInfo remove = new RemoveInfo();
            remove.objectId = new ConsumerId(ID, 1, 1);
            ok(client, remove);
            ok(client, consumer(client, "other", 0));

            ok(client, control("other", CLIENTS_DEFAULT));

            assertThat(broker.calls).contains("changePrefetch " + CONSUMER + " " + CLIENTS_DEFAULT);
        }
    }
}
