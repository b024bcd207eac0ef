package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The n-th call of the engine fails: what was acknowledged stays, nothing more is, and nothing is tried again. */
final class FaultTest {
    @TempDir
    private Path temp;

    @ParameterizedTest
    @EnumSource(FaultyEngine.Call.class)
    void shouldStopForGoodAtEveryFailingCall(FaultyEngine.Call call) throws IOException {
        List<Throwable> kinds = List.of(new IOException("injected"), new InternalError("injected"));
        for (int nth = 2; nth <= 6; nth += 2) {
            for (Throwable kind : kinds) {
                Path data = Files.createDirectory(
                        temp.resolve(call + "-" + nth + kind.getClass().getSimpleName()));
                for (StoreEngine engine : List.of(StoreEngine.NIO, StoreEngine.CHRONICLE)) {
                    failsForGood(data.resolve(engine.name()), engine, call, nth, kind);
                }
            }
        }
    }

    private static void failsForGood(Path data, StoreEngine engine, FaultyEngine.Call call, int nth, Throwable kind) {
        List<FaultyEngine> faulty = new ArrayList<>();
        Journal journal = Stores.open(data, engine, real -> {
            faulty.add(new FaultyEngine(real, call, nth, kind));
            return faulty.get(0);
        });
        JournalWatch watch = Stores.start(journal);
        long offered = offerUntilRefused(journal, watch);
        watch.awaitFailure();
        long acked = watch.position();
        assertThat(journal.status().failed()).isTrue();
        assertThat(journal.offer(Records.awaited(Records.message(999, 1)))).isFalse();
        journal.close();
        assertThat(watch.failures()).hasSize(1);
        assertThat(watch.failures().get(0)).isInstanceOf(BrokerException.class);
        assertThat(faulty.get(0).callsAfterFailure).isZero();
        assertThat(journal.durablePosition()).isEqualTo(acked).isEqualTo(watch.position());
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.recovery().lastLsn()).isBetween(acked, offered * 2);
        assertThat(replay.recovery().damagedRecords()).isZero();
    }

    /** Messages that fill segments quickly, each released at once so that segments are dropped as well. */
    private static long offerUntilRefused(Journal journal, JournalWatch watch) {
        for (long i = 1; i < 2_000; i++) {
            JournalEntry entry = Records.awaited(Records.message(i, 120_000), Records.removed(i));
            if (!journal.offer(entry)) {
                return i;
            }
            await().atMost(Duration.ofSeconds(30))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() ->
                            !watch.failures().isEmpty() || entry.firstLsn() > 0 && watch.position() >= entry.lastLsn());
            journal.release(entry.firstLsn());
        }
        throw new AssertionError("the fault never came");
    }

    @Test
    void shouldNotStartWhenTheFirstSegmentCannotBeMade() {
        Path data = temp.resolve("none");
        Journal journal = Stores.open(
                data,
                StoreEngine.NIO,
                real -> new FaultyEngine(real, FaultyEngine.Call.ROLL, 1, new IOException("No space left on device")));
        assertThatThrownBy(() -> Stores.start(journal))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("No space left on device");
        assertThat(journal.offer(Records.awaited(Records.message(1, 1)))).isFalse();
        journal.close();
        Journal second = Stores.open(data, StoreEngine.NIO);
        Stores.write(second, Stores.start(second), 1, 2, 10);
        second.close();
    }
}
