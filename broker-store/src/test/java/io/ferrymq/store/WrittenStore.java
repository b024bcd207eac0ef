package io.ferrymq.store;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A store nobody writes any more, and the truth about what is where in its files. Damage is undone by {@link #restore}. */
final class WrittenStore {
    private static final int SPARE = 4 << 10;

    private final Path data;
    private final StoreEngine engine;
    private final List<SegmentFile> segments = new ArrayList<>();
    private final List<byte[]> originals = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final Map<Long, JournalEntry> entryOf = new HashMap<>();
    private long sequence;

    private WrittenStore(Path data, StoreEngine engine) {
        this.data = data;
        this.engine = engine;
    }

    /** Where a frame lies. */
    record Place(int segment, Stores.Found frame) {
        boolean header() {
            return frame.type() == FrameFormat.SEGMENT_HEADER;
        }
    }

    /** Small records in one segment. */
    static WrittenStore small(Path data, StoreEngine engine) throws IOException {
        WrittenStore store = new WrittenStore(data, engine);
        store.write(90, 40, 300);
        store.look();
        return store;
    }

    /** Several segments by three starts, with records in one and in several chunks. */
    static WrittenStore large(Path data, StoreEngine engine) throws IOException {
        WrittenStore store = new WrittenStore(data, engine);
        store.write(12, 2_000, 400_000);
        store.write(30, 2_000, 40_000);
        store.write(12, 30_000, 400_000);
        store.look();
        return store;
    }

    /** A start that ends without a word. Some entries have three records; every one is durable before the next is written. */
    private void write(int count, int smallest, int largest) {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        for (int i = 0; i < count; i++) {
            int bytes = smallest + (largest - smallest) / count * (i * 7 % count);
            JournalEntry entry =
                    i % 4 == 3 ? Records.awaited(next(bytes), next(20), next(bytes)) : Records.awaited(next(bytes));
            if (!journal.offer(entry)) {
                throw new IllegalStateException("refused: " + journal.status());
            }
            watch.awaitDurable(entry);
            for (long lsn = entry.firstLsn(); lsn <= entry.lastLsn(); lsn++) {
                entryOf.put(lsn, entry);
            }
        }
        journal.close();
    }

    private Record next(int bytes) {
        return Records.message(++sequence, bytes);
    }

    private void look() throws IOException {
        segments.addAll(Stores.segments(data, engine));
        for (int i = 0; i < segments.size(); i++) {
            for (Stores.Found frame : Stores.frames(data, segments.get(i))) {
                places.add(new Place(i, frame));
            }
            // without the zeros behind its records a file is read in no time
            truncate(i, end(i) + SPARE);
            originals.add(Files.readAllBytes(file(i)));
        }
    }

    /** As after a kill: nothing says that all of it is on the disk. */
    WrittenStore killed() throws IOException {
        long next = frames(segments() - 1).get(0).lsn();
        Stores.killed(data, entryOf.get(next).firstLsn() - 1);
        return this;
    }

    /** All up to this record was promised beside the journal. */
    long promised() throws IOException {
        return Stores.bounds(data).durableLsn();
    }

    int segments() {
        return segments.size();
    }

    Path file(int segment) {
        return segments.get(segment).path();
    }

    byte original(int segment, long at) {
        return originals.get(segment)[(int) at];
    }

    List<Place> places() {
        return places;
    }

    Map<Long, JournalEntry> entryOf() {
        return entryOf;
    }

    /** The name of a segment after the newest. */
    Path nextFile() {
        SegmentFile newest = segments.get(segments() - 1);
        String pattern = engine == StoreEngine.NIO ? "%016d.segment" : "19700101-%02dLX.cq4";
        return newest.path().resolveSibling(pattern.formatted(newest.id() + 1));
    }

    List<Stores.Found> frames(int segment) {
        return places.stream()
                .filter(place -> place.segment() == segment)
                .map(Place::frame)
                .toList();
    }

    /** Where the last frame of a segment ends. */
    long end(int segment) {
        return frames(segment).stream().mapToLong(Stores.Found::end).max().orElseThrow();
    }

    void overwrite(int segment, long at, byte... bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file(segment).toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }

    void truncate(int segment, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file(segment).toFile(), "rw")) {
            file.setLength(length);
        }
    }

    void swap(int one, int other) throws IOException {
        Path aside = data.resolveSibling(data.getFileName() + ".aside");
        Files.move(file(one), aside);
        Files.move(file(other), file(one));
        Files.move(aside, file(other));
    }

    /** Gives a segment its original bytes back from one offset to another. */
    void restore(int segment, long from, long to) throws IOException {
        byte[] original = originals.get(segment);
        try (RandomAccessFile file = new RandomAccessFile(file(segment).toFile(), "rw")) {
            file.setLength(original.length);
            file.seek(from);
            file.write(original, (int) from, (int) (Math.min(to, original.length) - from));
        }
    }

    void restore(int segment) throws IOException {
        restore(segment, 0, Long.MAX_VALUE);
    }

    /** Recovers the store with these bytes of it damaged. */
    Findings recover(Damage... damaged) throws IOException {
        long began = System.nanoTime();
        return Findings.of(this, List.of(damaged), Stores.replay(data, engine), System.nanoTime() - began);
    }

    /** Bytes that are not what was written. */
    record Damage(int segment, long from, long to) {
        static Damage whole(int segment) {
            return new Damage(segment, 0, Long.MAX_VALUE);
        }

        boolean touches(Place place) {
            return place.segment() == segment
                    && place.frame().offset() < to
                    && place.frame().end() > from;
        }
    }
}
