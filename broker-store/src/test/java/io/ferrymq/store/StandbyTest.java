package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.StoreConfig;
import io.ferrymq.journal.Journal;
import io.ferrymq.testkit.journal.JournalWatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two brokers and one data directory: one waits for the other, and never do both write. */
@Timeout(120)
final class StandbyTest {
    private static final StoreConfig WAITING = StoreConfig.defaults().withWaitForLock(true);

    @TempDir
    private Path data;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldTakeOverFromAProcessThatIsKilled(StoreEngine engine) throws IOException, InterruptedException {
        Process child = Children.crashChild(data, engine);
        CompletableFuture<Journal> standby;
        long acked = 0;
        try (BufferedReader out = child.inputReader()) {
            acked = Long.parseLong(out.readLine());
            standby = CompletableFuture.supplyAsync(() -> Stores.open(data, engine, WAITING));
            for (int i = 0; i < 20; i++) {
                acked = Long.parseLong(out.readLine());
            }
            assertThat(standby).isNotDone();
        } finally {
            child.toHandle().destroyForcibly();
        }
        child.waitFor();
        await().atMost(Duration.ofSeconds(30)).until(standby::isDone);
        Journal journal = standby.join();
        assertThat(journal.recover((lsn, record) -> {}).lastLsn()).isGreaterThanOrEqualTo(acked);
        journal.start(new JournalWatch());
        journal.close();
        assertThat(Stores.marker(data).epoch()).isEqualTo(2);
    }

    @Test
    void shouldTakeOverFromABrokerInTheSameJvmAfterWhateverItWrote() throws IOException {
        Journal first = Stores.open(data, StoreEngine.NIO);
        CompletableFuture<Journal> standby =
                CompletableFuture.supplyAsync(() -> Stores.open(data, StoreEngine.AUTO, WAITING));
        Stores.write(first, Stores.start(first), 1, 5, 10);
        assertThat(standby).isNotDone();
        first.close();
        await().atMost(Duration.ofSeconds(30)).until(standby::isDone);
        Journal second = standby.join();
        Stores.start(second);
        assertThat(Stores.marker(data).epoch()).isEqualTo(2);
        second.close();
        assertThat(Stores.replay(data, StoreEngine.NIO).sequences()).hasSize(5);
    }

    /** In virtual time, since a loaded machine may take any time for anything: the worst that can come is one pause between two looks. */
    @Test
    void shouldLookForTheLockTwiceASecondAtLeast() throws IOException {
        StoreLock first = StoreLock.take(data, false);
        List<Long> pauses = new ArrayList<>();
        StoreLock second = StoreLock.take(data, true, nanos -> {
            pauses.add(nanos);
            if (pauses.size() == 5) {
                close(first); // just after it has looked
            }
        });
        second.close();
        assertThat(pauses)
                .hasSize(5)
                .allMatch(nanos -> nanos <= Duration.ofMillis(500).toNanos());
    }

    private static void close(StoreLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldStopWaitingWhenItsThreadIsInterrupted() throws InterruptedException {
        Journal first = Stores.open(data, StoreEngine.NIO);
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread waiting = new Thread(() -> Stores.open(data, StoreEngine.NIO, WAITING));
        waiting.setUncaughtExceptionHandler((thread, failure) -> ended.set(failure));
        waiting.start();
        waiting.interrupt();
        waiting.join();
        assertThat(ended.get())
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("in use by another broker in this JVM");
        first.close();
    }

    @Test
    void shouldSayWhoHasTheDirectory() throws IOException, InterruptedException {
        Process child = Children.crashChild(data, StoreEngine.NIO);
        try (BufferedReader out = child.inputReader()) {
            assertThat(out.readLine()).isNotNull();
            assertThatThrownBy(() -> Stores.open(data, StoreEngine.NIO))
                    .hasMessageContaining("in use by another process (epoch=1 pid=" + child.pid() + ")");
        } finally {
            child.toHandle().destroyForcibly();
            child.waitFor();
        }
    }

    @Test
    void shouldStopWhenSomebodyElseHasBegunALaterEpoch() throws IOException {
        Journal journal = Stores.open(data, StoreEngine.NIO);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 5, 10);
        Stores.marker(data).nextEpoch().write(data);
        watch.awaitFailure();
        assertThat(watch.failures().get(0))
                .hasMessageContaining("not this broker's any more")
                .hasMessageContaining("epoch=2, ours=1");
        journal.close();
    }

    @Test
    void shouldStopWhenItsMarkerIsRemoved() throws IOException {
        Journal journal = Stores.open(data, StoreEngine.NIO);
        JournalWatch watch = Stores.start(journal);
        Files.delete(data.resolve(FormatMarker.FILE));
        watch.awaitFailure();
        assertThat(watch.failures().get(0)).hasMessageContaining("FORMAT marker was removed");
        journal.close();
    }

    @Test
    void shouldStopWhenItsLockFileIsRemoved() throws IOException {
        Journal journal = Stores.open(data, StoreEngine.NIO);
        JournalWatch watch = Stores.start(journal);
        Files.delete(data.resolve("LOCK"));
        watch.awaitFailure();
        assertThat(watch.failures().get(0)).hasMessageContaining("LOCK file was removed");
        journal.close();
    }
}
