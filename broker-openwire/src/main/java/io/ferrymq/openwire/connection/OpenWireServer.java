package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Limits;
import io.ferrymq.session.Sessions;
import io.ferrymq.spi.ProtocolProvider;
import io.ferrymq.time.Clock;
import io.ferrymq.transport.ReadGate;
import io.ferrymq.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All OpenWire listeners and connections of one broker. Any thread; {@link #close} must not be called on an event loop. */
public final class OpenWireServer implements ProtocolProvider.ProtocolServer {
    private static final Logger LOG = LoggerFactory.getLogger(OpenWireServer.class);
    private static final int CLOSE_TIMEOUT_S = 10;
    /** Sends that are held back while memory is full are not in the budget; many connections must not double it. */
    private static final int IN_FLIGHT_SHARE = 4;

    private final Sessions sessions;
    private final Clock clock;
    private final Transport transport;
    private final PendingHandshakes pendingHandshakes;
    private final ReadGate.Total inFlight;
    private final Advisories advisories;
    private final Map<EventLoop, Flushes> flushes = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicReference<String> url = new AtomicReference<>("");
    private final AtomicBoolean closed = new AtomicBoolean();

    private OpenWireServer(Sessions sessions, Clock clock, Transport transport, AdvisorySettings advisories) {
        this.sessions = sessions;
        this.clock = clock;
        this.transport = transport;
        this.pendingHandshakes = new PendingHandshakes(sessions.limits().unauthenticatedConnections());
        this.inFlight = new ReadGate.Total(sessions.limits().memoryBytes() / IN_FLIGHT_SHARE);
        String id = "ID:" + sessions.brokerName() + '-' + UUID.randomUUID() + ":1";
        this.advisories = new Advisories(transport.eventLoop(), sessions, clock, advisories, id, url::get);
    }

    /** With the default settings of advisories. */
    public static OpenWireServer open(Sessions sessions, int ioThreads) {
        return open(sessions, ioThreads, AdvisorySettings.DEFAULT);
    }

    public static OpenWireServer open(Sessions sessions, int ioThreads, AdvisorySettings advisories) {
        Limits limits = sessions.limits();
        int sockets =
                (int) Math.min(Integer.MAX_VALUE, (long) limits.connections() + limits.unauthenticatedConnections());
        Transport transport = Transport.open(ioThreads, sockets);
        OpenWireServer server = new OpenWireServer(sessions, Clock.system(), transport, advisories);
        server.advisories.open();
        return server;
    }

    Sessions sessions() {
        return sessions;
    }

    Clock clock() {
        return clock;
    }

    ReadGate.Total inFlight() {
        return inFlight;
    }

    PendingHandshakes pendingHandshakes() {
        return pendingHandshakes;
    }

    Advisories advisories() {
        return advisories;
    }

    Flushes flushes(EventLoop loop) {
        return flushes.computeIfAbsent(loop, Flushes::new);
    }

    /** Where the first listener is, for BrokerInfo. */
    String url() {
        return url.get();
    }

    @Override
    public URI listen(String host, int port) {
        InetSocketAddress bound = transport.listen(host, port, this::accept);
        String name = host.isEmpty() || host.equals("*") || host.equals("0.0.0.0") ? "localhost" : host;
        URI uri = URI.create("tcp://" + (name.indexOf(':') >= 0 ? '[' + name + ']' : name) + ':' + bound.getPort());
        url.compareAndSet("", uri.toString());
        return uri;
    }

    private void accept(Channel channel) {
        Connection connection = new Connection(channel, this);
        connections.add(connection);
        connection.ended().whenComplete((nothing, failure) -> connections.remove(connection));
        connection.build(channel.pipeline());
    }

    @Override
    public void stopAccepting() {
        transport.stopAccepting();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stopAccepting();
        List<Connection> open = List.copyOf(connections);
        open.forEach(connection -> connection.evict("the broker stops"));
        await(
                CompletableFuture.allOf(open.stream().map(Connection::ended).toArray(CompletableFuture[]::new)),
                "clients");
        CompletableFuture<Void> published = new CompletableFuture<>();
        advisories.close(() -> published.complete(null));
        await(published, "advisories");
        transport.close();
    }

    private void await(CompletableFuture<Void> all, String what) {
        try {
            all.get(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warn(
                    "Not closed in time: what={}, connections={}, timeoutS={}",
                    what,
                    connections.size(),
                    CLOSE_TIMEOUT_S);
        } catch (ExecutionException e) {
            LOG.error("Closing failed: what={}", what, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
