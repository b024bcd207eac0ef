package io.ferrymq.shard;

import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A shard's way in: any thread puts, the shard polls. What may wait here is bounded by those who put: a connection leaves a
 * limited amount of requests without an answer, and is not read beyond that (Limits.connectionInFlightBytes).
 */
public final class Inbox {
    private static final int CHUNK = 1024;

    private final MpscUnboundedArrayQueue<Command> queue = new MpscUnboundedArrayQueue<>(CHUNK);
    private volatile boolean sleeping;
    private volatile @Nullable Thread sleeper;

    public void put(Command command) {
        queue.offer(command);
        wake();
    }

    /** Puts without waking: the shard sees it at the latest when the caller calls {@link #wake}, as it must soon. */
    public void putQuietly(Command command) {
        queue.offer(command);
    }

    /** There is something to do: called also when the journal has moved. */
    public void wake() {
        if (sleeping) {
            sleeping = false;
            LockSupport.unpark(sleeper);
        }
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    @Nullable
    Command poll() {
        return queue.poll();
    }

    /** The shard has found nothing to do and will look once more, then sleep. */
    void prepareSleep() {
        sleeper = Thread.currentThread();
        sleeping = true;
    }

    void cancelSleep() {
        sleeping = false;
    }

    /** Sleeps until woken or for {@code nanos}. Only after prepareSleep and another look. */
    void sleep(long nanos) {
        if (sleeping) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeping = false;
    }
}
