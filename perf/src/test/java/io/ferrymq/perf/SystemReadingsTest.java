package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemReadingsTest {
    @Test
    void shouldReadWhatIsAliveInAHeap() {
        String histogram = """
                4711:
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:         23456       20971520  [B (java.base@17.0.13)
                   2:           100           2400  TotalOf
                Total         23556       20973920
                """;

        assertThat(HeapUse.mib(histogram)).isCloseTo(20.002, within(0.001));
        assertThat(HeapUse.mib("4711:\n")).isNaN();
    }

    @Test
    void shouldReadTheCountersOfADevice() {
        BlockDevice.Counters before = BlockDevice.Counters.parse("55 0 2102 4 1 0 2 0 0 0 6 0 0 0 0 1 0\n");
        BlockDevice.Counters after =
                BlockDevice.Counters.parse("   59 1 2112 5 14 10 20508 322 0 72 350 0 0 0 0 3 22\n");

        assertThat(after.since(before)).isEqualTo(new BlockDevice.Counters(13, 20_506 * 512, 2));
    }

    @Test
    void shouldFindTheEndOfWhatIsNotZero(@TempDir Path directory) throws IOException {
        byte[] content = new byte[1 << 20];
        content[300_001] = 1;
        Path file = Files.write(directory.resolve("a.segment"), content);

        assertThat(JournalFiles.extent(file)).isEqualTo(300_002);
        assertThat(JournalFiles.extent(Files.write(file, new byte[1 << 20]))).isZero();
    }

    @Test
    void shouldNotCountWhatIsLeftOfAnotherSegment(@TempDir Path directory) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(1 << 20);
        frame(content, 33_000, 17, 0);
        frame(content, 33_036, 17, 1_021); // padded to 1,024
        frame(content, 36_864, 5, 1_000);

        assertThat(JournalFiles.extent(Files.write(directory.resolve("a.cq4"), content.array())))
                .isEqualTo(33_036 + 32 + 1_024);
    }

    private static void frame(ByteBuffer content, int at, long lsn, int length) {
        content.putShort(at, (short) 0x464D).putLong(at + 16, lsn).putInt(at + 24, length);
    }

    @Test
    void shouldCountASegmentThatIsGoneAsFull(@TempDir Path directory) throws IOException {
        Path journal = Files.createDirectories(directory.resolve("journal").resolve("r000001"));
        Path first = Files.write(journal.resolve("1.cq4"), new byte[4_096]);
        Files.write(journal.resolve("2.cq4"), new byte[] {1, 1, 0, 0});
        try (JournalFiles files = new JournalFiles(directory, 4_000)) {
            assertThat(files.appended()).isEqualTo(2);

            Files.delete(first);

            assertThat(files.appended()).isEqualTo(4_002);
        }
    }

    @Test
    void shouldReadReadingsBackAsTheyWereStored(@TempDir Path directory) throws IOException {
        Readings readings = new Readings(Map.of("rate", 12.5, "stored", 100.0), "lost: one");
        Path file = directory.resolve("readings");
        readings.store(file);

        assertThat(Readings.load(file)).isEqualTo(readings);
    }
}
