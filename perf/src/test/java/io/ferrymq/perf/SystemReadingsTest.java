package io.ferrymq.perf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemReadingsTest {
    @Test
    void shouldReadTheHeapOfG1WithoutTheMetaspace() {
        String info = """
                4711:
                 garbage-first heap   total 524288K, used 20480K [0x00000000e0000000, 0x0000000100000000)
                  region size 1024K, 3 young (3072K), 1 survivors (1024K)
                 Metaspace       used 30000K, committed 30500K, reserved 1114112K
                  class space    used 3000K, committed 3200K, reserved 1048576K
                """;

        assertThat(HeapUse.mib(info)).isEqualTo(20.0);
    }

    @Test
    void shouldAddUpTheGenerationsOfSerial() {
        String info = """
                4711:
                 def new generation   total 9216K, used 1024K [0x1, 0x2, 0x3)
                  eden space 8192K,   1% used [0x1, 0x2, 0x3)
                 tenured generation   total 20480K, used 3072K [0x1, 0x2, 0x3)
                   the space 20480K,   4% used [0x1, 0x2, 0x3, 0x4)
                 Metaspace       used 3000K, committed 3050K, reserved 1114112K
                """;

        assertThat(HeapUse.mib(info)).isEqualTo(4.0);
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
