package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The twelve rules without which Chronicle loses acknowledged messages (docs/journal-format.md). Rules that say "never call
 * this" are pinned by looking at which names the compiled class mentions at all.
 */
final class TwelveRulesTest {
    @TempDir
    private Path data;

    @Test
    void rule01ShouldForceTheFileItselfAndNeverLetChronicleSync() throws IOException {
        assertThat(names(ChronicleEngine.class)).doesNotContain("sync");
        assertThat(names(FrameDocument.class)).doesNotContain("sync");
        assertThat(names(SegmentTail.class)).contains("java/nio/channels/FileChannel", "force");
    }

    @Test
    void rule02ShouldSwitchSyncModeOff() throws IOException {
        assertThat(names(ChronicleEngine.class)).contains("NONE").doesNotContain("SYNC", "ASYNC");
    }

    @Test
    void rule03ShouldHaveAllDurableBeforeItRolls() throws IOException {
        for (StoreEngine engine : List.of(StoreEngine.CHRONICLE, StoreEngine.NIO)) {
            Path store = data.resolve(engine.name());
            Journal journal = Stores.open(store, engine);
            Stores.write(journal, Stores.start(journal), 1, 30, 100_000);
            journal.close();
            List<SegmentFile> segments = Stores.segments(store, engine);
            assertThat(segments).hasSizeGreaterThan(2);
            for (SegmentFile segment : segments) {
                Stores.Found header = Stores.frames(store, segment).get(0);
                assertThat(header.type()).isEqualTo(FrameFormat.SEGMENT_HEADER);
                assertThat(header.durableThen()).isEqualTo(header.lsn() - 1);
            }
        }
        assertThat(names(ChronicleEngine.class)).contains("io/ferrymq/store/Directories");
        assertThat(names(FileEngine.class)).contains("io/ferrymq/store/Directories");
    }

    @Test
    void rule04ShouldRefuseAFrameOfAnotherSegmentOrAnotherStore() {
        ByteBuffer frame = ByteBuffer.allocate(64).position(FrameFormat.HEADER).put(new byte[] {1, 2, 3});
        FrameFormat writer = new FrameFormat(42, 1);
        writer.segment(7);
        writer.seal(frame, 0, 6, 0, 0, 0, 1);
        assertThat(writer.validates(frame, 0, 3)).isTrue();
        writer.segment(8);
        assertThat(writer.validates(frame, 0, 3)).isFalse();
        FrameFormat other = new FrameFormat(43, 1);
        other.segment(7);
        assertThat(other.validates(frame, 0, 3)).isFalse();
    }

    @Test
    void rule05ShouldRecoverByItsOwnScan() throws IOException {
        write(1, 10);
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".cq4t")).toList()) {
                Files.delete(file);
            }
        }
        assertThat(Stores.replay(data, StoreEngine.CHRONICLE).sequences()).hasSize(10);
        assertThat(names(ChronicleEngine.class))
                .doesNotContain("createTailer", "net/openhft/chronicle/queue/ExcerptTailer");
    }

    @Test
    void rule06ShouldUseAFreshQueueDirectoryAtEachStartAndLeaveOldFilesAlone() throws IOException {
        write(1, 10);
        SegmentFile first = Stores.segments(data, StoreEngine.CHRONICLE).get(0);
        byte[] before = Files.readAllBytes(first.path());
        FileTime stamp = Files.getLastModifiedTime(first.path());
        write(11, 12);
        write(13, 14);
        assertThat(Files.readAllBytes(first.path())).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(first.path())).isEqualTo(stamp);
        Set<Path> runs = new HashSet<>();
        Stores.segments(data, StoreEngine.CHRONICLE)
                .forEach(segment -> runs.add(segment.path().getParent().getFileName()));
        assertThat(runs).hasSize(3);
        assertThat(Stores.replay(data, StoreEngine.CHRONICLE).sequences()).hasSize(14);
    }

    @Test
    void rule07ShouldKeepAnotherProcessOut() throws IOException, InterruptedException {
        Journal journal = Stores.open(data, StoreEngine.NIO);
        assertThatThrownBy(() -> Stores.open(data, StoreEngine.NIO)).hasMessageContaining("in this JVM");
        Process child = Children.crashChild(data, StoreEngine.NIO);
        try (BufferedReader out = child.inputReader()) {
            assertThat(out.readLine()).isEqualTo("STORE_LOCKED");
        } finally {
            child.toHandle().destroyForcibly();
        }
        child.waitFor();
        journal.close();
    }

    @Test
    void rule08ShouldGiveTheDiskRealBlocksAheadOfTheWriter() throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/stat")), "needs stat");
        for (StoreEngine engine : List.of(StoreEngine.CHRONICLE, StoreEngine.NIO)) {
            Path store = data.resolve(engine.name());
            Journal journal = Stores.open(store, engine);
            Stores.write(journal, Stores.start(journal), 1, 3, 300_000);
            SegmentFile segment = Stores.segments(store, engine).get(0);
            long end = Stores.frames(store, segment).get(3).end();
            assertThat(allocated(segment.path())).isGreaterThanOrEqualTo(end);
            journal.close();
        }
    }

    private static long allocated(Path file) throws IOException, InterruptedException {
        Process stat = new ProcessBuilder("/usr/bin/stat", "-c", "%b", file.toString()).start();
        try (BufferedReader out = stat.inputReader()) {
            return 512 * Long.parseLong(out.readLine());
        } finally {
            stat.waitFor();
        }
    }

    @Test
    void rule09ShouldTakeAnyThrowableForFatal() {
        for (Throwable fault : List.of(new InternalError("a fault in a mapped page"), new OutOfMemoryError("x"))) {
            Path store = data.resolve(fault.getClass().getSimpleName());
            Journal journal = Stores.open(
                    store, StoreEngine.NIO, real -> new FaultyEngine(real, FaultyEngine.Call.FORCE, 2, fault));
            JournalWatch watch = Stores.start(journal);
            Stores.write(journal, watch, 1, 1, 10);
            journal.offer(Records.awaited(Records.message(2, 10)));
            watch.awaitFailure();
            assertThat(watch.failures().get(0)).hasRootCause(fault);
            assertThat(journal.durablePosition()).isEqualTo(1);
            journal.close();
        }
    }

    @Test
    void rule10ShouldRollBySizeWhateverTheWallClockSays() throws IOException {
        Journal journal = Stores.open(data, StoreEngine.CHRONICLE);
        Stores.write(journal, Stores.start(journal), 1, 30, 100_000);
        journal.close();
        List<SegmentFile> segments = Stores.segments(data, StoreEngine.CHRONICLE);
        assertThat(segments).extracting(SegmentFile::id).startsWith(1L, 2L, 3L);
        assertThat(segments.get(2).path().getFileName()).hasToString("19700101-03LX.cq4");
    }

    @Test
    void rule11ShouldHaveAnalyticsNeitherPresentNorEnabled() throws IOException {
        write(1, 1);
        assertThat(System.getProperty("chronicle.analytics.disable")).isEqualTo("true");
        assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void rule12ShouldGoOnInTheDocumentOfAFailedWrite() throws IOException {
        assertThat(FrameFormat.MAX_APPEND).isLessThan(FrameDocument.MOST_BYTES);
        Path journal = Files.createDirectory(data.resolve("journal"));
        FrameFormat format = new FrameFormat(1, 1);
        format.segment(1);
        try (ChronicleEngine engine = new ChronicleEngine(journal, 1, 8 << 20)) {
            ByteBuffer frame = ByteBuffer.allocateDirect(FrameFormat.HEADER).position(FrameFormat.HEADER);
            format.seal(frame, 0, 0, 0, 0, 0, 1);
            SegmentFile segment = engine.roll(1, frame.flip());
            assertThatThrownBy(() -> engine.append(ByteBuffer.allocateDirect(12 << 20)))
                    .isNotNull();
            engine.append(frame.duplicate().rewind());
            engine.force();
            try (FrameScanner scanner = new FrameScanner(segment, 1, ByteBuffer.allocate(4 << 20))) {
                assertThat(scanner.next()).isTrue();
                assertThat(scanner.next()).isTrue();
                assertThat(scanner.next()).isFalse();
            }
        }
    }

    private void write(long from, long to) {
        Journal journal = Stores.open(data, StoreEngine.CHRONICLE);
        Stores.write(journal, Stores.start(journal), from, to, 100);
        journal.close();
    }

    private static Set<String> names(Class<?> type) throws IOException {
        return names(type.getSimpleName());
    }

    /** All names and texts in the constant pool of a class of this package. */
    private static Set<String> names(String simpleName) throws IOException {
        Set<String> names = new HashSet<>();
        try (InputStream file = TwelveRulesTest.class.getResourceAsStream(simpleName + ".class");
                DataInputStream in = new DataInputStream(java.util.Objects.requireNonNull(file))) {
            in.readLong();
            int count = in.readUnsignedShort();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> names.add(in.readUTF());
                    case 5, 6 -> {
                        in.readLong();
                        i++;
                    }
                    case 7, 8, 16, 19, 20 -> in.readUnsignedShort();
                    case 15 -> in.skipBytes(3);
                    default -> in.readInt();
                }
            }
        }
        return names;
    }
}
