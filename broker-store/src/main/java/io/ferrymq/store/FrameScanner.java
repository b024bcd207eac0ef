package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * Walks over the valid frames of one segment file, whatever lies between them: other engines' structures, zeros, damage. It
 * reads with positional reads, never through a mapping, and trusts nothing but magic and checksum. Owned by one thread.
 */
final class FrameScanner implements AutoCloseable {
    private final FileChannel channel;
    private final FrameFormat format;
    private final ByteBuffer window;
    private long windowStart;
    private int at;
    private int frame;
    private int length;

    /** @param window room for at least two of the largest frames; belongs to the scanner until it is closed */
    FrameScanner(SegmentFile segment, long salt, ByteBuffer window) throws IOException {
        this.channel = FileChannel.open(segment.path(), StandardOpenOption.READ);
        this.format = new FrameFormat(salt, 0);
        this.window = window;
        format.segment(segment.id());
        window.limit(0);
    }

    /** Goes on at this offset, a multiple of 4, with what has been read already if it is there. */
    void seek(long offset) {
        long inWindow = offset - windowStart;
        if (inWindow >= 0 && inWindow <= window.limit()) {
            at = (int) inWindow;
        } else {
            reread(offset);
        }
    }

    /** Goes on at this offset with what the file holds now. */
    void reread(long offset) {
        windowStart = offset;
        at = 0;
        window.clear().limit(0);
    }

    /** Moves to the next valid frame; false at the end of the file. */
    boolean next() throws IOException {
        while (available(FrameFormat.HEADER)) {
            int last = window.limit() - FrameFormat.HEADER;
            while (at <= last && window.getShort(at) != FrameFormat.MAGIC) {
                at += 4;
            }
            if (at <= last && isFrame()) {
                frame = at;
                at += FrameFormat.HEADER + FrameFormat.padded(length);
                return true;
            }
            at += at <= last ? 4 : 0;
        }
        return false;
    }

    private boolean isFrame() throws IOException {
        length = window.getInt(at + 24);
        return window.get(at + 2) == FrameFormat.VERSION
                && length >= 0
                && length <= FrameFormat.MAX_PAYLOAD
                && available(FrameFormat.HEADER + length)
                && format.validates(window, at, length);
    }

    /** Whether so many bytes from {@code at} on are in the window, after reading on if need be. */
    private boolean available(int bytes) throws IOException {
        if (at + bytes <= window.limit()) {
            return true;
        }
        windowStart += at;
        window.position(Math.min(at, window.limit())).compact();
        at = 0;
        while (window.hasRemaining()) {
            if (channel.read(window, windowStart + window.position()) < 0) {
                break;
            }
        }
        window.flip();
        return bytes <= window.limit();
    }

    byte type() {
        return window.get(frame + 3);
    }

    boolean has(int flag) {
        return (window.getShort(frame + 4) & flag) != 0;
    }

    int chunk() {
        return window.getShort(frame + 6) & 0xFFFF;
    }

    int epoch() {
        return window.getInt(frame + 8);
    }

    long lsn() {
        return window.getLong(frame + 16);
    }

    int crc() {
        return window.getInt(frame + 28);
    }

    /** The position that was durable when this frame was written. */
    long durableThen() {
        return lsn() - 1 - window.getInt(frame + 12);
    }

    /** The payload; valid until the next call of {@link #next}. */
    ByteBuffer payload() {
        int start = frame + FrameFormat.HEADER;
        return window.duplicate().limit(start + length).position(start).slice();
    }

    /** Where the frame begins in its file. */
    long offset() {
        return windowStart + frame;
    }

    /** How many bytes the frame takes in its file. */
    int bytes() {
        return FrameFormat.HEADER + FrameFormat.padded(length);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
