package io.ferrymq.store;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few segment files that are open for reading; the one that was not used for longest is closed first. Any thread: its
 * state belongs to whoever holds the monitor, and nothing in there touches the disk.
 */
final class ReadChannels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadChannels.class);
    private static final int MOST = 16;

    private final Map<Long, Lease> open = new LinkedHashMap<>(2 * MOST, 0.75f, true);
    private long droppedUpTo;
    private boolean closed;

    /** A file in use; closed when it is not kept and nobody uses it any more. */
    static final class Lease {
        private final long id;
        private final FileChannel channel;
        private int users = 1;
        private boolean kept;

        private Lease(long id, FileChannel channel) {
            this.id = id;
            this.channel = channel;
        }

        FileChannel channel() {
            return channel;
        }
    }

    /** Opens the file or shares it; to be given back. */
    Lease take(SegmentFile file) throws IOException {
        synchronized (this) {
            if (closed) {
                throw new ClosedChannelException();
            }
            Lease there = open.get(file.id());
            if (there != null) {
                there.users++;
                return there;
            }
        }
        Lease lease = new Lease(file.id(), FileChannel.open(file.path(), StandardOpenOption.READ));
        close(keep(lease));
        return lease;
    }

    /** Keeps the file open for others, unless somebody else has just done that; returns what is to be closed for it. */
    private synchronized List<Lease> keep(Lease lease) {
        List<Lease> unused = new ArrayList<>();
        if (closed || lease.id <= droppedUpTo || open.containsKey(lease.id)) {
            return unused;
        }
        lease.kept = true;
        open.put(lease.id, lease);
        Iterator<Lease> oldest = open.values().iterator();
        while (open.size() > MOST) {
            letGo(oldest.next(), unused);
            oldest.remove();
        }
        return unused;
    }

    private static void letGo(Lease lease, List<Lease> unused) {
        lease.kept = false;
        if (lease.users == 0) {
            unused.add(lease);
        }
    }

    void giveBack(Lease lease) {
        boolean unused;
        synchronized (this) {
            lease.users--;
            unused = lease.users == 0 && !lease.kept;
        }
        if (unused) {
            close(List.of(lease));
        }
    }

    /** The channel was closed under its users: the next one opens the file anew. */
    synchronized void forget(Lease lease) {
        if (lease.kept) {
            lease.kept = false;
            open.remove(lease.id);
        }
    }

    /** These segments are going: an open file would keep their space. */
    void dropUpTo(long id) {
        List<Lease> unused = new ArrayList<>();
        synchronized (this) {
            droppedUpTo = id;
            Iterator<Lease> leases = open.values().iterator();
            while (leases.hasNext()) {
                Lease lease = leases.next();
                if (lease.id <= id) {
                    letGo(lease, unused);
                    leases.remove();
                }
            }
        }
        close(unused);
    }

    /** Whoever is still reading gets a ClosedChannelException. */
    @Override
    public void close() {
        List<Lease> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(open.values());
            open.clear();
        }
        close(all);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    private static void close(List<Lease> leases) {
        for (Lease lease : leases) {
            try {
                lease.channel.close();
            } catch (IOException e) {
                LOG.warn("Closing segment {}: {}", lease.id, e.toString());
            }
        }
    }
}
