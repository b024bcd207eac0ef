package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerConfig.SocketEngine;
import io.ferrymq.flow.Limits;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.transport.PartialFrames;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that send most of a large frame, and then nothing. */
@Timeout(120)
class HalfFramesTest {
    private static final int MIB = 1 << 20;
    private static final PartialFrames.Patience LITTLE = new PartialFrames.Patience(300, 1 << 20, 100);

    private final FakeBroker broker = new FakeBroker();
    private final List<WireClient> offenders = new ArrayList<>();
    private OpenWireServer server = OpenWireServer.open(broker, 1, AdvisorySettings.DEFAULT);
    private URI uri = URI.create("none:/");

    private void listen(long partialFrameBytes, PartialFrames.Patience patience) {
        server.close();
        broker.limits = Limits.defaults().withPartialFrameBytes(partialFrameBytes);
        server = OpenWireServer.open(
                broker, SocketEngine.AUTO, 1, AdvisorySettings.DEFAULT, new DestinationPolicies(List.of()), patience);
        uri = server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));
    }

    @AfterEach
    void close() throws IOException {
        for (WireClient offender : offenders) {
            offender.close();
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> server.partialFrames().usedBytes() == 0);
        assertThat(server.partialFrames().waitingCount()).isZero();
        server.close();
    }

    private WireClient offender(int claimed, int sent) throws IOException {
        WireClient client = WireClient.connected(uri, "ID:bad-" + offenders.size());
        offenders.add(client);
        client.raw(ByteBuffer.allocate(4 + sent).putInt(claimed).array());
        return client;
    }

    private WireClient producer(String id) throws IOException {
        WireClient client = WireClient.connected(uri, id);
        client.socket.setSoTimeout(60_000);
        client.send(client.session(1));
        client.ask(client.producer(1, 1, "q"));
        return client;
    }

    private static Message message(WireClient client, long sequence, int bytes) {
        Message message = client.message(1, 1, sequence, "q");
        message.content = new byte[bytes];
        return message;
    }

    private static CompletableFuture<Response> asks(WireClient client, Message message) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return client.ask(message);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
    }

    @Test
    void shouldLetLargeFramesWaitForTheirTurnWhileSmallOnesGoOn() throws IOException {
        listen(4 * MIB, PartialFrames.Patience.DEFAULT);
        offender(2 * MIB, 1_000);
        WireClient leaves = offender(2 * MIB, 1_000);
        await().until(() -> server.partialFrames().usedBytes() == 4 * MIB);
        try (WireClient large = producer("ID:large");
                WireClient small = producer("ID:small")) {
            CompletableFuture<Response> answer = asks(large, message(large, 1, 2 * MIB));
            await().until(() -> server.partialFrames().waitingCount() == 1);

            for (int i = 1; i <= 10; i++) {
                assertThat(small.ask(message(small, i, 32 << 10))).isExactlyInstanceOf(Response.class);
            }
            assertThat(answer).isNotDone();
            leaves.close();

            assertThat(answer.join()).isExactlyInstanceOf(Response.class);
            assertThat(large.ask(message(large, 2, 100))).isExactlyInstanceOf(Response.class);
            assertThat(broker.client("ID:large").sent).hasSize(2);
        }
    }

    @Test
    void shouldReadOnWhereItStoppedWhenManyFramesWaitOneBehindTheOther() throws IOException {
        listen(MIB, PartialFrames.Patience.DEFAULT);
        List<WireClient> clients = new ArrayList<>();
        List<CompletableFuture<Response>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            WireClient client = producer("ID:c" + i);
            clients.add(client);
            client.send(message(client, 1, 700_000), message(client, 2, 100), message(client, 3, 600_000));
            answers.add(asks(client, message(client, 4, 800_000)));
        }
        for (CompletableFuture<Response> answer : answers) {
            assertThat(answer.join()).isExactlyInstanceOf(Response.class);
        }
        for (WireClient client : clients) {
            assertThat(broker.client(client.id).sent)
                    .extracting(sent -> sent.id().sequence())
                    .containsExactly(1L, 2L, 3L, 4L);
            client.close();
        }
    }

    @Test
    void shouldCutOffThoseWhoHoldMemoryThatOthersWaitFor() throws IOException {
        listen(32 * MIB, LITTLE);
        AtomicLong peakBytes = new AtomicLong();
        try (LogLines log = new LogLines();
                WireClient good = producer("ID:good")) {
            for (int i = 0; i < 12; i++) {
                WireClient offender = offender(10 * MIB, 1_000);
                CompletableFuture.runAsync(() -> sendMost(offender));
            }
            CompletableFuture<Response> answer = asks(good, message(good, 1, 8 * MIB));
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        peakBytes.accumulateAndGet(server.directMemoryBytes(), Math::max);
                        return answer.isDone();
                    });

            assertThat(answer.join()).isExactlyInstanceOf(Response.class);
            assertThat(peakBytes.get()).isLessThan(3L * 32 * MIB);
            String port = ":" + offenders.get(0).socket.getLocalPort();
            assertThat(log.containing(port)).singleElement().satisfies(line -> assertThat(line.getFormattedMessage())
                    .contains("too slowly while others waited", "length=10485760"));
            assertThat(log.containing("Large frames wait for memory")).isNotEmpty();
        }
    }

    /** Nine tenths; the broker may close before it has them. */
    private static void sendMost(WireClient offender) {
        try {
            offender.raw(new byte[9 * MIB]);
        } catch (IOException e) {
            assertThat(e).isNotNull();
        }
    }
}
