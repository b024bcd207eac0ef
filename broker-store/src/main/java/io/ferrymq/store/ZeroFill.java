package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Writes zeros into a file. A full disk is waited for, anything else is a failure. Owned by one thread; {@link #lack} is for any. */
final class ZeroFill {
    private static final long RETRY_NS = 10_000_000;
    private static final int MOST_UNEXPLAINED = 3;

    private final FileChannel channel;
    private final Room room;
    private final int writeBytes;
    private final ByteBuffer zeros;
    private volatile @Nullable IOException lack;
    private int unexplained;

    /** @param writeBytes the size of a write */
    ZeroFill(FileChannel channel, Room room, int writeBytes) {
        this.channel = channel;
        this.room = room;
        this.writeBytes = writeBytes;
        this.zeros = ByteBuffer.allocateDirect(writeBytes);
    }

    /** Returns how far it came: less than asked for when the disk is full. */
    long write(long from, long to) throws IOException {
        long at = from;
        try {
            while (at < to) {
                zeros.clear().limit((int) Math.min(writeBytes - at % writeBytes, to - at));
                at += channel.write(zeros, at);
            }
            lack = null;
            unexplained = 0;
        } catch (IOException e) {
            // space may have been made between the failure and the look
            unexplained = room.isUsedUp() ? 0 : unexplained + 1;
            if (unexplained > MOST_UNEXPLAINED) {
                throw e;
            }
            lack = e;
        }
        return at;
    }

    /** How the last write failed for lack of space; null when it did not. */
    @Nullable
    IOException lack() {
        return lack;
    }

    /** Asks for space, and gives it a moment. */
    void awaitRoom() {
        room.ask();
        LockSupport.parkNanos(RETRY_NS);
    }
}
