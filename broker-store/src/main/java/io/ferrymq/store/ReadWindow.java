package io.ferrymq.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of one segment file in memory, and the frame that was looked at last. Reads with positional reads, never through a
 * mapping. Owned by one reading thread at a time.
 */
final class ReadWindow {
    /** Room for the largest frame and a block in front of it. */
    static final int CAPACITY = FrameFormat.MAX_PAYLOAD + 2 * BlockIndex.BLOCK;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(CAPACITY);
    private final FrameFormat format;
    private @Nullable FileChannel channel;
    private long start;
    private long ahead;
    private long end;
    private int frame;
    private int length;

    ReadWindow(long salt) {
        this.format = new FrameFormat(salt, 0);
    }

    /** From now on positions are in this file, the first {@code usedBytes} of which are in use. */
    void enter(FileChannel file, long segment, long usedBytes) {
        channel = file;
        format.segment(segment);
        end = usedBytes;
        ahead = 0;
        bytes.limit(0);
    }

    /** Up to where bytes will be wanted soon: as much of that as fits is read at once. */
    void expect(long position) {
        ahead = Math.min(end, position);
    }

    /** Whether something that looks like a frame begins here; its checksum has not been looked at. */
    boolean looksLikeFrame(long position) throws IOException {
        if (position + FrameFormat.HEADER > end) {
            return false;
        }
        frame = require(position, FrameFormat.HEADER);
        length = bytes.getInt(frame + 24);
        return bytes.getShort(frame) == FrameFormat.MAGIC
                && bytes.get(frame + 2) == FrameFormat.VERSION
                && length >= 0
                && length <= FrameFormat.MAX_PAYLOAD
                && position + FrameFormat.HEADER + length <= end;
    }

    /** Whether what looked like a frame is one; then its payload is here. */
    boolean validates() throws IOException {
        frame = require(start + frame, FrameFormat.HEADER + length);
        return format.validates(bytes, frame, length);
    }

    /** Returns where in the buffer these bytes are, after reading them if need be. */
    private int require(long position, int count) throws IOException {
        if (position < start || position + count > start + bytes.limit()) {
            read(position, (int) Math.max(count, Math.min(CAPACITY, ahead - position)));
            if (count > bytes.limit()) {
                throw new EOFException("the file ends at " + (start + bytes.limit()));
            }
        }
        return (int) (position - start);
    }

    private void read(long position, int count) throws IOException {
        FileChannel from = channel;
        if (from == null) {
            throw new IllegalStateException("no file yet");
        }
        start = position;
        bytes.clear().limit(count);
        while (bytes.hasRemaining()) {
            if (from.read(bytes, start + bytes.position()) < 0) {
                break;
            }
        }
        bytes.flip();
    }

    /** How many bytes the frame takes. */
    int frameBytes() {
        return FrameFormat.HEADER + FrameFormat.padded(length);
    }

    boolean isHeader() {
        return type() == FrameFormat.SEGMENT_HEADER;
    }

    byte type() {
        return bytes.get(frame + 3);
    }

    boolean hasMoreChunks() {
        return (bytes.getShort(frame + 4) & FrameFormat.MORE_CHUNKS) != 0;
    }

    int chunk() {
        return bytes.getShort(frame + 6) & 0xFFFF;
    }

    long lsn() {
        return bytes.getLong(frame + 16);
    }

    /** The payload, until something else is looked at. */
    ByteBuffer payload() {
        return bytes.slice(frame + FrameFormat.HEADER, length);
    }
}
