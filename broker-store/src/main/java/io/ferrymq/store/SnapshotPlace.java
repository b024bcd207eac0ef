package io.ferrymq.store;

import io.ferrymq.journal.Record;
import io.ferrymq.store.SnapshotFormat.SegmentPicture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The record that a snapshot was made behind: what it tells is the state after it. The frame's checksum binds the snapshot to this log.
 *
 * @param segment the id of the segment where its last frame is
 * @param offset where that frame begins
 * @param end where it ends, and the log goes on
 */
record SnapshotPlace(long lsn, long segment, long offset, long end, int crc, int epoch, byte type) {
    static final int BYTES = 4 * Long.BYTES + 2 * Integer.BYTES + 1;
    /** Of a file, to look for frames in. */
    static final int WINDOW = 4 << 20;

    void save(ByteBuffer to) {
        to.putLong(lsn).putLong(segment).putLong(offset).putLong(end);
        to.putInt(crc).putInt(epoch).put(type);
    }

    static SnapshotPlace of(ByteBuffer from) {
        return new SnapshotPlace(
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getInt(),
                from.getInt(),
                from.get());
    }

    private static SnapshotPlace of(SegmentFile file, FrameScanner frame) {
        return new SnapshotPlace(
                frame.lsn(),
                file.id(),
                frame.offset(),
                frame.offset() + frame.bytes(),
                frame.crc(),
                frame.epoch(),
                frame.type());
    }

    boolean isCleanStop() {
        return type == Record.Type.STOPPED_CLEANLY.code();
    }

    /** Whether the log still has that very frame there. */
    boolean isIn(SegmentFile file, long salt) throws IOException {
        try (FrameScanner scanner = new FrameScanner(file, salt, ByteBuffer.allocate(WINDOW))) {
            scanner.seek(offset);
            return scanner.next() && equals(of(file, scanner));
        }
    }

    /**
     * The place of a record, which is the last one in what these pictures show.
     *
     * @throws DamagedRecordException when it is not there
     */
    static SnapshotPlace find(List<SegmentFile> files, List<SegmentPicture> pictures, long lsn, long salt)
            throws IOException {
        ByteBuffer window = ByteBuffer.allocate(WINDOW);
        for (int i = files.size() - 1; i >= 0; i--) {
            SnapshotPlace found = null;
            try (FrameScanner scanner = new FrameScanner(files.get(i), salt, window.clear())) {
                scanner.seek(pictures.get(i).blocks().lastEntryAt());
                while (scanner.next() && (scanner.lsn() <= lsn || scanner.type() == FrameFormat.SEGMENT_HEADER)) {
                    if (scanner.lsn() == lsn && scanner.type() != FrameFormat.SEGMENT_HEADER) {
                        found = of(files.get(i), scanner);
                    }
                }
            }
            if (found != null) {
                return found;
            }
        }
        throw new DamagedRecordException("the last record is not where it was: lsn=" + lsn);
    }
}
