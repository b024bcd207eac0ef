package io.ferrymq.client.vm;

import io.ferrymq.openwire.connection.OpenWireServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The brokers of this JVM by name. Any thread; guarded by a lock of its own, under which nothing is called.
 *
 * <p>Names are not unique. The broker that started first is the one that {@code vm://} leads to; when it stops, the next is.
 */
final class VmBrokers {
    /** Static, because the client makes transport factories by itself and has nothing to hand in. */
    static final VmBrokers JVM = new VmBrokers();

    private static final Logger LOG = LoggerFactory.getLogger(VmBrokers.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Map<String, List<OpenWireServer>> byName = new LinkedHashMap<>();
    private final ConcurrentMap<String, Home> homes = new ConcurrentHashMap<>();

    void add(String name, OpenWireServer server) {
        int known;
        lock.lock();
        try {
            List<OpenWireServer> servers = byName.computeIfAbsent(name, key -> new ArrayList<>());
            servers.add(server);
            known = servers.size();
            added.signalAll();
        } finally {
            lock.unlock();
        }
        if (known > 1) {
            LOG.warn("{} brokers in this JVM have the name {}: vm://{} leads to the first of them", known, name, name);
        }
    }

    void remove(String name, OpenWireServer server) {
        lock.lock();
        try {
            List<OpenWireServer> servers = byName.getOrDefault(name, new ArrayList<>());
            servers.remove(server);
            if (servers.isEmpty()) {
                byName.remove(name);
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<OpenWireServer> find(String name) {
        lock.lock();
        try {
            return byName.getOrDefault(name, List.of()).stream().findFirst();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Where there is no broker {@code localhost}, that name means the one that is there, as in Classic: it is what clients say who know of one
     * broker only, and one of their own would have nobody else on it.
     */
    private String meantBy(String name) {
        lock.lock();
        try {
            boolean any = name.equals(VmUrl.DEFAULT_NAME) && !byName.containsKey(name);
            return any ? byName.keySet().stream().findFirst().orElse(name) : name;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a broker of that name, but no longer than {@code waitMs}. */
    private void await(String name, long waitMs) throws InterruptedIOException {
        long left = TimeUnit.MILLISECONDS.toNanos(waitMs);
        lock.lock();
        try {
            while (left > 0 && !byName.containsKey(meantBy(name))) {
                left = added.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while waiting for broker " + name);
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Connects to the broker that {@code url} names, which is started if it must be.
     *
     * @throws IOException when there is none, or when it takes no connections
     * @throws io.ferrymq.BrokerException when it cannot be started
     */
    Lease connect(VmUrl url) throws IOException {
        await(url.name(), url.waitForStartMs());
        String name = meantBy(url.name());
        if (!name.equals(url.name())) {
            LOG.warn("There is no broker {} in this JVM: vm://{} leads to {}", url.name(), url.name(), name);
        }
        return homes.computeIfAbsent(name, any -> new Home(name, this)).connect(url);
    }
}
