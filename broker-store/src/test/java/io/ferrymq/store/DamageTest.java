package io.ferrymq.store;

import static io.ferrymq.store.Stores.replay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files cut, flipped and zeroed: never a wrong record, never a hang, never more lost than was touched. */
final class DamageTest {
    private static final int RECORDS = 60;

    @TempDir
    private Path data;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldEndWhereTheFileWasCut(StoreEngine engine) throws IOException {
        SegmentFile segment = written(engine);
        List<Stores.Found> frames = Stores.frames(data, segment);
        long end = frames.get(frames.size() - 1).end();
        byte[] original = Files.readAllBytes(segment.path());
        for (long at = end; at > end - 8192; at -= at > end - 300 ? 7 : 211) {
            truncate(segment, at);
            long cut = at;
            long whole =
                    frames.stream().filter(f -> f.type() != 0 && f.end() <= cut).count();
            Replay replay = replay(data, engine);
            assertThat(replay.sequences()).as("cut at %d", at).isEqualTo(numbers(1, whole));
            assertIntact(replay);
            restore(segment, original, at, end);
        }
        assertThat(replay(data, engine).recovery().records()).isEqualTo(RECORDS);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldLoseOnlyTheRecordWithTheFlippedBit(StoreEngine engine) throws IOException {
        SegmentFile segment = written(engine);
        List<Stores.Found> frames = Stores.frames(data, segment);
        byte[] original = Files.readAllBytes(segment.path());
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            Stores.Found hit = frames.get(1 + random.nextInt(RECORDS));
            long at = hit.offset() + random.nextInt(hit.length());
            overwrite(segment, at, new byte[] {(byte) (original[(int) at] ^ 1 << random.nextInt(8))});
            Replay replay = replay(data, engine);
            assertThat(replay.sequences())
                    .as("flip at %d", at)
                    .hasSize(RECORDS - 1)
                    .doesNotContain(hit.lsn());
            assertThat(replay.recovery().damagedRecords()).isEqualTo(hit.lsn() == RECORDS ? 0 : 1);
            assertIntact(replay);
            restore(segment, original, at, at + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldLoseOnlyWhatAZeroedPageTouches(StoreEngine engine) throws IOException {
        SegmentFile segment = written(engine);
        List<Stores.Found> frames = Stores.frames(data, segment);
        byte[] original = Files.readAllBytes(segment.path());
        long end = frames.get(frames.size() - 1).end();
        for (long page = 0; page < end; page += 4096) {
            long from = page;
            long to = Math.min(end, page + 4096);
            overwrite(segment, from, new byte[(int) (to - from)]);
            List<Long> untouched = frames.stream()
                    .filter(f -> f.type() != 0 && (f.end() <= from || f.offset() >= to))
                    .map(Stores.Found::lsn)
                    .toList();
            Replay replay = replay(data, engine);
            assertThat(replay.sequences()).as("page at %d", page).isEqualTo(untouched);
            assertIntact(replay);
            restore(segment, original, from, to);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReportDamageInAnOlderSegmentAndGoOn(StoreEngine engine) throws IOException {
        written(engine);
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), RECORDS + 1, RECORDS + 5, 100);
        journal.close();
        SegmentFile first = Stores.segments(data, engine).get(0);
        Stores.Found hit = Stores.frames(data, first).get(10);
        overwrite(first, hit.offset() + 40, new byte[] {1, 2, 3, 4});
        Replay replay = replay(data, engine);
        assertThat(replay.sequences()).hasSize(RECORDS + 4).doesNotContain(hit.lsn());
        assertThat(replay.recovery().damagedRecords()).isEqualTo(1);
        assertThat(replay.recovery().lastLsn()).isEqualTo(RECORDS + 5);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldLoseAWholeEntryWhenOneOfItsRecordsIsDamaged(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 3, 100);
        var entry = Records.awaited(Records.message(4, 100), Records.message(5, 100), Records.message(6, 100));
        journal.offer(entry);
        watch.awaitDurable(entry);
        Stores.write(journal, watch, 7, 9, 100);
        journal.close();
        SegmentFile segment = Stores.segments(data, engine).get(0);
        overwrite(segment, Stores.frames(data, segment).get(5).offset() + 50, new byte[] {9, 9, 9});
        Replay replay = replay(data, engine);
        assertThat(replay.sequences()).containsExactly(1L, 2L, 3L, 7L, 8L, 9L);
        assertThat(replay.recovery().damagedRecords()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldEndBeforeAHoleInTheUnsyncedTailAndNeverReadBehindIt(StoreEngine engine) throws IOException {
        Journal journal = Stores.openLazy(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 5, 100);
        long synced = journal.status().syncs();
        for (int i = 6; i <= 20; i++) {
            journal.offer(Records.lazy(Records.message(i, 100)));
        }
        Path copy = data.resolveSibling(data.getFileName() + "-copy");
        SegmentFile live = Stores.segments(data, engine).get(0);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Stores.frames(data, live).size() == 21);
        copy(data, copy);
        assertThat(journal.status().syncs()).isEqualTo(synced);
        journal.close();
        SegmentFile segment = Stores.segments(copy, engine).get(0);
        overwrite(segment, Stores.frames(copy, segment).get(12).offset(), new byte[64]);
        Replay first = replay(copy, engine);
        assertThat(first.sequences()).isEqualTo(numbers(1, 11));
        assertThat(first.recovery().damagedRecords()).isZero();
        Journal second = Stores.open(copy, engine);
        Stores.write(second, Stores.start(second), 12, 14, 200);
        second.close();
        Replay again = replay(copy, engine);
        assertThat(again.sequences()).isEqualTo(numbers(1, 14));
        assertThat(again.recovery()).isEqualTo(new Journal.Recovery(14, 14, 0, false));
        assertIntact(again);
    }

    private SegmentFile written(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, RECORDS, 500);
        journal.close();
        Stores.killed(data, engine);
        return Stores.segments(data, engine).get(0);
    }

    private static void assertIntact(Replay replay) {
        assertThat(replay.records()).allMatch(r -> Records.isIntact((io.ferrymq.journal.Record.MessageAdded) r));
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static void truncate(SegmentFile segment, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
            file.setLength(length);
        }
    }

    private static void overwrite(SegmentFile segment, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }

    private static void restore(SegmentFile segment, byte[] original, long from, long to) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
            file.seek(from);
            file.write(original, (int) from, (int) (to - from));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
