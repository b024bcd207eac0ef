package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** kill -9 of another JVM in the middle of writing, several times over the same directory. */
@Timeout(120)
final class KillTest {
    @TempDir
    private Path data;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldKeepEveryAcknowledgedRecordOverKills(StoreEngine engine) throws IOException, InterruptedException {
        long acked = 0;
        for (int round = 1; round <= 3; round++) {
            Process child = Children.crashChild(data, engine);
            acked = killAfter(child, acked + 1500L * round);
            Replay replay = Stores.replay(data, engine);
            assertThat(replay.recovery().lastLsn()).isGreaterThanOrEqualTo(acked);
            assertThat(replay.recovery().damagedRecords()).isZero();
            assertThat(replay.sequences())
                    .isEqualTo(LongStream.rangeClosed(1, replay.recovery().lastLsn())
                            .boxed()
                            .toList());
            assertThat(replay.records()).allMatch(r -> Records.isIntact((io.ferrymq.journal.Record.MessageAdded) r));
        }
    }

    /** After a sync that failed, the system takes pages for written that are not: only what is written again can be synced. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldWriteAgainWhatMayOnlyBeInThePageCache(StoreEngine engine) throws IOException, InterruptedException {
        long acked = killAfter(Children.crashChild(data, engine), 100);
        Path newest = newestSegment();
        Files.setLastModifiedTime(newest, FileTime.fromMillis(0));
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.recovery().lastLsn()).isGreaterThanOrEqualTo(acked);
        assertThat(Files.getLastModifiedTime(newest).toMillis()).isPositive();
        assertThat(Stores.replay(data, engine).sequences()).isEqualTo(replay.sequences());
    }

    private Path newestSegment() throws IOException {
        try (Stream<Path> files = Files.walk(new StoreLayout(data, Stores.SEGMENT).journal())) {
            return files.filter(file -> file.toString().matches(".*\\.(segment|cq4)"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    /** Returns the last position the child printed. */
    private static long killAfter(Process child, long position) throws IOException, InterruptedException {
        long acked = 0;
        try (BufferedReader out = child.inputReader()) {
            String line;
            while ((line = out.readLine()) != null && line.matches("\\d+")) {
                acked = Long.parseLong(line);
                if (acked >= position) {
                    child.toHandle().destroyForcibly();
                    break;
                }
            }
        } finally {
            child.toHandle().destroyForcibly();
        }
        child.waitFor();
        assertThat(acked).isGreaterThanOrEqualTo(position);
        return acked;
    }
}
