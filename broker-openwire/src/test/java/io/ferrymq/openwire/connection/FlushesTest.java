package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.session.Client;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlushesTest {
    private final EventLoop loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).next();
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
        loop.submit(() -> List.of(clients).forEach(flushes::later));
        settle();
    }

    /** Behind the flush that a turn has left, and behind what that has left for the next turn. */
    private void settle() {
        loop.submit(() -> {}).syncUninterruptibly();
        loop.submit(() -> {}).syncUninterruptibly();
        loop.submit(() -> loop.schedule(() -> {}, 0, TimeUnit.NANOSECONDS))
                .syncUninterruptibly()
                .getNow()
                .syncUninterruptibly();
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
    void shouldLookAgainBeforeWritingOnceSeveralHaveAsked() {
        Client late = client("late", false);
        loop.submit(() -> {
            flushes.later(client("a", false));
            flushes.later(client("b", false));
            loop.execute(() -> flushes.later(late));
        });
        settle();
        assertThat(flushed).last().isEqualTo("late flushHere, writes before: 0");
        assertThat(broker.writes).hasValue(1);
    }

    @Test
    void shouldWriteWhatWasBroughtBeforeAFault() {
        turn(client("a", false), client("b", true));
        assertThat(broker.writes).hasValue(1);
    }
}
