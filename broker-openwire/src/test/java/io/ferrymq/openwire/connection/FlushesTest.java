package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.session.Client;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlushesTest {
    private final EventLoop loop = new DefaultEventLoop();
    private final FakeBroker broker = new FakeBroker();
    private final Flushes flushes = new Flushes(loop, broker);
    private final List<String> flushed = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private Client client(String name, boolean broken) {
        return (Client) Proxy.newProxyInstance(
                Client.class.getClassLoader(), new Class<?>[] {Client.class}, (proxy, method, arguments) -> {
                    flushed.add(name + ' ' + method.getName() + ", writes before: " + broker.writes);
                    if (broken) {
                        throw new IllegalStateException("broken");
                    }
                    return null;
                });
    }

    private void turn(Client... clients) {
        loop.submit(() -> List.of(clients).forEach(flushes::later)).syncUninterruptibly();
        loop.submit(() -> {}).syncUninterruptibly(); // behind what the turn has left
    }

    @Test
    void shouldWriteTheJournalOnceBehindAllClientsOfATurn() {
        turn(client("a", false), client("b", false));
        assertThat(flushed).containsExactly("a flushHere, writes before: 0", "b flushHere, writes before: 0");
        assertThat(broker.writes).hasValue(1);
        turn(client("c", false));
        assertThat(broker.writes).hasValue(2);
    }

    @Test
    void shouldWriteWhatWasBroughtBeforeAFault() {
        turn(client("a", false), client("b", true));
        assertThat(broker.writes).hasValue(1);
    }
}
