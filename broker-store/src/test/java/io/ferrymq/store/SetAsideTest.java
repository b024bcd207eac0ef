package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged bytes are kept and named, and nothing about that stops a start. */
final class SetAsideTest {
    @TempDir
    private Path data;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldCopyWhatLiesBetweenTheGoodEntriesOnce(StoreEngine engine) throws IOException {
        SegmentFile segment = written(engine);
        List<Stores.Found> frames = Stores.frames(data, segment);
        overwrite(segment, frames.get(10).offset() + 200, new byte[] {1, 2, 3});
        assertThat(Stores.replay(data, engine).recovery().damagedRecords()).isEqualTo(1);
        Path copy = onlyCopy();
        long from = frames.get(9).offset() + FrameFormat.padded(frames.get(9).length());
        assertThat(copy.getFileName()).hasToString("1-" + from + ".bin");
        byte[] kept = Files.readAllBytes(copy);
        assertThat(kept).isEqualTo(bytes(segment, from, kept.length));
        assertThat(kept.length).isGreaterThanOrEqualTo(frames.get(10).length() - 4);
        assertThat(SetAside.named(ByteBuffer.wrap(kept), 10, 10))
                .containsExactly("lsn=10 MESSAGE_ADDED queue://ORDERS ID:testkit-1:1:1:10");
        FileTime stamp = Files.getLastModifiedTime(copy);
        assertThat(Stores.replay(data, engine).sequences()).hasSize(29).doesNotContain(10L);
        assertThat(Files.getLastModifiedTime(onlyCopy())).isEqualTo(stamp);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldKeepAWholeEntryWithItsIntactRecords(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 3, 100);
        JournalEntry entry = Records.awaited(Records.message(4, 100), Records.message(5, 100), Records.message(6, 100));
        journal.offer(entry);
        watch.awaitDurable(entry);
        Stores.write(journal, watch, 7, 9, 100);
        journal.close();
        SegmentFile segment = Stores.segments(data, engine).get(0);
        overwrite(segment, Stores.frames(data, segment).get(5).offset(), new byte[4]);
        assertThat(Stores.replay(data, engine).recovery().damagedRecords()).isEqualTo(3);
        assertThat(SetAside.named(ByteBuffer.wrap(Files.readAllBytes(onlyCopy())), 4, 6))
                .containsExactly(
                        "lsn=4 MESSAGE_ADDED queue://ORDERS ID:testkit-1:1:1:4",
                        "lsn=6 MESSAGE_ADDED queue://ORDERS ID:testkit-1:1:1:6");
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldKeepWhatIsDamagedAtTheEndOfASegment(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 40, 100_000);
        journal.close();
        SegmentFile segment = Stores.segments(data, engine).get(1);
        List<Stores.Found> frames = Stores.frames(data, segment);
        Stores.Found last = frames.get(frames.size() - 1);
        overwrite(segment, last.offset() + 1000, new byte[] {1, 2, 3});
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.recovery().damagedRecords()).isEqualTo(1);
        assertThat(replay.sequences()).hasSize(39).doesNotContain(last.lsn());
        assertThat(onlyCopy().getFileName().toString()).startsWith("2-");
        assertThat(SetAside.named(ByteBuffer.wrap(Files.readAllBytes(onlyCopy())), last.lsn(), last.lsn()))
                .containsExactly("lsn=" + last.lsn() + " MESSAGE_ADDED queue://ORDERS ID:testkit-1:1:1:" + last.lsn());
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldKeepNothingWhereNothingIsDamaged(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 40, 100_000);
        journal.close();
        List<SegmentFile> segments = Stores.segments(data, engine);
        SegmentFile last = segments.get(segments.size() - 1);
        List<Stores.Found> frames = Stores.frames(data, last);
        overwrite(last, frames.get(frames.size() - 1).offset() + 50, new byte[] {1, 2, 3});
        Stores.killed(data, engine);
        Journal second = Stores.open(data, engine);
        Stores.write(second, Stores.start(second), 40, 41, 10);
        second.close();
        assertThat(Stores.replay(data, engine).recovery().damagedRecords()).isZero();
        assertThat(data.resolve("damaged")).as("a torn tail").doesNotExist();
        Files.delete(segments.get(1).path());
        assertThat(Stores.replay(data, engine).recovery().damagedRecords()).isPositive();
        assertThat(data.resolve("damaged")).as("a segment that is missing").doesNotExist();
    }

    @Test
    void shouldStartAlsoWhenNothingCanBeKept() throws IOException {
        SegmentFile segment = written(StoreEngine.NIO);
        overwrite(segment, Stores.frames(data, segment).get(10).offset() + 40, new byte[] {1, 2, 3});
        Files.writeString(data.resolve("damaged"), "in the way");
        assertThat(Stores.replay(data, StoreEngine.NIO).sequences()).hasSize(29).doesNotContain(10L);
    }

    @Test
    void shouldKeepNoMoreThanItsBound() throws IOException {
        SegmentFile segment = written(StoreEngine.NIO);
        Path directory = data.resolve("damaged");
        for (int start = 0; start < 10; start++) {
            SetAside setAside = new SetAside(directory, 3_000);
            setAside.begins(segment);
            setAside.goodUpTo(start * 1_000);
            setAside.keep(start * 1_000 + 900, 1, 2);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(3);
        }
    }

    @Test
    void shouldNameWhatCanStillBeReadWhateverTheBytes() throws IOException {
        SegmentFile segment = written(StoreEngine.NIO);
        Stores.Found frame = Stores.frames(data, segment).get(10);
        byte[] bytes = bytes(segment, frame.offset(), frame.length());
        String name = "lsn=10 MESSAGE_ADDED queue://ORDERS ID:testkit-1:1:1:10";
        byte[] noMagic = bytes.clone();
        noMagic[0] = 0;
        assertThat(SetAside.named(ByteBuffer.wrap(noMagic), 9, 11)).containsExactly(name);
        assertThat(SetAside.named(ByteBuffer.wrap(Arrays.copyOf(bytes, 100)), 9, 11))
                .containsExactly(name);
        byte[] noHeader = bytes.clone();
        Arrays.fill(noHeader, 0, FrameFormat.HEADER, (byte) 0);
        assertThat(SetAside.named(ByteBuffer.wrap(noHeader), 9, 11))
                .containsExactly("perhaps queue://ORDERS ID:testkit-1:1:1:10");
        Random random = new Random(4);
        for (int round = 0; round < 2_000; round++) {
            byte[] garbage = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            for (int i = 0; i < 5 && garbage.length > 0; i++) {
                garbage[random.nextInt(Math.min(80, garbage.length))] = (byte) random.nextInt();
            }
            assertThat(SetAside.named(ByteBuffer.wrap(garbage), 9, 11)).hasSizeLessThan(3);
        }
    }

    private SegmentFile written(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 30, 500);
        journal.close();
        return Stores.segments(data, engine).get(0);
    }

    private Path onlyCopy() throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("damaged"))) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.get(0);
        }
    }

    private static byte[] bytes(SegmentFile segment, long from, int length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "r")) {
            byte[] bytes = new byte[length];
            file.seek(from);
            file.readFully(bytes);
            return bytes;
        }
    }

    private static void overwrite(SegmentFile segment, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
            file.seek(at);
            file.write(bytes);
        }
    }
}
