package io.ferrymq.store;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.snapshot.SnapshotFold;
import io.ferrymq.store.SnapshotFormat.SegmentPicture;
import io.ferrymq.store.SnapshotSearch.Found;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes a snapshot as a recovery would find the state: from the newest one that can be believed, or none, and the log behind it. Used by
 * one thread, while others write the log and drop its oldest segments.
 */
final class SnapshotMaker {
    private static final int BITS_OF_A_BLOCK = 64;

    private final StoreLayout layout;
    private final SnapshotFiles snapshots;
    private final long salt;
    private final PropertyFormat properties;
    private final Pace pace;

    SnapshotMaker(StoreLayout layout, SnapshotFiles snapshots, long salt, PropertyFormat properties, Pace pace) {
        this.layout = layout;
        this.snapshots = snapshots;
        this.salt = salt;
        this.properties = properties;
        this.pace = pace;
    }

    /**
     * Returns the place of the newest snapshot then; empty when there is nothing to make one of.
     *
     * @param files the segments now; one that is gone when it is to be read ends it with NoSuchFileException
     * @param upTo the last LSN to be read; where so much has changed that the heap is not to take it, fewer are
     */
    Optional<SnapshotPlace> make(List<SegmentFile> files, long upTo) throws IOException {
        pace.begin();
        Optional<Found> old = new SnapshotSearch(snapshots, SegmentBounds.NONE, salt).newest(files);
        try (Found found = old.orElse(null)) {
            return make(files, found, upTo);
        }
    }

    private Optional<SnapshotPlace> make(List<SegmentFile> files, @Nullable Found old, long upTo) throws IOException {
        SnapshotFold fold =
                new SnapshotFold(properties, old == null ? 0 : old.snapshot().bytes());
        Segments segments = new Segments();
        if (old != null) {
            old.restore(segments);
            old.tell(SnapshotFold::remembers, fold::before);
        }
        Journal.Recovery read = read(files, old, upTo, fold, segments);
        if (read.records() == 0) {
            return Optional.ofNullable(old).map(found -> found.snapshot().place());
        }
        List<SegmentPicture> pictures = segments.pictures();
        SnapshotPlace place = SnapshotPlace.find(segments.files(), pictures, read.lastLsn(), salt);
        SnapshotWriter.write(
                snapshots,
                salt,
                place,
                pictures.stream()
                        .filter(picture -> picture.id() <= place.segment())
                        .toList(),
                to -> fold.tell(again -> tell(old, again), paced(to)));
        return Optional.of(place);
    }

    private Journal.Recovery read(
            List<SegmentFile> files, @Nullable Found old, long upTo, SnapshotFold fold, Segments segments)
            throws IOException {
        List<SegmentFile> behind = old == null ? files : old.filesBehind();
        OptionalLong goesOnAt = old == null
                ? OptionalLong.empty()
                : OptionalLong.of(old.snapshot().place().end());
        SetAside unused = new SetAside(layout.damaged());
        SnapshotLog log = new SnapshotLog(new LogRecovery(behind, segments, paced(fold), unused, goesOnAt), fold, upTo);
        LogReplay replay = new LogReplay(behind, SegmentBounds.NONE, salt, log);
        log.ends(replay);
        if (old != null) {
            replay.behind(old.snapshot().place());
        }
        Journal.Recovery read = replay.run();
        if (read.lastLsn() < upTo && !fold.isFull()) {
            throw new DamagedRecordException("lsn=" + (read.lastLsn() + 1));
        }
        return read;
    }

    private Journal.Visitor paced(Journal.Visitor visitor) {
        return (lsn, record) -> {
            visitor.onRecord(lsn, record);
            pace.step(record.type() == Record.Type.MESSAGES_WAITING ? BITS_OF_A_BLOCK : 1);
        };
    }

    private static void tell(@Nullable Found old, Journal.Visitor visitor) {
        try {
            if (old != null) {
                old.tell(type -> !SnapshotFold.remembers(type), visitor);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
