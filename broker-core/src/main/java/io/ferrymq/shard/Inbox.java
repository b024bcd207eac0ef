package io.ferrymq.shard;

import java.util.function.BooleanSupplier;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A shard's way in: any thread puts, the shard polls. What may wait here is bounded by those who put: a connection leaves a
 * limited amount of requests without an answer, and is not read beyond that (Limits.connectionInFlightBytes).
 */
public final class Inbox {
    private static final int CHUNK = 1024;

    private final MpscUnboundedArrayQueue<Command> queue = new MpscUnboundedArrayQueue<>(CHUNK);
    private final Lease lease = new Lease();
    private volatile @Nullable ShardThread thread;

    public void put(Command command) {
        queue.offer(command);
        wake();
    }

    /** Puts without waking: the shard sees it at the latest when the caller calls {@link #wake}, as it must soon. */
    public void putQuietly(Command command) {
        queue.offer(command);
    }

    /** There is something to do. */
    public void wake() {
        lease.wake();
    }

    /**
     * Likewise, and if nobody runs the shard now, this thread does, for a bounded time: to be called at the end of its own work, and never
     * from within that of a shard. What the shard leaves for the journal is written when the caller calls {@code Journal.writeHere}.
     */
    public void workHere() {
        if (!queue.isEmpty()) { // else whoever has taken what was put is doing it
            work(() -> true);
        }
    }

    /**
     * Likewise, for the thread that has synced the journal.
     *
     * @param idle asked before each turn of the shard
     */
    void journalMoved(BooleanSupplier idle) {
        work(idle);
    }

    private void work(BooleanSupplier idle) {
        ShardThread serving = thread;
        if (serving == null) {
            lease.wake();
        } else {
            serving.workHere(idle);
        }
    }

    Lease lease() {
        return lease;
    }

    void servedBy(ShardThread serving) {
        thread = serving;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    @Nullable
    Command poll() {
        return queue.poll();
    }
}
