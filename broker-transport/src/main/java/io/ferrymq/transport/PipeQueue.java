package io.ferrymq.transport;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a {@link Pipe}: chunks of bytes, so many at a time. Any thread; the client's end waits, the event loop never
 * does and is told when there is something to do again.
 *
 * <p>It holds at most {@code limitBytes} and one chunk more.
 */
final class PipeQueue {
    private final int limitBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition space = lock.newCondition();
    private final Condition content = lock.newCondition();
    private final Queue<byte[]> chunks = new ArrayDeque<>();
    private int bytes;
    private boolean refused;
    private boolean ended;
    private boolean closed;

    PipeQueue(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Waits while it is full, also when interrupted: half a frame would spoil the stream.
     *
     * @throws ClosedChannelException when nobody reads any more
     */
    void put(byte[] chunk) throws ClosedChannelException {
        lock.lock();
        try {
            while (bytes >= limitBytes && !over()) {
                space.awaitUninterruptibly();
            }
            add(chunk);
        } finally {
            lock.unlock();
        }
    }

    /** False when it is full; the next {@link #take} that makes room says so. */
    boolean hasSpace() {
        lock.lock();
        try {
            refused = bytes >= limitBytes && !over();
            return !refused;
        } finally {
            lock.unlock();
        }
    }

    /** For the only one who asked {@link #hasSpace}. */
    void offer(byte[] chunk) throws ClosedChannelException {
        lock.lock();
        try {
            add(chunk);
        } finally {
            lock.unlock();
        }
    }

    private void add(byte[] chunk) throws ClosedChannelException {
        if (over()) {
            throw new ClosedChannelException();
        }
        chunks.add(chunk);
        bytes += chunk.length;
        content.signal();
    }

    private boolean over() {
        return closed || ended;
    }

    /**
     * Waits for the next chunk.
     *
     * @param whenSpace run when there is room again for one who was refused
     * @return null at the end
     */
    byte @Nullable [] take(Runnable whenSpace) {
        boolean tell;
        byte[] chunk;
        lock.lock();
        try {
            while (chunks.isEmpty() && !over()) {
                content.awaitUninterruptibly();
            }
            chunk = remove();
            tell = refused && bytes <= limitBytes / 2;
            refused = refused && !tell;
        } finally {
            lock.unlock();
        }
        if (tell) {
            whenSpace.run();
        }
        return chunk;
    }

    /** The next chunk if there is one. */
    byte @Nullable [] poll() {
        lock.lock();
        try {
            return remove();
        } finally {
            lock.unlock();
        }
    }

    private byte @Nullable [] remove() {
        byte[] chunk = chunks.poll();
        if (chunk != null) {
            bytes -= chunk.length;
            space.signal();
        }
        return chunk;
    }

    /** Whether a reader has something to see: a chunk or the end. */
    boolean isReadable() {
        lock.lock();
        try {
            return !chunks.isEmpty() || over();
        } finally {
            lock.unlock();
        }
    }

    /** Whether everything was read and nothing will come. */
    boolean isFinished() {
        lock.lock();
        try {
            return chunks.isEmpty() && over();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing will come any more; what is there can be read. Idempotent. */
    void end() {
        lock.lock();
        try {
            ended = true;
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody reads any more; what is there is thrown away. Idempotent. */
    void close() {
        lock.lock();
        try {
            closed = true;
            chunks.clear();
            bytes = 0;
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    private void wakeAll() {
        space.signalAll();
        content.signalAll();
    }
}
