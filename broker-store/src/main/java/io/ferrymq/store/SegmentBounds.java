package io.ferrymq.store;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which segments and records must be in the journal. A start that finds fewer calls it damage, and it does not read what is older.
 *
 * @param epoch which start wrote it
 * @param dropped where the last drop began; it ended before {@code oldest}
 * @param oldest the floor: all segments before this one were dropped
 * @param firstLsn the log begins with this record; 0 when nobody knows
 * @param newest the newest segment that was begun
 * @param durableLsn this record was durable, and all before it
 */
record SegmentBounds(int epoch, long dropped, long oldest, long firstLsn, long newest, long durableLsn) {
    /** Nothing is known. */
    static final SegmentBounds NONE = new SegmentBounds(0, 0, 0, 0, 0, 0);

    private static final String VERSION = "1";

    boolean isDropped(SegmentFile file) {
        return file.id() < oldest;
    }

    SegmentBounds begun(long segment, long durable) {
        return new SegmentBounds(epoch, dropped, oldest, firstLsn, segment, durable);
    }

    SegmentBounds floor(long newDropped, long newOldest, long newFirstLsn) {
        return new SegmentBounds(epoch, newDropped, newOldest, newFirstLsn, newest, durableLsn);
    }

    /** @param change the number of this change of the file */
    byte[] lines(String store, long change) {
        return CheckedLines.of(("bounds=%s\nstore=%s\nchange=%d\nepoch=%d\ndropped=%d\noldest=%d\nfirst=%d\nnewest=%d\n"
                        + "durable=%d\n")
                .formatted(VERSION, store, change, epoch, dropped, oldest, firstLsn, newest, durableLsn));
    }

    /** With the number of the change; empty when the lines are damaged or of another store. */
    static Optional<Change> of(byte[] bytes, String store) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        CheckedLines lines = CheckedLines.read(text.trim().concat("\n").getBytes(StandardCharsets.ISO_8859_1));
        if (!lines.isIntact()
                || !lines.value("bounds").equals(VERSION)
                || !lines.value("store").equals(store)) {
            return Optional.empty();
        }
        SegmentBounds bounds = new SegmentBounds(
                Integer.parseInt(lines.value("epoch")),
                Long.parseLong(lines.value("dropped")),
                Long.parseLong(lines.value("oldest")),
                Long.parseLong(lines.value("first")),
                Long.parseLong(lines.value("newest")),
                Long.parseLong(lines.value("durable")));
        return Optional.of(new Change(Long.parseLong(lines.value("change")), bounds));
    }

    /** As it stands in the file. */
    record Change(long number, SegmentBounds bounds) {}
}
