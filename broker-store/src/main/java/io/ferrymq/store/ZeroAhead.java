package io.ferrymq.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes zeros ahead of the writer of one segment file, so that the disk has given the space before a record needs it: a full
 * disk is noticed here, where it can be waited for, and never a fault in a mapped page, and a sync need not commit a changed
 * file length. A file that
 * is mapped gets writes of 4 KiB, because larger ones make larger folios in the page cache, and every sync of a mapped page
 * then writes the whole folio.
 *
 * <p>Has a thread of its own, {@code ferrymq-preallocator}; whoever runs the writer asks through {@link #await}.
 */
final class ZeroAhead implements AutoCloseable {
    /** The size of a write for a file that is mapped. */
    static final int MAPPED = 4 << 10;
    /** The size of a write for a file that is only written. */
    static final int WRITTEN = 256 << 10;

    /** A sync per step, each of which slows the writer's sync at that moment: begin soon, then few and large. */
    private static final int FIRST_STEP = 512 << 10;

    private static final int STEP = 16 << 20;
    private static final int AHEAD = 32 << 20;
    private static final long RETRY_NS = 10_000_000;

    private final FileChannel channel;
    private final Room room;
    private final ZeroFill zeros;
    private final long start;
    private final long end;
    private final Thread thread;
    private volatile long zeroed;
    private volatile long wanted;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /**
     * Begins at once.
     *
     * @param channel of its own: a sync that fails is told once per channel, and the writer must hear of it too; closed with this
     * @param writeBytes {@link #MAPPED} or {@link #WRITTEN}
     * @param start where the first zero may go
     * @param end where the segment ends; nothing is written behind it
     */
    ZeroAhead(FileChannel channel, Room room, int writeBytes, long start, long end) {
        this.channel = channel;
        this.room = room;
        this.zeros = new ZeroFill(channel, room, writeBytes);
        this.start = start;
        this.end = end;
        this.zeroed = start;
        this.wanted = Math.min(end, start + AHEAD);
        this.thread = new Thread(this::run, "ferrymq-preallocator");
        thread.setDaemon(true);
        if (start < end) {
            thread.start();
        }
    }

    /** Returns when there are zeros on the disk up to this position. */
    void await(long position) throws IOException {
        if (isMoreWanted(position)) {
            wanted = Math.max(wanted, target(position));
            LockSupport.unpark(thread);
        }
        while (zeroed < Math.min(end, position)) {
            Throwable cause = failure;
            IOException lacking = zeros.lack();
            if (cause != null) {
                throw new IOException("no space for the journal: " + cause.getMessage(), cause);
            } else if (lacking != null && room.isGivenUp()) {
                throw new IOException("no space for the journal, which is to end: " + lacking.getMessage(), lacking);
            }
            LockSupport.parkNanos(lacking == null ? 20_000 : RETRY_NS);
        }
    }

    private long target(long position) {
        return Math.min(end, position + AHEAD);
    }

    private boolean isMoreWanted(long position) {
        long target = target(position);
        return target - wanted >= STEP || target == end && wanted < end || zeroed < position;
    }

    /** Whether {@link #await} would return at once and begin nothing, and no zeros are being written, which a sync would write too. */
    boolean isQuiet(long position) {
        return zeroed >= Math.min(end, position) && zeroed >= wanted && !isMoreWanted(position);
    }

    /** Whether the disk has given the space up to this position. */
    boolean reached(long position) {
        return zeroed >= position;
    }

    private void run() {
        try {
            while (!closed) {
                if (zeroed < wanted) {
                    step();
                } else {
                    LockSupport.park(this);
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void step() throws IOException {
        long step = Math.min(STEP, Math.max(FIRST_STEP, zeroed - start));
        long to = zeros.write(zeroed, Math.min(wanted, zeroed + step));
        if (to > zeroed) {
            channel.force(false);
            zeroed = to;
        }
        if (zeros.lack() != null) {
            zeros.awaitRoom();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        LockSupport.unpark(thread);
        Uninterruptibly.await(thread::join);
        channel.close();
    }
}
