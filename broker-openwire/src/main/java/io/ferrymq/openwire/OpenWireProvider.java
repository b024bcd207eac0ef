package io.ferrymq.openwire;

import io.ferrymq.openwire.connection.OpenWireServer;
import io.ferrymq.session.Sessions;
import io.ferrymq.spi.ProtocolProvider;

/** OpenWire over TCP: what stock ActiveMQ clients speak to {@code tcp://host:port}. Stateless; any thread. */
public final class OpenWireProvider implements ProtocolProvider {
    private static final int MOST_DEFAULT_THREADS = 4;

    private final int ioThreads;

    /** For ServiceLoader: half as many threads as processors, 1 to 4, because the shards need the other half. */
    public OpenWireProvider() {
        this(Math.min(MOST_DEFAULT_THREADS, Math.max(1, Runtime.getRuntime().availableProcessors() / 2)));
    }

    /** @param ioThreads how many threads serve sockets, 1 to 64 */
    public OpenWireProvider(int ioThreads) {
        if (ioThreads < 1 || ioThreads > 64) {
            throw new IllegalArgumentException("ioThreads: " + ioThreads + " (expected: 1 to 64)");
        }
        this.ioThreads = ioThreads;
    }

    @Override
    public String scheme() {
        return "tcp";
    }

    @Override
    public ProtocolServer open(Sessions sessions) {
        return OpenWireServer.open(sessions, ioThreads);
    }
}
