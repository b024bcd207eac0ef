package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.StoreConfig;
import io.ferrymq.StoreConfig.SyncMode;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What has happened to a record before it counts as durable. */
final class SyncModeTest {
    private static final StoreConfig UNSAFE_OS = StoreConfig.defaults().withSync(SyncMode.UNSAFE_OS);

    @TempDir
    private Path data;

    @Test
    void shouldAlwaysSyncUnlessTold() {
        Journal journal = Stores.openLazy(data, StoreEngine.NIO, StoreConfig.defaults());
        Stores.write(journal, Stores.start(journal), 1, 10, 100);
        assertThat(journal.status().syncs()).isEqualTo(10);
        assertThat(journal.status().sync()).isEqualTo("always");
        journal.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldAnswerWithoutASync(StoreEngine engine) {
        Journal journal = Stores.openLazy(data, engine, UNSAFE_OS);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 50, 100_000); // over several segments
        assertThat(journal.durablePosition()).isEqualTo(50);
        assertThat(journal.status().syncs()).isZero();
        assertThat(journal.status().sync()).isEqualTo("unsafe-os");
        journal.close();
        assertThat(Stores.replay(data, engine).sequences()).hasSize(50);
    }

    @Test
    void shouldSyncSoonAllTheSame() {
        Journal journal = Stores.open(data, StoreEngine.NIO, UNSAFE_OS);
        Stores.write(journal, Stores.start(journal), 1, 1, 100);
        await().atMost(Duration.ofSeconds(30)).until(() -> journal.status().syncs() > 0);
        journal.close();
    }

    @Test
    void shouldDropNoSegmentBeforeTheRemovalIsSynced() {
        Journal journal = Stores.openLazy(data, StoreEngine.NIO, UNSAFE_OS);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 30, 100_000);
        int segments = journal.status().segments();
        for (long lsn = 1; lsn <= 30; lsn++) {
            journal.release(lsn);
        }
        Stores.write(journal, watch, 31, 32, 10);
        assertThat(journal.status().segments()).isEqualTo(segments);
        journal.close();
    }

    @Test
    void shouldWriteOnItsOwnThreadAloneIfToldSo() {
        Set<String> writers = new CopyOnWriteArraySet<>();
        JournalWatch watch = new JournalWatch() {
            @Override
            public void durable(long newPosition, BooleanSupplier idle) {
                writers.add(Thread.currentThread().getName());
                super.durable(newPosition, idle);
            }
        };
        Journal journal =
                Stores.open(data, StoreEngine.NIO, StoreConfig.defaults().withSyncOnIoThreads(false));
        journal.recover((lsn, record) -> {});
        journal.start(watch);
        for (int i = 1; i <= 100; i++) {
            JournalEntry entry = Records.awaited(Records.message(i, 10));
            assertThat(journal.offerQuietly(entry)).isTrue();
            journal.writeHere();
            watch.awaitDurable(entry);
        }
        journal.close();
        assertThat(writers).containsExactly("ferrymq-journal");
    }
}
