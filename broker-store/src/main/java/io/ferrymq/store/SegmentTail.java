package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * The file that frames are appended to, and the space ahead of them. Each write goes on with zeros to the end of its block: where the
 * file was another segment before, whole blocks are replaced and none has to be read first, and Chronicle finds zeros behind its
 * last document. Owned by whoever runs the writer.
 */
final class SegmentTail implements AutoCloseable {
    private static final int BLOCK = 4 << 10;

    private final SegmentFile file;
    private final FileChannel channel;
    private final ZeroAhead zeros;
    private final long end;
    private final ByteBuffer padding = ByteBuffer.allocateDirect(BLOCK);
    private final ByteBuffer[] both = {padding, padding};
    private long position;

    /**
     * Begins to write zeros.
     *
     * @param zeroBytes {@link ZeroAhead#MAPPED} or {@link ZeroAhead#WRITTEN}
     * @param zeroed up to where the disk has given the space
     * @param end of the segment; nothing is written behind it
     */
    SegmentTail(SegmentFile file, Room room, int zeroBytes, long zeroed, long end) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file.path(), StandardOpenOption.WRITE);
        FileChannel ahead = FileChannel.open(file.path(), StandardOpenOption.WRITE);
        this.zeros = new ZeroAhead(ahead, room, zeroBytes, zeroed, end);
        this.end = end;
    }

    SegmentFile file() {
        return file;
    }

    /** Where the last append ended. */
    long position() {
        return position;
    }

    /** What comes next goes here; what lies between is the engine's. */
    void seek(long next) {
        position = next;
    }

    /** Returns when the disk has given the space for so many bytes and what pads them. */
    void await(long bytes) throws IOException {
        zeros.await(position + bytes + BLOCK);
    }

    /** Whether {@link #await} would return at once, and the disk has no zeros to write for what comes later. */
    boolean isReady(long bytes) {
        return zeros.isQuiet(position + bytes + BLOCK);
    }

    /** For bytes that were awaited. */
    void append(ByteBuffer frames) throws IOException {
        long after = position + frames.remaining();
        padding.clear().limit((int) Math.min(BLOCK - after % BLOCK, end - after));
        both[0] = frames;
        channel.position(position);
        while (frames.hasRemaining() || padding.hasRemaining()) {
            channel.write(both);
        }
        position = after;
    }

    /** fdatasync: all dirty pages of the file, also those that were written through a mapping. */
    void force() throws IOException {
        channel.force(false);
    }

    /** Whether the disk has given all of it: then it may become another segment. */
    boolean isWhole() {
        return zeros.reached(end);
    }

    @Override
    public void close() throws IOException {
        zeros.close();
        channel.close();
    }
}
