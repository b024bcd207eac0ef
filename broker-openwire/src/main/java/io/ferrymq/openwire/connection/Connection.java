package io.ferrymq.openwire.connection;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.BrokerInfo;
import io.ferrymq.openwire.command.ConnectionControl;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.KeepAliveInfo;
import io.ferrymq.openwire.command.NullCommand;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.ShutdownInfo;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.ferrymq.session.Acknowledgement;
import io.ferrymq.session.Client;
import io.ferrymq.session.ClientInfo;
import io.ferrymq.session.Sessions;
import io.ferrymq.transaction.TransactionId;
import io.ferrymq.transport.ActivityMonitor;
import io.ferrymq.transport.ReadGate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One OpenWire connection, from the first byte to the last; {@link ConnectionState} shows its life. Owned by its event loop;
 * {@link #evict} and {@link #ended} are for any thread.
 */
final class Connection extends ChannelInboundHandlerAdapter implements ActivityMonitor.Listener, Link.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Enough for credentials and certificates, little enough for strangers. */
    private static final int INTRODUCTION_FRAME_BYTES = 64 << 10;
    /** Exchanges, section 2: a refused client has so long to read why, and comes again no sooner. */
    private static final int REFUSED_LINGER_MS = 2_000;
    /** Exchanges, section 13: a client that comes back sends its consumers in one go. */
    private static final int RESTORE_MS = 1_000;
    /** A peer may ask for 1 ms; nobody needs timers that fast. */
    private static final long SHORTEST_INTERVAL_MS = 50;

    /** The version of OpenWire from which on a client says that it comes back after a failover. */
    private static final int TELLS_FAILOVER = 6;

    private static final long UNKNOWN_SEQUENCE = -2;

    private final Channel channel;
    private final OpenWireServer server;
    /** The address it came to, for BrokerInfo. */
    private final Supplier<String> url;

    private final Limits limits;
    private final WireFormat wireFormat;
    private final ReadGate gate;
    private final FrameSplitter frames;
    private final ActivityMonitor activity = new ActivityMonitor(this);
    private final Flushes flushes;
    private final WireFormatInfo announced;
    private final Names names = new Names();
    private final MessageAdapter messages;
    private final Link link;
    private final Faults faults;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private ConnectionState state = ConnectionState.HANDSHAKE;
    private boolean brokerInfoSeen;
    private int version;
    private long undeliverable;
    /** Whether a message that is too large is refused. A client with maxFrameSizeEnabled=false is closed instead, as by ActiveMQ. */
    private boolean refusesOversized;

    private @Nullable ScheduledFuture<?> handshakeTimer;
    private @Nullable ConnectedClient connected;
    /** A client that is introduced again while the one before it is still being closed. */
    private @Nullable ConnectionInfo next;

    /** What exists only once the client was accepted. */
    private record ConnectedClient(
            String connectionId, Client client, ClientCommands commands, ConnectionAdvisories advisories) {}

    Connection(Channel channel, OpenWireServer server, Supplier<String> url) {
        this.channel = channel;
        this.server = server;
        this.url = url;
        this.limits = server.sessions().limits();
        this.flushes = server.flushes(channel.eventLoop());
        this.wireFormat = new WireFormat(limits.frameBytes());
        this.gate = new ReadGate(channel, limits.connectionInFlightBytes(), server.inFlight());
        this.frames = new FrameSplitter(
                Math.min(limits.handshakeFrameBytes(), limits.frameBytes()), server.partialFrames(), gate);
        this.faults = new Faults(channel);
        this.announced = Handshake.wireFormatInfo(limits);
        this.messages = new MessageAdapter(server.clock(), names);
        this.link =
                new Link(channel, gate, wireFormat, messages, server.sessions().memory(), this);
    }

    /** From the socket's end on: watch for silence, cut frames, batch what goes out, understand what comes in. */
    void build(ChannelPipeline pipeline) {
        pipeline.addLast("activity", activity);
        pipeline.addLast("valve", gate.valve());
        pipeline.addLast("frames", frames);
        pipeline.addLast("outbound", link.outbound());
        pipeline.addLast("connection", this);
        channel.closeFuture().addListener(closed -> onClosed());
    }

    /** Any thread. Completed when the socket is closed and all that the client left has taken effect. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Any thread. */
    void evict(String reason) {
        link.evicted(reason);
    }

    @Override
    public void onEvicted(String reason) {
        if (state != ConnectionState.CLOSED) {
            LOG.info(
                    "Connection closed by the broker: peer={}, reason={}",
                    channel.remoteAddress(),
                    Printable.of(reason));
            if (state != ConnectionState.HANDSHAKE) {
                link.send(new ShutdownInfo());
            }
            // Behind the task that writes the queue.
            link.execute(channel::close);
        }
    }

    /**
     * As if the client had said that it cannot process the message: its others go on, and whoever runs the queue finds it among the
     * dead letters. A dead letter would come back at once, so its reader is closed, as by ActiveMQ.
     */
    @Override
    public void onUndeliverable(Delivery delivery, String reason) {
        Message message = delivery.message();
        if (Long.bitCount(++undeliverable)
                == 1) { // at 1, 2, 4, 8: a client that may take little is not to fill the log
            LOG.warn(
                    "A message cannot be sent to this client: message={}, destination={}, consumer={}, peer={}, reason={}, so far={}",
                    Printable.of(message.id().toString()),
                    Printable.of(message.destination().toString()),
                    Printable.of(delivery.consumer().toString()),
                    channel.remoteAddress(),
                    Printable.of(reason),
                    undeliverable);
        }
        ConnectedClient known = connected;
        if (known == null || state != ConnectionState.CONNECTED) {
            return;
        }
        if (message.isDeadLetter()) {
            onEvicted(reason);
        } else {
            known.client().acknowledge(poison(delivery, reason), Receipt.NONE);
            flushes.later(known.client());
        }
    }

    private static Acknowledgement poison(Delivery delivery, String reason) {
        MessageId id = delivery.message().id();
        return new Acknowledgement(
                AckType.POISON,
                delivery.consumer(),
                delivery.message().destination(),
                Optional.of(id),
                id,
                1,
                TransactionId.NONE,
                reason);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        server.pendingHandshakes().begin(channel);
        handshakeTimer = channel.eventLoop()
                .schedule(this::onHandshakeTimeout, limits.handshakeTimeoutMs(), TimeUnit.MILLISECONDS);
        ByteBuf hello = context.alloc().ioBuffer();
        wireFormat.encode(announced, hello);
        context.writeAndFlush(hello);
        context.fireChannelActive();
    }

    private void onHandshakeTimeout() {
        if (state == ConnectionState.HANDSHAKE) {
            faults.violation("no WireFormatInfo in time: limitMs=" + limits.handshakeTimeoutMs());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof SkippedFrame skipped) {
                onSkipped(skipped);
            } else {
                onFrame((ByteBuf) message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ConnectedClient known = connected;
        if (known != null) {
            flushes.later(known.client());
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ConnectedClient known = connected;
        if (known != null && channel.isWritable() && link.wasCongested()) {
            known.client().resume();
        }
        context.fireChannelWritabilityChanged();
    }

    private void onFrame(ByteBuf frame) {
        if (state.ignoresAll()) {
            return;
        }
        byte typeCode = frame.getByte(frame.readerIndex());
        if (!state.allows(typeCode)) {
            throw new ProtocolViolation("a command not allowed here: type=" + typeCode + ", state=" + state);
        }
        on(wireFormat.decode(frame));
    }

    private void onSkipped(SkippedFrame frame) {
        ConnectedClient known = connected;
        if (state.ignoresAll()) {
            return;
        }
        if (known == null || state != ConnectionState.CONNECTED || !MessageHead.begins(frame.typeCode())) {
            throw frame.why();
        }
        String what = String.valueOf(frame.why().getMessage());
        MessageHead head = wireFormat.decodeHead(frame.content(), new MessageHead(frame.typeCode()));
        boolean told = known.commands().refuseOversized(head, what);
        if (!told) {
            throw frame.why();
        }
        faults.refused(what);
    }

    private void on(DataStructure command) {
        switch (command.typeCode()) {
            case WireFormatInfo.TYPE -> onWireFormatInfo((WireFormatInfo) command);
            case ConnectionInfo.TYPE -> onConnectionInfo((ConnectionInfo) command);
            case BrokerInfo.TYPE -> onBrokerInfo((BrokerInfo) command);
            case KeepAliveInfo.TYPE -> onKeepAlive((KeepAliveInfo) command);
            case ShutdownInfo.TYPE -> channel.close();
            case NullCommand.TYPE -> {}
            default -> onClientCommand(command);
        }
    }

    private void onWireFormatInfo(WireFormatInfo remote) {
        WireOptions options = WireOptions.negotiate(announced, remote);
        version = options.version();
        wireFormat.apply(options);
        state = ConnectionState.NEGOTIATED;
        stopHandshakeTimer();
        frames.limit(Math.min(INTRODUCTION_FRAME_BYTES, limits.frameBytes()));
        Map<String, @Nullable Object> theirs = WireOptions.properties(remote);
        refusesOversized = !Boolean.FALSE.equals(theirs.get("MaxFrameSizeEnabled"));
        link.open(Dialect.of(theirs));
        link.send(Handshake.brokerInfo(server.sessions(), url.get()));
        if (options.maxInactivityMs() > 0) {
            activity.start(
                    server.rounds(channel.eventLoop()),
                    options.initialDelayMs(),
                    Math.max(SHORTEST_INTERVAL_MS, options.maxInactivityMs()));
        }
    }

    /** One is tolerated, because it means nothing; a bridge between brokers is not. */
    private void onBrokerInfo(BrokerInfo info) {
        if (info.networkConnection || info.duplexConnection) {
            throw new ProtocolViolation("network bridges are not supported");
        }
        if (brokerInfoSeen) {
            throw new ProtocolViolation("a second BrokerInfo");
        }
        brokerInfoSeen = true;
    }

    /** OpenWire 3.3: never a Response. */
    private void onKeepAlive(KeepAliveInfo info) {
        if (info.responseRequired) {
            KeepAliveInfo answer = new KeepAliveInfo();
            answer.commandId = info.commandId;
            link.send(answer);
        }
    }

    private void onConnectionInfo(ConnectionInfo info) {
        String connectionId = Names.connection(info.connectionId);
        if (connected != null && state == ConnectionState.CLOSING) {
            next = info;
            link.pause(); // what follows is for the next client
            return;
        }
        if (connected != null) {
            onConnectionInfoAgain(info, connectionId, connected);
            return;
        }
        Sessions.Outcome outcome = connect(info, connectionId);
        if (outcome instanceof Sessions.Outcome.Accepted accepted) {
            onAccepted(info, connectionId, accepted.client());
        } else if (outcome instanceof Sessions.Outcome.Refused refused) {
            onRefused(info, refused.refusal());
        }
    }

    /** A client behind failover takes an answer for final, while it tries again when the connection is lost. */
    private void onRefused(ConnectionInfo info, Refusal refusal) {
        boolean comesAgain = info.faultTolerant && isForNow(refusal);
        if (!comesAgain) {
            LOG.info(
                    "Connection refused: peer={}, reason={}",
                    channel.remoteAddress(),
                    Printable.of(refusal.toString()));
            link.refuse(info.commandId, info.responseRequired, refusal);
        } else {
            server.refusals().count(channel.remoteAddress(), refusal);
        }
        closeOnceRead();
    }

    /** Whether the client may come in a little later. */
    private static boolean isForNow(Refusal refusal) {
        return refusal.code() == Refusal.Code.RESOURCE_LIMIT || refusal.code() == Refusal.Code.UNAVAILABLE;
    }

    /**
     * What the client sends meanwhile is thrown away, so that it gets to reading why, if it has been told; one that comes again is kept from
     * doing so at once.
     */
    private void closeOnceRead() {
        state = ConnectionState.REFUSED;
        endHandshake();
        channel.eventLoop().schedule(() -> channel.close(), REFUSED_LINGER_MS, TimeUnit.MILLISECONDS);
    }

    private Sessions.Outcome connect(ConnectionInfo info, String connectionId) {
        if (info.clientId == null || info.clientId.isBlank()) {
            return new Sessions.Outcome.Refused(Refusals.noClientId());
        }
        // as ActiveMQ Classic writes it: tcp://127.0.0.1:12345
        String remote = URI.create(url.get()).getScheme() + ":/" + channel.remoteAddress();
        return server.sessions().connect(new ClientInfo(connectionId, info.clientId, remote, mayComeBack(info)), link);
    }

    /** Whether it may send again what it has sent before: older versions do not say. */
    private boolean mayComeBack(ConnectionInfo info) {
        return info.failoverReconnect || version < TELLS_FAILOVER;
    }

    private void onAccepted(ConnectionInfo info, String connectionId, Client client) {
        endHandshake();
        ClientState known = new ClientState(connectionId, client, limits.consumersPerConnection());
        ConnectionAdvisories advisories = new ConnectionAdvisories(server.advisories(), link, connectionId);
        advisories.connected(info, peerAddress());
        if (info.failoverReconnect) {
            link.holdDeliveries(); // until its watcher knows what it may answer to, or it does not seem to have one
            channel.eventLoop().schedule(link::releaseDeliveries, RESTORE_MS, TimeUnit.MILLISECONDS);
        }
        ScheduleCommands schedules =
                new ScheduleCommands(link, known, server.sessions().scheduled(), server::nextMessageId);
        ClientCommands commands = new ClientCommands(
                link,
                new SessionCommands(link, known, names, advisories, server.prefetches()),
                new MessageCommands(link, known, names, messages, schedules, limits.frameBytes()),
                new TransactionCommands(link, known),
                new DestinationCommands(link, known, names, advisories),
                new StatusCommand(link, server.sessions()));
        connected = new ConnectedClient(connectionId, client, commands, advisories);
        state = ConnectionState.CONNECTED;
        frames.limit(limits.frameBytes());
        if (refusesOversized) {
            frames.skipOversized();
        }
        link.respond(info.commandId, info.responseRequired);
        if (info.manageable) {
            link.send(Handshake.connectionControl());
        }
    }

    private String peerAddress() {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                ? "tcp://" + peer.getAddress().getHostAddress() + ':' + peer.getPort()
                : String.valueOf(channel.remoteAddress());
    }

    private void onConnectionInfoAgain(ConnectionInfo info, String connectionId, ConnectedClient known) {
        if (!known.connectionId().equals(connectionId)) {
            throw new ProtocolViolation("a second ConnectionInfo");
        }
        link.respond(info.commandId, info.responseRequired);
    }

    private void onClientCommand(DataStructure command) {
        ConnectedClient known = connected;
        if (state == ConnectionState.CLOSING) {
            refuseAfterGoodbye(command);
        } else if (known == null) {
            onIntroductoryControl(command);
        } else if (command instanceof RemoveInfo remove && remove.objectId instanceof ConnectionId id) {
            onRemoveConnection(remove, Names.connection(id), known);
        } else {
            known.commands().on(command);
        }
    }

    private void onIntroductoryControl(DataStructure command) {
        if (command instanceof ConnectionControl control) {
            link.respond(control.commandId, control.responseRequired);
        }
    }

    private void refuseAfterGoodbye(DataStructure command) {
        if (command instanceof RemoveInfo again && again.objectId instanceof ConnectionId) {
            link.respond(again.commandId, again.responseRequired); // as ActiveMQ does
        } else if (command instanceof BaseCommand late && late.responseRequired) {
            link.refuse(late.commandId, true, new Refusal(Refusal.Code.ILLEGAL_STATE, "the connection was removed"));
        }
    }

    private void onRemoveConnection(RemoveInfo remove, String connectionId, ConnectedClient known) {
        if (!known.connectionId().equals(connectionId)) {
            link.respond(remove.commandId, remove.responseRequired);
            return;
        }
        state = ConnectionState.CLOSING;
        closeClient(known, remove.lastDeliveredSequenceId, () -> link.execute(() -> onClientClosed(remove)));
    }

    private void onClientClosed(RemoveInfo remove) {
        connected = null;
        link.nobodyPulls();
        if (state == ConnectionState.CLOSED) {
            ended.complete(null);
            return;
        }
        link.respond(remove.commandId, remove.responseRequired);
        ConnectionInfo waiting = next;
        next = null;
        if (waiting != null) {
            try {
                onConnectionInfo(waiting);
            } finally {
                link.goOn();
            }
        }
    }

    private void closeClient(ConnectedClient known, long lastDelivered, Runnable whenClosed) {
        known.client().close(lastDelivered, () -> known.advisories().ended(whenClosed));
    }

    /** Not {@code channelInactive}: a socket that dies while it is accepted was never active. */
    private void onClosed() {
        endHandshake();
        link.closed();
        ConnectedClient known = connected;
        ConnectionState before = state;
        state = ConnectionState.CLOSED;
        if (known == null) {
            ended.complete(null);
        } else if (before != ConnectionState.CLOSING) {
            closeClient(known, UNKNOWN_SEQUENCE, () -> ended.complete(null));
        }
    }

    private void endHandshake() {
        server.pendingHandshakes().end(channel);
        stopHandshakeTimer();
    }

    /**
     * No time is set for the ConnectionInfo: a stock client sends it with the first session, which may be much later than
     * createConnection. Those who have only negotiated are bounded by number and by the inactivity monitor.
     */
    private void stopHandshakeTimer() {
        if (handshakeTimer != null) {
            handshakeTimer.cancel(false);
            handshakeTimer = null;
        }
    }

    @Override
    public void onReadIdle() {
        if (state != ConnectionState.CLOSED) {
            LOG.info("Connection lost, nothing came for too long: peer={}", channel.remoteAddress());
            channel.close();
        }
    }

    @Override
    public void onWriteStalled() {
        if (state != ConnectionState.CLOSED) {
            LOG.warn("Connection closed, the client does not read: peer={}", channel.remoteAddress());
            channel.close();
        }
    }

    @Override
    public void onWriteIdle() {
        link.send(new KeepAliveInfo());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
        Throwable cause = Faults.cause(thrown);
        if (cause instanceof OversizedFrame && state == ConnectionState.CONNECTED) {
            String what = String.valueOf(cause.getMessage());
            faults.blame(what);
            link.refuse(0, false, Errors.io(what));
            closeOnceRead();
            return;
        }
        boolean over = state == ConnectionState.CLOSED;
        state = over ? ConnectionState.CLOSED : ConnectionState.REFUSED;
        faults.on(thrown);
    }
}
