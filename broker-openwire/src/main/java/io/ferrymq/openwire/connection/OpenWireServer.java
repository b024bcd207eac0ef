package io.ferrymq.openwire.connection;

import io.ferrymq.BrokerConfig.Listener;
import io.ferrymq.BrokerConfig.SocketEngine;
import io.ferrymq.flow.Limits;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.session.Sessions;
import io.ferrymq.spi.ProtocolProvider;
import io.ferrymq.time.Clock;
import io.ferrymq.transport.PartialFrames;
import io.ferrymq.transport.Pipe;
import io.ferrymq.transport.ReadGate;
import io.ferrymq.transport.Rounds;
import io.ferrymq.transport.TlsContext;
import io.ferrymq.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All OpenWire listeners and connections of one broker. Any thread; {@link #close} must not be called on an event loop. */
public final class OpenWireServer implements ProtocolProvider.ProtocolServer {
    /** What a listener of this protocol may be called. */
    public static final Set<String> SCHEMES = Set.copyOf(Schemes.all());

    private static final Logger LOG = LoggerFactory.getLogger(OpenWireServer.class);
    private static final DestinationPolicies NO_POLICIES = new DestinationPolicies(List.of());
    private static final int CLOSE_TIMEOUT_S = 10;
    /** Sends that are held back while memory is full are not in the budget; many connections must not double it. */
    private static final int IN_FLIGHT_SHARE = 4;

    private final Sessions sessions;
    private final Clock clock;
    private final Transport transport;
    private final PendingHandshakes pendingHandshakes;
    private final PassingRefusals refusals = new PassingRefusals();
    private final ReadGate.Total inFlight;
    private final PartialFrames partialFrames;
    private final Advisories advisories;
    private final PrefetchPolicy prefetches;
    private final Map<EventLoop, Flushes> flushes = new ConcurrentHashMap<>();
    private final Map<EventLoop, Rounds> rounds = new ConcurrentHashMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicReference<String> url = new AtomicReference<>("");
    private final AtomicLong pipes = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ProducerId producer;
    private final AtomicLong messages = new AtomicLong();

    private OpenWireServer(
            Sessions sessions,
            Clock clock,
            Transport transport,
            AdvisorySettings settings,
            DestinationPolicies policies,
            PartialFrames.Patience patience) {
        this.sessions = sessions;
        this.prefetches = new PrefetchPolicy(policies);
        this.clock = clock;
        this.transport = transport;
        this.pendingHandshakes = new PendingHandshakes(sessions.limits().unauthenticatedConnections());
        this.inFlight = new ReadGate.Total(sessions.limits().memoryBytes() / IN_FLIGHT_SHARE);
        this.partialFrames = new PartialFrames(
                transport.eventLoop(), clock::nanoTime, sessions.limits().partialFrameBytes(), patience);
        String id = "ID:" + sessions.brokerName() + '-' + UUID.randomUUID() + ":1";
        this.producer = new ProducerId(id, 2, 1); // the publisher of advisories is session 1
        this.advisories = new Advisories(transport.eventLoop(), sessions, clock, settings, id, url::get);
    }

    /** With the default settings of advisories. */
    public static OpenWireServer open(Sessions sessions, int ioThreads) {
        return open(sessions, ioThreads, AdvisorySettings.DEFAULT);
    }

    public static OpenWireServer open(Sessions sessions, int ioThreads, AdvisorySettings advisories) {
        return open(sessions, SocketEngine.AUTO, ioThreads, advisories, NO_POLICIES);
    }

    public static OpenWireServer open(
            Sessions sessions,
            SocketEngine engine,
            int ioThreads,
            AdvisorySettings advisories,
            DestinationPolicies policies) {
        return open(sessions, engine, ioThreads, advisories, policies, PartialFrames.Patience.DEFAULT);
    }

    static OpenWireServer open(
            Sessions sessions,
            SocketEngine engine,
            int ioThreads,
            AdvisorySettings advisories,
            DestinationPolicies policies,
            PartialFrames.Patience patience) {
        Limits limits = sessions.limits();
        int sockets =
                (int) Math.min(Integer.MAX_VALUE, (long) limits.connections() + limits.unauthenticatedConnections());
        Transport transport = Transport.open(engine, ioThreads, sockets);
        OpenWireServer server = new OpenWireServer(sessions, Clock.system(), transport, advisories, policies, patience);
        server.advisories.open();
        return server;
    }

    /**
     * Reads the files that the listeners name.
     *
     * @throws io.ferrymq.BrokerException CONFIGURATION, with the mistakes of all listeners
     */
    public static void check(List<Listener> listeners) {
        Schemes.check(listeners);
    }

    PrefetchPolicy prefetches() {
        return prefetches;
    }

    Sessions sessions() {
        return sessions;
    }

    Clock clock() {
        return clock;
    }

    /** For messages that the broker itself sends. */
    MessageId nextMessageId() {
        return new MessageId(producer, messages.incrementAndGet());
    }

    ReadGate.Total inFlight() {
        return inFlight;
    }

    PartialFrames partialFrames() {
        return partialFrames;
    }

    long directMemoryBytes() {
        return transport.directMemoryBytes();
    }

    PendingHandshakes pendingHandshakes() {
        return pendingHandshakes;
    }

    PassingRefusals refusals() {
        return refusals;
    }

    Advisories advisories() {
        return advisories;
    }

    Flushes flushes(EventLoop loop) {
        return flushes.computeIfAbsent(loop, of -> new Flushes(of, sessions));
    }

    Rounds rounds(EventLoop loop) {
        return rounds.computeIfAbsent(loop, Rounds::new);
    }

    @Override
    public URI listen(Listener listener) {
        Consumer<Channel> plain = channel -> accept(channel, () -> address(listener, channel.localAddress()));
        Consumer<Channel> pipeline =
                listener.tls().map(tls -> TlsContext.read(tls).before(plain)).orElse(plain);
        InetSocketAddress bound = transport.listen(listener.host(), listener.port(), pipeline);
        URI uri = URI.create(address(listener, bound));
        url.compareAndSet("", uri.toString());
        return uri;
    }

    private static String address(Listener listener, SocketAddress bound) {
        String host = listener.host();
        String name = host.isEmpty() || host.equals("*") || host.equals("0.0.0.0") ? "localhost" : host;
        int port = bound instanceof InetSocketAddress internet ? internet.getPort() : listener.port();
        return (Schemes.isEncrypted(listener.scheme()) ? Schemes.ENCRYPTED : Schemes.PLAIN) + "://"
                + (name.indexOf(':') >= 0 ? '[' + name + ']' : name) + ':' + port;
    }

    /**
     * Opens a connection inside the JVM. It waits for an event loop, so it must not be called on one.
     *
     * @throws ClosedChannelException when no connections are accepted: stopping, or too many
     */
    public Pipe connect() throws ClosedChannelException {
        String vm = "vm://" + sessions.brokerName();
        url.compareAndSet("", vm);
        return transport.connect(vm + '#' + pipes.incrementAndGet(), channel -> accept(channel, () -> vm));
    }

    private void accept(Channel channel, Supplier<String> address) {
        Connection connection = new Connection(channel, this, address);
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
