package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.StoreConfig;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.store.SnapshotHistory.Recovered;
import io.ferrymq.testkit.journal.JournalWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots that are made while the log goes on: whichever is used, a recovery finds what the whole log says. */
final class RunningSnapshotTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final long seed = Long.getLong("ferrymq.seed", System.nanoTime());

    private int nth;

    @TempDir
    private Path data;

    private SnapshotHistory history(StoreEngine engine) {
        return new SnapshotHistory(data, engine, new Random(seed));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldFindTheSameAsInTheWholeLogWheneverItWasMade(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        Random moments = new Random(seed);
        for (int round = 0; round < 5; round++) {
            for (int i = moments.nextInt(4); i > 0; i--) {
                history.steps(moments.nextInt(80), moments.nextInt(4) == 0 ? 400_000 : 4_000);
                history.snapshot();
            }
            history.steps(moments.nextInt(40), 30_000);
            history.close();
            Recovered found = history.recover();
            Recovered whole = history.recoverFromLog();
            assertThat(whole.bySnapshot()).isFalse();
            assertThat(whole.live()).as("log, seed %d, round %d", seed, round).isEqualTo(history.expected());
            assertThat(found.live())
                    .as("snapshot, seed %d, round %d", seed, round)
                    .isEqualTo(history.expected());
            assertThat(found.recovery().lastLsn()).isEqualTo(whole.recovery().lastLsn());
            assertThat(found.recovery().damagedRecords()).isZero();
            assertThat(history.generations()).hasSizeLessThanOrEqualTo(2);
            history.restart();
        }
        history.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldGoBackAGenerationAndThenToTheLog(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        history.steps(100, 4_000);
        history.snapshot();
        history.steps(100, 4_000);
        history.snapshot();
        history.steps(10, 4_000);
        history.close();
        Recovered newest = history.recover();
        assertThat(newest.behind()).isEqualTo(10);
        flipAByte(history.generations().get(0));
        Recovered older = history.recover();
        assertThat(older.behind()).isEqualTo(110);
        flipAByte(history.generations().get(1));
        Recovered whole = history.recover();
        assertThat(whole.bySnapshot()).isFalse();
        assertThat(List.of(newest.live(), older.live(), whole.live())).allMatch(history.expected()::equals);
    }

    private void flipAByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[new Random(seed).nextInt(bytes.length)] ^= 4;
        Files.write(file, bytes);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldTakeNoNoticeOfWhatIsTornOrCutOff(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        history.steps(60, 4_000);
        history.snapshot();
        history.steps(10, 4_000);
        history.close();
        Path whole = history.generations().get(0);
        byte[] bytes = Files.readAllBytes(whole);
        Path torn = whole.resolveSibling("9999999999999998.snapshot.tmp");
        Files.write(torn, Arrays.copyOf(bytes, bytes.length / 2));
        Path cut = whole.resolveSibling("9999999999999999.snapshot");
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 16) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            Recovered found = history.recover();
            assertThat(found.live()).as("length %d", length).isEqualTo(history.expected());
            assertThat(found.behind()).isEqualTo(10);
        }
        history.restart();
        await().atMost(LONG).until(() -> !Files.exists(torn));
        history.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldLeaveOutWhatWentWithItsSegment(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        for (int i = 0; i < 40; i++) {
            history.add(100_000);
        }
        SnapshotPlace place = history.snapshot().orElseThrow();
        int before = Stores.segments(data, engine).size();
        history.removeUpTo(30);
        history.close();
        assertThat(Stores.segments(data, engine)).hasSizeLessThan(before);
        Recovered found = history.recover();
        assertThat(found.bySnapshot()).isTrue();
        assertThat(found.live()).isEqualTo(history.expected());

        history.restart();
        history.removeUpTo(40);
        for (int i = 0; i < 40; i++) {
            history.add(100_000);
        }
        history.close();
        assertThat(Stores.segments(data, engine).get(0).id()).isGreaterThan(place.segment());
        Recovered without = history.recover();
        assertThat(without.bySnapshot()).isFalse();
        assertThat(without.live()).isEqualTo(history.expected());
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotHideASegmentThatVanished(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        for (int i = 0; i < 40; i++) {
            history.add(100_000);
        }
        history.snapshot();
        history.close();
        Files.delete(Stores.segments(data, engine).get(1).path());
        Recovered found = history.recover();
        assertThat(found.bySnapshot()).isFalse();
        assertThat(found.recovery().damagedRecords()).isPositive();
    }

    /** Nothing in the log tells of it, so that snapshots are made all the same. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotHideThatTheOldestSegmentVanishedBeforeItWasMade(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        for (int i = 0; i < 40; i++) {
            history.add(100_000);
        }
        history.close();
        Files.delete(Stores.segments(data, engine).get(0).path());
        long missing = history.recover().recovery().damagedRecords();
        assertThat(missing).isPositive();
        for (int start = 0; start < 2; start++) {
            history.restart();
            history.add(100);
            assertThat(history.snapshot()).isPresent();
            history.close();
            Recovered found = history.recover();
            assertThat(found.bySnapshot()).isFalse();
            assertThat(found.recovery().damagedRecords()).isEqualTo(missing);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotMakeOneOverDamage(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        for (int i = 0; i < 40; i++) {
            history.add(100_000);
        }
        SegmentFile second = Stores.segments(data, engine).get(1);
        byte[] bytes = Files.readAllBytes(second.path());
        bytes[(int) Stores.frames(data, second).get(3).offset() + 100] ^= 1;
        Files.write(second.path(), bytes);
        assertThat(catchThrowable(history::snapshot)).isInstanceOf(DamagedRecordException.class);
        assertThat(history.generations()).isEmpty();
        history.close();
        assertThat(history.recover().recovery().damagedRecords()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldKeepTheOneBeforeWhicheverCallFails(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        history.steps(60, 4_000);
        history.snapshot();
        List<Path> before = history.generations();
        history.steps(20, 4_000);
        int calls = 0;
        while (catchThrowable(() -> history.snapshot(new FaultyOutput(++nth)::open)) instanceof IOException) {
            assertThat(history.generations()).as("call %d", nth).isEqualTo(before);
            calls++;
        }
        assertThat(calls).as("open, header, state, end, force, close").isEqualTo(6);
        assertThat(history.generations()).hasSize(2);
        history.close();
        assertThat(history.recover().live()).isEqualTo(history.expected());
    }

    /** A disk whose n-th call fails, a write half way. */
    private static final class FaultyOutput {
        private int left;

        private FaultyOutput(int nth) {
            this.left = nth;
        }

        private boolean fails() {
            return --left == 0;
        }

        private SnapshotFiles.Output open(Path file) throws IOException {
            if (fails()) {
                throw new IOException("No space left on device");
            }
            SnapshotFiles.Output real = SnapshotFiles.onDisk(file);
            return new SnapshotFiles.Output() {
                @Override
                public void write(ByteBuffer[] bytes) throws IOException {
                    if (fails()) {
                        real.write(new ByteBuffer[] {bytes[0]});
                        throw new IOException("No space left on device");
                    }
                    real.write(bytes);
                }

                @Override
                public void force() throws IOException {
                    if (fails()) {
                        throw new IOException("Input/output error");
                    }
                    real.force();
                }

                @Override
                public void close() throws IOException {
                    real.close();
                    if (fails()) {
                        throw new IOException("Input/output error");
                    }
                }
            };
        }
    }

    /** A copy of the directory was put back, and the log went another way since. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotBelieveOneOfAnotherPast(StoreEngine engine, @TempDir Path copy) throws IOException {
        SnapshotHistory history = history(engine);
        history.steps(50, 4_000);
        history.close();
        copy(data, copy);
        history.restart();
        history.steps(20, 4_000);
        history.snapshot();
        history.close();
        SnapshotHistory other = new SnapshotHistory(copy, engine, new Random(seed + 1));
        other.steps(40, 4_000);
        other.close();
        copy(data.resolve("snapshots"), copy.resolve("snapshots"));
        assertThat(other.recover().bySnapshot()).isFalse();
    }

    /** A power cut with {@code unsafe-os}: the snapshot is on the disk, what it was made of is not. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotBelieveOneOfAFutureThatWasLost(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        history.steps(60, 4_000);
        history.snapshot();
        List<Path> before = history.generations();
        long last = history.lastLsn();
        Runnable backInTime = history.moment();
        history.steps(20, 4_000);
        history.snapshot();
        List<Path> after = history.generations();
        history.close();
        lose(engine, last + 1, Long.MAX_VALUE);
        backInTime.run();
        for (int start = 0; start < 2; start++) {
            Recovered found = history.recover();
            assertThat(found.recovery().damagedRecords()).isZero();
            assertThat(found.recovery().lastLsn()).isEqualTo(last + 10L * start);
            assertThat(found.behind()).isEqualTo(10L * start);
            assertThat(found.live()).isEqualTo(history.expected());
            assertThat(history.generations()).isEqualTo(after);
            history.restart();
            history.steps(10, 4_000);
            history.close();
        }
        history.restart();
        history.steps(10, 4_000);
        Files.move(after.get(0), after.get(0).resolveSibling("9999999999999999.snapshot"));
        history.snapshot();
        history.close();
        assertThat(history.generations()).hasSize(2).containsAll(before);
        assertThat(history.recover().live()).isEqualTo(history.expected());
    }

    /** The last pages of it were on the disk by chance, and a start without the snapshot has given its LSNs again since. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotBelieveOneWhoseRecordWasTornOff(StoreEngine engine) throws IOException {
        SnapshotHistory history = history(engine);
        history.steps(20, 4_000);
        long last = history.lastLsn();
        Runnable backInTime = history.moment();
        history.addTogether(3);
        history.snapshot();
        history.close();
        lose(engine, last + 1, last + 2);
        backInTime.run();
        Path aside = Files.move(data.resolve("snapshots"), data.resolve("away"));
        assertThat(history.recover().recovery().lastLsn()).isEqualTo(last);
        history.restart();
        for (int i = 0; i < 5; i++) {
            history.add(100);
        }
        history.close();
        Files.move(aside, data.resolve("snapshots"));
        Recovered found = history.recover();
        assertThat(found.bySnapshot()).isFalse();
        assertThat(found.live()).isEqualTo(history.expected());
    }

    /** As if these records had been in memory only. */
    private void lose(StoreEngine engine, long from, long to) throws IOException {
        List<SegmentFile> segments = Stores.segments(data, engine);
        SegmentFile newest = segments.get(segments.size() - 1);
        byte[] bytes = Files.readAllBytes(newest.path());
        for (Stores.Found frame : Stores.frames(data, newest)) {
            if (frame.lsn() >= from && frame.lsn() < to) {
                Arrays.fill(bytes, (int) frame.offset(), (int) frame.end(), (byte) 0);
            }
        }
        Files.write(newest.path(), bytes);
        Stores.killed(data, from - 1);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldMakeThemByItselfAsTheLogGrows(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine, StoreConfig.defaults().withSnapshotEveryBytes(1 << 20));
        JournalWatch watch = Stores.start(journal);
        SnapshotFiles files = new SnapshotFiles(data.resolve("snapshots"));
        Path first = grow(journal, watch, 1, files, data);
        Path second = grow(journal, watch, 101, files, first);
        grow(journal, watch, 201, files, second);
        await().atMost(LONG).until(() -> !Files.exists(first));
        journal.close();
        assertThat(files.newestFirst()).hasSize(2);
        Journal again = Stores.open(data, engine);
        List<Record> told = new ArrayList<>();
        assertThat(again.recover((lsn, record) -> told.add(record)).lastLsn()).isEqualTo(300);
        again.close();
        assertThat(told).hasSizeLessThan(250);
    }

    /** Writes a hundred messages, and returns the newest snapshot when it is another one. */
    private static Path grow(Journal journal, JournalWatch watch, long from, SnapshotFiles files, Path before) {
        Stores.write(journal, watch, from, from + 99, 30_000);
        return await().atMost(LONG)
                .ignoreException(FileSystemException.class)
                .until(files::newestFirst, all -> !all.isEmpty() && !all.get(0).equals(before))
                .get(0);
    }

    @Test
    void shouldGoOnWhenNoneCanBeWritten() throws IOException {
        Files.createFile(data.resolve("snapshots"));
        Journal journal =
                Stores.open(data, StoreEngine.NIO, StoreConfig.defaults().withSnapshotEveryBytes(1 << 20));
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 100, 30_000);
        Stores.write(journal, watch, 101, 200, 30_000);
        assertThat(journal.status().failed()).isFalse();
        journal.close();
        assertThat(Stores.replay(data, StoreEngine.NIO).sequences()).hasSize(200);
    }
}
