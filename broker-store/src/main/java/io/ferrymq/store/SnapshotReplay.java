package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the state from the snapshot of a clean stop, if there is one and the log still ends where it was written. Otherwise nothing has
 * been told, and the log is read as a whole. Used once, on the recovering thread.
 */
final class SnapshotReplay {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotReplay.class);
    private static final int WINDOW = 4 << 20;

    private final StoreLayout layout;
    private final long salt;
    private final Segments segments;

    SnapshotReplay(StoreLayout layout, long salt, Segments segments) {
        this.layout = layout;
        this.salt = salt;
        this.segments = segments;
    }

    Optional<Journal.Recovery> run(List<SegmentFile> files, Journal.Visitor visitor) throws IOException {
        if (files.isEmpty() || !Files.exists(layout.snapshot())) {
            return Optional.empty();
        }
        try (SnapshotReader snapshot = new SnapshotReader(layout.snapshot(), salt)) {
            String difference = snapshot.difference(files);
            if (difference != null || !endsThere(files, snapshot) || !namesWhatIsThere(snapshot)) {
                LOG.info("The snapshot is older than the journal, which is read as a whole: {}", difference);
                return Optional.empty();
            }
            return Optional.of(replay(files, snapshot, visitor));
        } catch (SnapshotReader.UnusableException e) {
            LOG.warn(
                    "The snapshot is damaged, and the journal is read as a whole: file={}, {}",
                    layout.snapshot(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether the newest segment ends with the StoppedCleanly that the snapshot was written after. */
    private boolean endsThere(List<SegmentFile> files, SnapshotReader snapshot) throws IOException {
        int newest = files.size() - 1;
        BlockIndex blocks = snapshot.segments().get(newest).blocks();
        try (FrameScanner scanner = new FrameScanner(files.get(newest), salt, ByteBuffer.allocateDirect(WINDOW))) {
            scanner.seek(blocks.lastEntryAt());
            long lsn = 0;
            byte type = FrameFormat.SEGMENT_HEADER;
            while (scanner.next()) {
                lsn = scanner.lsn();
                type = scanner.type();
            }
            return lsn == snapshot.position() && type == Record.Type.STOPPED_CLEANLY.code();
        }
    }

    /** Looked at before anything is told: after that there is no way back. */
    private static boolean namesWhatIsThere(SnapshotReader snapshot) throws IOException {
        long first = snapshot.segments().stream()
                .mapToLong(segment -> segment.blocks().firstLsn())
                .min()
                .orElse(Long.MAX_VALUE);
        boolean[] there = {true};
        snapshot.tell((lsn, record) -> {
            for (long live : record.liveAt(lsn)) {
                there[0] &= live >= first && live <= snapshot.position();
            }
        });
        return there[0];
    }

    private Journal.Recovery replay(List<SegmentFile> files, SnapshotReader snapshot, Journal.Visitor visitor)
            throws IOException {
        for (int i = 0; i < files.size(); i++) {
            segments.restore(files.get(i), snapshot.segments().get(i));
        }
        long records = snapshot.tell((lsn, record) -> {
            for (long live : record.liveAt(lsn)) {
                segments.keepAlive(live);
            }
            visitor.onRecord(lsn, record);
        });
        return new Journal.Recovery(records, snapshot.position(), 0, true);
    }
}
