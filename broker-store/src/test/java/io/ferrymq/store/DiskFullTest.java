package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.testkit.journal.Replay;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fills up under the writer; needs root for a small tmpfs and is skipped without. */
@Timeout(120)
final class DiskFullTest {
    @TempDir
    private Path temp;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldFailCleanlyAndKeepWhatWasAcknowledged(StoreEngine engine) throws IOException, InterruptedException {
        Path disk = Files.createDirectory(temp.resolve("disk"));
        Assumptions.assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()), "cannot mount a tmpfs");
        try {
            Path data = disk.resolve("data");
            Process child = Children.crashChild(data, engine);
            long acked = fill(child, disk.resolve("ballast"));
            assertThat(child.waitFor()).as("the child sees the failure itself").isEqualTo(1);
            Files.delete(disk.resolve("ballast"));
            Replay replay = Stores.replay(data, engine);
            assertThat(replay.recovery().lastLsn()).isGreaterThanOrEqualTo(acked);
            assertThat(replay.recovery().damagedRecords()).isZero();
        } finally {
            run("umount", disk.toString());
        }
    }

    /** Once the child is running, takes the rest of the disk away; returns the last position the child printed. */
    private static long fill(Process child, Path ballast) throws IOException {
        long acked = 0;
        try (BufferedReader out = child.inputReader()) {
            String line;
            while ((line = out.readLine()) != null) {
                acked = Long.parseLong(line);
                if (acked > 500 && Files.notExists(ballast)) {
                    takeAll(ballast);
                }
            }
        }
        return acked;
    }

    private static void takeAll(Path ballast) throws IOException {
        try (var out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[64 << 10]);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space");
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
