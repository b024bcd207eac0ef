package io.ferrymq.client.vm;

import io.ferrymq.Broker;
import io.ferrymq.openwire.connection.OpenWireServer;
import io.ferrymq.transport.Pipe;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One name in {@code vm://}, and the broker that was started for it: by the first connection, until the last one is closed.
 * Any thread; guarded by its monitor, so that nobody connects to a broker that is being started or stopped, but waits.
 */
final class Home {
    private static final Logger LOG = LoggerFactory.getLogger(Home.class);

    private final String name;
    private final VmBrokers brokers;
    private @Nullable Own own;

    /** A broker that was started here, and how many have come to it. Guarded by the monitor of its home. */
    private static final class Own {
        private final Broker broker;
        private int connections;

        private Own(Broker broker) {
            this.broker = broker;
        }
    }

    Home(String name, VmBrokers brokers) {
        this.name = name;
        this.brokers = brokers;
    }

    synchronized Lease connect(VmUrl url) throws IOException {
        if (brokers.find(name).isEmpty()) {
            start(url);
        }
        Own counting = own;
        if (counting == null) {
            return new Lease(open(), () -> {});
        }
        counting.connections++;
        try {
            return new Lease(open(), () -> release(counting));
        } catch (IOException e) {
            release(counting);
            throw e;
        }
    }

    private Pipe open() throws IOException {
        OpenWireServer server =
                brokers.find(name).orElseThrow(() -> new IOException("Broker named '" + name + "' has stopped."));
        try {
            return server.connect();
        } catch (ClosedChannelException e) {
            throw new IOException("Broker named '" + name + "' takes no connections: it stops, or has too many.", e);
        }
    }

    private void start(VmUrl url) throws IOException {
        if (own != null) { // it has failed, and its last connection is not closed yet; its data directory is needed
            Broker failed = own.broker;
            own = null;
            failed.close();
        }
        if (!url.create()) {
            throw new IOException("Broker named '" + name + "' does not exist.");
        }
        own = new Own(url.plan().start(name));
        LOG.info("Broker {} was started for vm://{} and stops with its last connection", name, name);
    }

    private synchronized void release(Own counting) {
        counting.connections--;
        if (counting.connections == 0) {
            own = own == counting ? null : own;
            counting.broker.close();
        }
    }
}
