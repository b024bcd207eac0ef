package io.ferrymq.store;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a frame: 32 bytes of header, the payload, zeros up to a multiple of 4. All numbers are big-endian.
 *
 * <pre>
 *   0 magic u16 | 2 version u8 | 3 type u8 | 4 flags u16 | 6 chunk u16 | 8 epoch u32 | 12 unsynced u32
 *  16 lsn u64 | 24 length u32 | 28 crc32c u32 | 32 payload
 * </pre>
 *
 * The checksum covers the salt of the log, the id of the segment, the header up to the checksum and the payload: a block
 * that belongs to another segment, another log, or to the body of a message never validates. Owned by one thread.
 */
final class FrameFormat {
    static final short MAGIC = 0x464D;
    static final byte VERSION = 1;
    static final int HEADER = 32;

    /** The type of the first frame of a segment: no payload, its LSN is that of the record that comes next. */
    static final byte SEGMENT_HEADER = 0;

    /** The record goes on in the next frame. */
    static final int MORE_CHUNKS = 1;
    /** The entry goes on with the next record. */
    static final int MORE_IN_ENTRY = 2;
    /** The record is not the first of its entry. */
    static final int CONTINUES_ENTRY = 4;

    /** The most payload in one frame; segments smaller than 8 MiB have smaller frames. */
    static final int MAX_PAYLOAD = 2 << 20;
    /** The most bytes an engine has to append at once. */
    static final int MAX_APPEND = 3 << 20;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed = ByteBuffer.allocate(16);
    private final int epoch;

    FrameFormat(long salt, int epoch) {
        this.epoch = epoch;
        seed.putLong(0, salt);
    }

    /** From now on frames belong to this segment. */
    void segment(long id) {
        seed.putLong(8, id);
    }

    static int padded(int length) {
        return length + 3 & ~3;
    }

    /**
     * Makes a frame of the payload that the caller has put at {@code start + HEADER} up to the buffer's position, and pads
     * it.
     *
     * @param unsynced how many records before this one were not known to be durable
     */
    void seal(ByteBuffer buffer, int start, int type, int flags, int chunk, long unsynced, long lsn) {
        int length = buffer.position() - start - HEADER;
        buffer.putShort(start, MAGIC).put(start + 2, VERSION).put(start + 3, (byte) type);
        buffer.putShort(start + 4, (short) flags).putShort(start + 6, (short) chunk);
        buffer.putInt(start + 8, epoch).putInt(start + 12, (int) Math.min(unsynced, Integer.MAX_VALUE));
        buffer.putLong(start + 16, lsn).putInt(start + 24, length);
        buffer.putInt(start + 28, checksum(buffer, start, length));
        for (int i = length; i < padded(length); i++) {
            buffer.put((byte) 0);
        }
    }

    /** Whether a whole, undamaged frame of this segment lies here; its length must have been checked. */
    boolean validates(ByteBuffer buffer, int start, int length) {
        return buffer.getInt(start + 28) == checksum(buffer, start, length);
    }

    private int checksum(ByteBuffer buffer, int start, int length) {
        crc.reset();
        crc.update(seed.array());
        crc.update(buffer.duplicate().limit(start + 28).position(start));
        crc.update(buffer.duplicate().limit(start + HEADER + length).position(start + HEADER));
        return (int) crc.getValue();
    }
}
