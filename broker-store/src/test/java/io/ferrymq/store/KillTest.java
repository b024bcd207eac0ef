package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.LongStream;
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
