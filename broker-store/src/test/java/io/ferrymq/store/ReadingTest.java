package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading back from files that are damaged or gone under a running journal, and on threads that are interrupted. */
final class ReadingTest {
    private static final int RECORDS = 200;

    @TempDir
    private Path data;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadAllButTheRecordWithTheFlippedBit(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, RECORDS, 700);
        SegmentFile segment = Stores.segments(data, engine).get(0);
        List<Stores.Found> frames = Stores.frames(data, segment);
        Random random = new Random(11);
        long damaged = 0;
        for (int round = 0; round < 300; round++) {
            Stores.Found hit = frames.get(1 + random.nextInt(RECORDS));
            long at = hit.offset() + (round % 2 == 0 ? random.nextInt(32) : random.nextInt(hit.length()));
            byte[] original = flip(segment, at, 1 << random.nextInt(8));
            long[] lsns = round % 3 == 0
                    ? new Random(round).longs(50, 1, RECORDS + 1).toArray()
                    : LongStream.rangeClosed(1, RECORDS).toArray();
            damaged += Arrays.stream(lsns).filter(lsn -> lsn == hit.lsn()).count();
            assertAllBut(hit.lsn(), lsns, journal.read(lsns));
            assertThat(journal.status().damagedReads()).as("flip at %d", at).isEqualTo(damaged);
            write(segment, at, original);
        }
        long[] all = LongStream.rangeClosed(1, RECORDS).toArray();
        assertAllBut(0, all, journal.read(all));
        journal.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadNoRecordThatLostAPiece(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 1, 10);
        Stores.write(journal, watch, 2, 2, 3_000_000);
        Stores.write(journal, watch, 3, 4, 10);
        List<SegmentFile> segments = Stores.segments(data, engine);
        assertThat(segments).hasSizeGreaterThan(3);
        for (SegmentFile segment : segments) {
            for (Stores.Found frame : Stores.frames(data, segment)) {
                if (frame.type() != FrameFormat.SEGMENT_HEADER && frame.lsn() == 2) {
                    byte[] original = flip(segment, frame.offset() + frame.length() / 2, 4);
                    assertAllBut(2, new long[] {1, 2, 3, 4}, journal.read(new long[] {1, 2, 3, 4}));
                    write(segment, frame.offset() + frame.length() / 2, original);
                }
            }
        }
        assertAllBut(0, new long[] {2, 1}, journal.read(new long[] {2, 1}));
        journal.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSetAsideAndNameWhatCannotBeRead(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 12, 9_000);
        SegmentFile segment = Stores.segments(data, engine).get(0);
        List<Stores.Found> frames = Stores.frames(data, segment);
        for (int hit : new int[] {3, 8, 12}) {
            flip(segment, frames.get(hit).offset() + 5_000, 4);
            for (int times = 0; times < 2; times++) {
                assertAllBut(hit, new long[] {hit}, journal.read(new long[] {hit}));
            }
        }
        journal.close();
        List<Path> copies = copies();
        assertThat(copies).hasSize(3);
        for (Path copy : copies) {
            byte[] bytes = Files.readAllBytes(copy);
            assertThat(bytes.length).isLessThan(10_000);
            assertThat(SetAside.named(ByteBuffer.wrap(bytes), 1, 12))
                    .singleElement()
                    .asString()
                    .matches("lsn=(3|8|12) MESSAGE_ADDED queue://ORDERS ID:testkit-1:1:1:(3|8|12)");
        }
        assertThat(Stores.replay(data, engine).recovery().damagedRecords()).isEqualTo(3);
    }

    private List<Path> copies() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("damaged"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotTakeAFileThatCannotBeReadNowForDamage(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 40, 100_000);
        Path file = Stores.segments(data, engine).get(1).path();
        Path aside = file.resolveSibling("aside");
        long[] lsns = LongStream.rangeClosed(1, 40).toArray();
        Files.move(file, aside);
        Files.createDirectory(file);
        assertThatThrownBy(() -> journal.read(lsns)).isInstanceOf(UncheckedIOException.class);
        assertThat(journal.status().damagedReads()).isZero();
        Files.delete(file);
        Files.move(aside, file);
        assertThat(journal.read(lsns)).doesNotContainNull();
        journal.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldCountWhatIsCutOffOrDeletedByOthers(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 40, 100_000);
        List<SegmentFile> segments = Stores.segments(data, engine);
        List<Stores.Found> second = Stores.frames(data, segments.get(1));
        List<Stores.Found> third = Stores.frames(data, segments.get(2));
        try (RandomAccessFile file = new RandomAccessFile(segments.get(1).path().toFile(), "rw")) {
            file.setLength(second.get(2).offset() + 10);
        }
        Files.delete(segments.get(2).path());
        long from = second.get(2).lsn();
        long to = third.get(third.size() - 1).lsn();
        long[] lsns = LongStream.rangeClosed(1, 40).toArray();
        Record[] records = journal.read(lsns);
        for (int i = 0; i < lsns.length; i++) {
            if (lsns[i] >= from && lsns[i] <= to) {
                assertThat(records[i]).isNull();
            } else {
                assertThat(((Record.MessageAdded) records[i]).sequence()).isEqualTo(lsns[i]);
            }
        }
        assertThat(journal.status().damagedReads()).isEqualTo(to - from + 1);
        journal.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadOverMoreSegmentsThanItKeepsOpenAndThroughInterrupts(StoreEngine engine) {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        JournalEntry last = Records.awaited(Records.message(1, 1));
        for (int i = 1; i <= 90; i++) {
            last = Records.awaited(Records.message(i, 240_000));
            while (!journal.offer(last)) {
                Thread.onSpinWait();
            }
        }
        watch.awaitDurable(last);
        assertThat(journal.status().segments()).isGreaterThan(20);
        long[] lsns = new Random(3).longs(300, 1, 91).toArray();
        assertAllBut(0, lsns, journal.read(lsns));
        Thread.currentThread().interrupt();
        assertAllBut(0, lsns, journal.read(lsns));
        assertThat(Thread.interrupted()).as("passed on").isTrue();
        assertThat(journal.status().damagedReads()).isZero();
        journal.close();
    }

    /** What the torn tail of one start had numbered is numbered again by the next one: only that may be read. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotReadFromTheTornTailOfAnOlderStart(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 2, 10);
        JournalEntry torn =
                Records.awaited(Records.message(3, 10), Records.message(4, 2_500_000), Records.message(5, 10));
        journal.offer(torn);
        watch.awaitDurable(torn);
        journal.close();
        List<SegmentFile> segments = Stores.segments(data, engine);
        SegmentFile last = segments.get(segments.size() - 1);
        List<Stores.Found> frames = Stores.frames(data, last);
        try (RandomAccessFile file = new RandomAccessFile(last.path().toFile(), "rw")) {
            file.setLength(frames.get(frames.size() - 1).offset());
        }
        Stores.killed(data, 2);
        Journal second = Stores.open(data, engine);
        Stores.write(second, Stores.start(second), 3, 5, 20);
        assertAllBut(0, new long[] {1, 2, 3, 4, 5}, second.read(new long[] {1, 2, 3, 4, 5}));
        assertThat(((Record.MessageAdded) second.read(new long[] {4})[0])
                        .message()
                        .body())
                .hasSize(20);
        second.close();
        Journal third = Stores.open(data, engine);
        Stores.start(third);
        assertAllBut(0, new long[] {5, 4, 3, 2, 1}, third.read(new long[] {5, 4, 3, 2, 1}));
        third.close();
    }

    private static void assertAllBut(long damaged, long[] lsns, Record[] records) {
        for (int i = 0; i < lsns.length; i++) {
            if (lsns[i] == damaged) {
                assertThat(records[i]).isNull();
            } else {
                Record.MessageAdded added = (Record.MessageAdded) records[i];
                assertThat(added).as("lsn %d", lsns[i]).isNotNull();
                assertThat(added.sequence()).isEqualTo(lsns[i]);
                assertThat(Records.isIntact(added)).isTrue();
            }
        }
    }

    private static byte[] flip(SegmentFile segment, long at, int bits) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "r")) {
            file.seek(at);
            byte original = file.readByte();
            write(segment, at, new byte[] {(byte) (original ^ bits)});
            return new byte[] {original};
        }
    }

    private static void write(SegmentFile segment, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }
}
