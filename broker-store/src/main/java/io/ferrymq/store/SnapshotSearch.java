package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.StillThere;
import io.ferrymq.store.SnapshotFormat.SegmentPicture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the newest snapshot that can be believed: every byte of it is as it was written, the log still has the record that it was made
 * behind and has not ended before it, and the segments before that one are the same, but for the oldest, which are dropped meanwhile. Used by one thread.
 */
final class SnapshotSearch {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSearch.class);

    private final SnapshotFiles snapshots;
    private final SegmentBounds bounds;
    private final long salt;

    /** @param bounds which segments must be there, as far as that is known */
    SnapshotSearch(SnapshotFiles snapshots, SegmentBounds bounds, long salt) {
        this.snapshots = snapshots;
        this.bounds = bounds;
        this.salt = salt;
    }

    /** A snapshot that fits these segments, of which the first {@code behind} are not behind it. */
    record Found(SnapshotReader snapshot, List<SegmentFile> files, int behind) implements AutoCloseable {
        /** Those of its segments that are still there. */
        List<SegmentPicture> pictures() {
            List<SegmentPicture> all = snapshot.segments();
            return all.subList(all.size() - behind, all.size());
        }

        private long firstLsn() {
            return pictures().stream()
                    .mapToLong(picture -> picture.blocks().firstLsn())
                    .min()
                    .orElse(Long.MAX_VALUE);
        }

        /** Puts the segments into place, but for those behind it. */
        void restore(Segments segments) {
            List<SegmentPicture> pictures = pictures();
            for (int i = 0; i < behind; i++) {
                segments.restore(files.get(i), pictures.get(i));
            }
        }

        /** Tells what it has; returns how many records there are. */
        long tell(Predicate<Record.Type> types, Journal.Visitor visitor) throws IOException {
            return snapshot.tell(types, new StillThere(firstLsn(), visitor));
        }

        /** What the log goes on with: the segment that it was made in, and those after it. */
        List<SegmentFile> filesBehind() {
            return files.subList(behind - 1, files.size());
        }

        @Override
        public void close() throws IOException {
            snapshot.close();
        }
    }

    /** @param files the segments of the log, oldest first */
    Optional<Found> newest(List<SegmentFile> files) throws IOException {
        for (Path file : snapshots.newestFirst()) {
            try {
                return Optional.of(open(file, files));
            } catch (SnapshotReader.UnusableException e) {
                if (e.isOutlived()) {
                    continue;
                }
                LOG.warn(
                        "A snapshot is not used, but an older one or the whole journal: file={}: {}",
                        file,
                        e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** What there is, the newest first, for people. */
    List<StoreView.SnapshotView> views(List<SegmentFile> files) throws IOException {
        List<StoreView.SnapshotView> views = new ArrayList<>();
        for (Path file : snapshots.newestFirst()) {
            String name = String.valueOf(file.getFileName());
            try (Found found = open(file, files)) {
                long lsn = found.snapshot().place().lsn();
                views.add(new StoreView.SnapshotView(name, Files.size(file), lsn, "usable"));
            } catch (SnapshotReader.UnusableException e) {
                views.add(new StoreView.SnapshotView(name, Files.size(file), 0, e.getMessage()));
            } catch (NoSuchFileException e) {
                continue; // a running broker has made a newer one
            }
        }
        return List.copyOf(views);
    }

    private Found open(Path file, List<SegmentFile> files) throws IOException {
        SnapshotReader snapshot = new SnapshotReader(file, salt);
        try {
            if (files.isEmpty() || snapshot.place().segment() < files.get(0).id()) {
                throw new SnapshotReader.UnusableException("all that it tells of is gone from the journal", true);
            }
            if (bounds.oldest() > 0 && files.get(0).id() > bounds.oldest()) {
                throw new SnapshotReader.UnusableException("segments are missing, which only the journal tells of");
            }
            Found found = new Found(snapshot, files, behind(snapshot, files));
            if (found.behind() == 0) {
                throw new SnapshotReader.UnusableException("the journal is not the one that it was made of");
            }
            if (!isReadable(found)) {
                throw new SnapshotReader.UnusableException("it tells of records behind it");
            }
            return found;
        } catch (IOException | RuntimeException e) {
            snapshot.close();
            throw e;
        }
    }

    /** How many of these segments the snapshot knows; 0 when it is of another log, or of a past of this one that is gone. */
    private int behind(SnapshotReader snapshot, List<SegmentFile> files) throws IOException {
        List<SegmentPicture> pictures = snapshot.segments();
        SnapshotPlace place = snapshot.place();
        int known = 0;
        while (known < files.size() && files.get(known).id() <= place.segment()) {
            known++;
        }
        if (known == 0 || known > pictures.size()) {
            return 0;
        }
        for (int i = 0; i < known; i++) {
            if (files.get(i).id() != pictures.get(pictures.size() - known + i).id()) {
                return 0;
            }
        }
        SegmentFile last = files.get(known - 1);
        boolean isThere = last.id() == place.segment() && place.isIn(last, salt);
        return isThere && !isTornOff(place, files.subList(known - 1, files.size())) ? known : 0;
    }

    /** Whether a start has ended the log before this place: what was behind that end may still lie in the file, and its LSNs are given again. */
    private boolean isTornOff(SnapshotPlace place, List<SegmentFile> filesBehind) throws IOException {
        SegmentStarts starts = SegmentStarts.of(filesBehind, salt, ByteBuffer.allocate(SnapshotPlace.WINDOW));
        return starts.endOfEpoch(0) <= place.lsn();
    }

    /** Looked at before anything is told: after that there is no way back. */
    private static boolean isReadable(Found found) throws IOException {
        boolean[] readable = {true};
        found.tell(type -> true, (lsn, record) -> {
            for (long live : record.liveAt(lsn)) {
                readable[0] &= live <= found.snapshot().place().lsn();
            }
        });
        return readable[0];
    }
}
