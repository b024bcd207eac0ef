package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of dropped segments become new ones; what is left in them of their former life is never taken for a part of the log. */
final class SpareFileTest {
    private static final int PAGE = 4 << 10;
    private static final int TRIALS = 12;
    private static final int LIVE = 60;

    private final long seed = Long.getLong("reliability.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private long sequence;

    @TempDir(factory = InMemoryDirectory.class)
    private Path temp;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadBackOnlyTheLogFromAFileThatWasAnotherSegment(StoreEngine engine) throws IOException {
        Path data = temp.resolve("data");
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        toASegmentInAnOldFile(data, engine, journal, watch);
        writeAndKeep(journal, watch, 3, 20_000);
        long last = journal.durablePosition();
        Path killed = copy(data, "killed");
        journal.close();
        for (Path store : List.of(killed, data)) {
            Replay replay = Stores.replay(store, engine);
            assertThat(replay.recovery().damagedRecords()).isZero();
            assertThat(replay.sequences()).endsWith(sequence - 2, sequence - 1, sequence);
            Journal again = Stores.open(store, engine);
            JournalWatch next = Stores.start(again);
            assertThat(again.durablePosition()).isGreaterThanOrEqualTo(last);
            Stores.write(again, next, sequence + 1, sequence + 1, 100);
            assertThat(store.resolve("journal").resolve(StoreLayout.SPARE)).doesNotExist();
            again.close();
            assertThat(Stores.replay(store, engine).sequences()).endsWith(sequence, sequence + 1);
        }
    }

    /** A power cut leaves of each page that was not synced the new bytes or the old ones. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldTakeOldPagesForWhatZerosWouldBe(StoreEngine engine) throws IOException {
        Path data = temp.resolve("data");
        Journal journal = Stores.openLazy(data, engine);
        JournalWatch watch = Stores.start(journal);
        byte[] old = toASegmentInAnOldFile(data, engine, journal, watch);
        writeAndKeep(journal, watch, 3, 20_000);
        long durable = journal.durablePosition();
        for (int i = 0; i < 30; i++) {
            journal.offer(new JournalEntry(List.of(Records.message(++sequence, random.nextInt(9_000))), false));
        }
        SegmentFile newest = newest(data, engine);
        await().atMost(Duration.ofSeconds(30)).until(() -> lastLsn(data, newest) == durable + 30);
        Path killed = copy(data, "killed");
        journal.close();
        Stores.Found synced = Stores.frames(killed, newest(killed, engine)).stream()
                .filter(frame -> frame.lsn() <= durable)
                .reduce((first, second) -> second)
                .orElseThrow();
        for (int trial = 0; trial < TRIALS; trial++) {
            boolean torn = trial < TRIALS / 2; // else pages are lost that were promised: damage
            int from = torn ? (int) (synced.end() + PAGE - 1) / PAGE : 0;
            boolean[] lost = new boolean[Stores.SEGMENT / PAGE];
            for (int page = from; page < lost.length; page++) {
                lost[page] = random.nextInt(torn ? 3 : 40) == 0;
            }
            Replay zeros = replayWith(killed, engine, lost, new byte[old.length]);
            Replay olds = replayWith(killed, engine, lost, old);
            assertThat(olds.recovery()).as("seed=%d trial=%d", seed, trial).isEqualTo(zeros.recovery());
            assertThat(olds.lsns()).as("seed=%d trial=%d", seed, trial).isEqualTo(zeros.lsns());
            if (torn) {
                assertThat(olds.recovery().damagedRecords()).isZero();
                assertThat(olds.recovery().lastLsn()).isGreaterThanOrEqualTo(durable);
            }
        }
    }

    /** Reading back, looking from outside and making snapshots, while one file after the other becomes another segment. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldTakeNothingForDamageThatBecomesAnotherSegmentWhileItIsRead(StoreEngine engine) throws IOException {
        Path data = temp.resolve("data");
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        SnapshotMaker maker = new SnapshotMaker(
                new StoreLayout(data, Stores.SEGMENT),
                new SnapshotFiles(data.resolve("snapshots")),
                Stores.marker(data).salt(),
                PropertyFormat.NONE,
                new Pace(Clock.system(), () -> false));
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            while (!enough.get()) {
                writeAndKeep(journal, watch, 1, 40_000);
                journal.release(sequence - LIVE); // its LSN: each has one record
            }
        });
        int looks = 0;
        while (!writer.isDone() && (journal.durablePosition() < 2_000 || looks < 3)) {
            long durable = journal.durablePosition();
            journal.read(LongStream.rangeClosed(Math.max(1, durable - 2 * LIVE), durable)
                    .toArray());
            assertThat(journal.status().damagedReads()).isZero();
            looks += hasLooked(data) ? 1 : 0;
            List<SegmentFile> files = Stores.segments(data, engine);
            try {
                maker.make(files, durable);
            } catch (NoSuchFileException | DamagedRecordException e) {
                assertThat(files).as("%s", e).anyMatch(file -> !Files.exists(file.path()));
            }
        }
        enough.set(true);
        writer.join();
        journal.close();
        assertThat(data.resolve("damaged")).doesNotExist();
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.recovery().damagedRecords()).isZero();
        assertThat(replay.recovery().lastLsn()).isEqualTo(sequence);
    }

    /** False when it could not: the segments went faster than it reads. */
    private static boolean hasLooked(Path data) {
        try {
            StoreView view = StoreInspection.of(data, PropertyFormat.NONE).view();
            assertThat(view.log().damages()).isEmpty();
            return true;
        } catch (BrokerException e) {
            assertThat(e).hasRootCauseInstanceOf(NoSuchFileException.class);
            return false;
        }
    }

    /** Where a drop, or the roll that uses its file, may be cut off. */
    private enum Cut {
        FLOOR_MOVED,
        SPARE,
        NEXT_SEGMENT,
        HEADER_WRITTEN,
        HEADER_WRITTEN_NAME_LOST
    }

    /** What was there before is in the way of nothing, and nobody misses it. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldFindTheSameWhereverADropAndTheNextRollAreCutOff(StoreEngine engine) throws IOException {
        Path data = temp.resolve("data");
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        SegmentFile oldest = Stores.segments(data, engine).get(0);
        Path spare = data.resolve("journal").resolve(StoreLayout.SPARE);
        while (!Files.exists(spare)) {
            assertThat(sequence).as("nothing was dropped").isLessThan(400);
            writeAndKeep(journal, watch, 1, 40_000);
            journal.release(sequence - 30); // its LSN: each has one record
        }
        Path killed = copy(data, "killed");
        journal.close();
        Replay whole = Stores.replay(copy(killed, "whole"), engine);
        assertThat(whole.recovery().damagedRecords()).isZero();
        for (Cut cut : Cut.values()) {
            Path trial = copy(killed, "trial");
            cutOff(trial, engine, oldest, cut);
            SegmentFile newest = newest(trial, engine);
            for (int start = 0; start < 2; start++) {
                Journal again = Stores.open(trial, engine);
                Replay replay = Replay.of(again);
                assertThat(replay.recovery().damagedRecords()).as("%s", cut).isZero();
                assertThat(replay.sequences())
                        .as("%s", cut)
                        .startsWith(whole.sequences().toArray(new Long[0]))
                        .hasSize(whole.sequences().size() + start);
                JournalWatch next = new JournalWatch();
                again.start(next);
                Stores.write(again, next, 1000 + start, 1000 + start, 100);
                again.close();
                assertThat(newest(trial, engine).id()).as("%s", cut).isGreaterThan(newest.id() + start);
                assertThat(trial.resolve("journal").resolve(StoreLayout.SPARE))
                        .as("%s", cut)
                        .doesNotExist();
            }
            assertThat(trial.resolve("damaged")).as("%s", cut).doesNotExist();
            delete(trial);
        }
    }

    private static void cutOff(Path trial, StoreEngine engine, SegmentFile oldest, Cut cut) throws IOException {
        Path spare = trial.resolve("journal").resolve(StoreLayout.SPARE);
        SegmentFile newest = newest(trial, engine);
        long id = newest.id() + 1;
        String name = engine == StoreEngine.NIO ? "%016d.segment".formatted(id) : LogicalClock.nameOf(id) + "LX.cq4";
        switch (cut) {
            case SPARE -> {}
            case FLOOR_MOVED ->
                Files.move(spare, newest.path().resolveSibling(oldest.path().getFileName()));
            case NEXT_SEGMENT -> Files.move(spare, newest.path().resolveSibling(name));
            case HEADER_WRITTEN -> {
                begin(trial, spare, id, lastLsn(trial, newest) + 1);
                Files.move(spare, newest.path().resolveSibling(name));
            }
            case HEADER_WRITTEN_NAME_LOST -> begin(trial, spare, id, lastLsn(trial, newest) + 1);
        }
    }

    /** The first frame of a segment, as a roll writes it. */
    private static void begin(Path trial, Path file, long segment, long lsn) throws IOException {
        FormatMarker marker = Stores.marker(trial);
        FrameFormat format = new FrameFormat(marker.salt(), marker.epoch());
        format.segment(segment);
        ByteBuffer header = ByteBuffer.allocate(PAGE).position(FrameFormat.HEADER);
        format.seal(header, 0, FrameFormat.SEGMENT_HEADER, 0, 0, 0, lsn);
        byte[] bytes = Files.readAllBytes(file);
        System.arraycopy(header.array(), 0, bytes, 0, PAGE);
        Files.write(file, bytes);
    }

    private Replay replayWith(Path store, StoreEngine engine, boolean[] lost, byte[] instead) throws IOException {
        Path trial = copy(store, "trial");
        Path newest = newest(trial, engine).path();
        byte[] bytes = Files.readAllBytes(newest);
        for (int page = 0; page < lost.length; page++) {
            if (lost[page]) {
                System.arraycopy(instead, page * PAGE, bytes, page * PAGE, PAGE);
            }
        }
        Files.write(newest, bytes);
        Replay replay = Stores.replay(trial, engine);
        delete(trial);
        return replay;
    }

    /** Writes and releases until the newest segment lies in the file of a dropped one; returns what that held before. */
    private byte[] toASegmentInAnOldFile(Path data, StoreEngine engine, Journal journal, JournalWatch watch)
            throws IOException {
        Path spare = data.resolve("journal").resolve(StoreLayout.SPARE);
        byte[] old = {};
        Object key = "";
        while (!key.equals(key(newest(data, engine).path()))) {
            assertThat(sequence).as("no file was used again").isLessThan(400);
            if (Files.exists(spare)) {
                key = key(spare);
                old = Files.readAllBytes(spare);
            }
            journal.release(writeAndKeep(journal, watch, 1, 40_000));
        }
        return old;
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        Assumptions.assumeThat(key).as("files have no identity here").isNotNull();
        return key;
    }

    /** Returns the LSN of the last one. */
    private long writeAndKeep(Journal journal, JournalWatch watch, int count, int bodyBytes) {
        long last = 0;
        for (int i = 0; i < count; i++) {
            JournalEntry entry = Records.awaited(Records.message(++sequence, bodyBytes));
            journal.offer(entry);
            watch.awaitDurable(entry);
            last = entry.lastLsn();
        }
        return last;
    }

    private static SegmentFile newest(Path data, StoreEngine engine) throws IOException {
        List<SegmentFile> segments = Stores.segments(data, engine);
        return segments.get(segments.size() - 1);
    }

    private static long lastLsn(Path data, SegmentFile segment) throws IOException {
        List<Stores.Found> frames = Stores.frames(data, segment);
        return frames.get(frames.size() - 1).lsn();
    }

    private Path copy(Path store, String name) throws IOException {
        Path copy = temp.resolve(name);
        try (Stream<Path> tree = Files.walk(store)) {
            for (Path from : tree.toList()) {
                Path to = copy.resolve(store.relativize(from).toString());
                if (Files.isDirectory(from)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(from, to);
                }
            }
        }
        return copy;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
