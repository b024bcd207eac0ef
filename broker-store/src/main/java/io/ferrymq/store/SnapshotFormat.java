package io.ferrymq.store;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The chunks of a snapshot file: length u32, crc32c u32, payload. The checksum covers the salt of the log, the number of the chunk and
 * the payload. The first chunk says which log it belongs to and where in it, the last one how many records there are.
 */
final class SnapshotFormat {
    static final int MAGIC = 0x464D534E;
    static final byte VERSION = 3;
    static final int CHUNK_HEADER = 8;
    /** Far above what is written; a length beyond it is damage. */
    static final int MOST_BYTES = 256 << 20;
    /** LSN, type and length before a record's bytes. */
    static final int RECORD_HEADER = 13;

    private SnapshotFormat() {}

    static int checksum(long salt, long chunk, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(16).putLong(salt).putLong(chunk).flip());
        crc.update(payload.duplicate());
        return (int) crc.getValue();
    }

    /** One segment as the snapshot has it. */
    record SegmentPicture(long id, BlockIndex blocks, long pins, long pinnedBytes) {
        static final int FIXED_BYTES = 3 * Long.BYTES;

        int bytes() {
            return FIXED_BYTES + blocks.savedBytes();
        }

        void save(ByteBuffer to) {
            to.putLong(id).putLong(pins).putLong(pinnedBytes);
            blocks.save(to);
        }

        static SegmentPicture of(ByteBuffer from) {
            long id = from.getLong();
            long pins = from.getLong();
            long pinnedBytes = from.getLong();
            return new SegmentPicture(id, BlockIndex.saved(from), pins, pinnedBytes);
        }
    }
}
