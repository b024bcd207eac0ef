package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageCacheTest {
    private static final int SIZE = (3 << 20) + 17;

    @TempDir
    private Path directory;

    private Path file() throws IOException {
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        return Files.write(directory.resolve("file"), bytes);
    }

    private static void distrust(Path file, long end) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            PageCache.distrust(channel, end);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1 << 20, (1 << 20) + 1, SIZE})
    void shouldLeaveTheBytesAsTheyAre(int end) throws IOException {
        Path file = file();
        byte[] before = Files.readAllBytes(file);
        distrust(file, end);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void shouldNotMakeAFileLonger() throws IOException {
        Path file = file();
        assertThatThrownBy(() -> distrust(file, SIZE + 1)).isInstanceOf(EOFException.class);
        assertThat(Files.size(file)).isEqualTo(SIZE);
    }
}
