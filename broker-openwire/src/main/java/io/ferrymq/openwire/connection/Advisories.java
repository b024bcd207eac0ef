package io.ferrymq.openwire.connection;

import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.session.Sessions;
import io.ferrymq.time.Clock;
import io.ferrymq.transport.Tasks;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.Supplier;

/**
 * All that one broker tells its clients about itself (OpenWire 13). The state is owned by one event loop of the server, the
 * advisory loop; {@link #handOver} brings others' words to it, in order. The methods with {@code on} run there.
 *
 * <pre>
 *   connections -- ConnectionAdvisories --&gt; ClientAdvisories, DestinationAdvisories --&gt; AdvisoryPublisher --&gt; topics
 *   shards ------- EventAdvisories -----------------------------^ ----------------------^
 * </pre>
 */
final class Advisories {
    private final EventExecutor loop;
    private final Sessions sessions;
    private final AdvisorySettings settings;
    private final Watchers watchers = new Watchers();
    private final AdvisoryPublisher publisher;
    private final ClientAdvisories clients;
    private final DestinationAdvisories destinations;
    private final EventAdvisories events;

    /**
     * @param connectionId unique for every start of a broker: failover clients would take a number that they have seen
     *     before the restart for a duplicate
     * @param url where the broker listens
     */
    Advisories(
            EventExecutor loop,
            Sessions sessions,
            Clock clock,
            AdvisorySettings settings,
            String connectionId,
            Supplier<String> url) {
        this.loop = loop;
        this.sessions = sessions;
        this.settings = settings;
        this.publisher = new AdvisoryPublisher(sessions, watchers, clock, connectionId, url);
        this.clients = new ClientAdvisories(publisher);
        this.destinations = new DestinationAdvisories(publisher);
        this.events = new EventAdvisories(this, settings);
    }

    /** Before the first connection. */
    void open() {
        if (settings.advised()) {
            sessions.events().listen(events);
            sessions.destinations(names -> names.stream()
                    .filter(name -> AdvisoryTopics.isTold(name) && !name.isTemporary())
                    .forEach(name -> handOver(() -> destinations.onAdded(name), () -> {})));
        }
    }

    /** When all connections have ended; {@code whenClosed} may run on any thread. */
    void close(Runnable whenClosed) {
        sessions.events().ignore(events);
        handOver(() -> publisher.close(whenClosed), whenClosed);
    }

    /** Any thread. {@code otherwise} runs when the loop has ended. */
    void handOver(Runnable task, Runnable otherwise) {
        if (!Tasks.execute(loop, task)) {
            otherwise.run();
        }
    }

    AdvisorySettings settings() {
        return settings;
    }

    AdvisoryPublisher publisher() {
        return publisher;
    }

    /** {@link Watchers#any} may be asked by any thread. */
    Watchers watchers() {
        return watchers;
    }

    ClientAdvisories clients() {
        return clients;
    }

    DestinationAdvisories destinations() {
        return destinations;
    }

    void onConnected(AdvisedClient client, ConnectionInfo info) {
        clients.onConnected(client, info);
    }

    /** A consumer that watches is told of all that exists before {@code next}, and what comes then by the topics. */
    void onAdded(AdvisedClient client, Advised part, Runnable next) {
        clients.onAdded(client, part);
        if (!client.isEnded() && !part.isGone()) {
            part.watcher().ifPresent(this::onWatcher);
        }
        next.run();
    }

    private void onWatcher(Watcher watcher) {
        watchers.add(watcher);
        clients.replayConnections(watcher);
        destinations.replay(watcher);
        clients.replayParts(watcher);
    }

    void onRemoved(AdvisedClient client, Advised part, Runnable next) {
        part.watcher().ifPresent(watchers::remove);
        clients.onRemoved(client, part);
        next.run();
    }

    /** All that the connection had goes before itself; {@code next} runs when its temporary destinations have. */
    void onEnded(AdvisedClient client, Runnable next) {
        client.end();
        client.parts().forEach(part -> part.watcher().ifPresent(watchers::remove));
        clients.onPartsEnded(client);
        destinations.onEnded(client, next);
        clients.onDisconnected(client);
    }
}
