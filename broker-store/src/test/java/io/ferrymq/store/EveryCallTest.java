package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.BrokerException;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import io.ferrymq.testkit.reliability.Trial;
import io.ferrymq.testkit.reliability.TrialTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The engine's n-th call fails, for every n of a script of sends, rolls and releases, on a disk that keeps nothing that was not forced. Nothing is acknowledged
 * after the failure, nothing is tried again, and everything acknowledged is there when the store is opened again. The build tries one fault with each n, at
 * random; the profile {@code reliability} all of them.
 */
@Tag("reliability")
final class EveryCallTest {
    private static final boolean FULL = Boolean.getBoolean("reliability.full");
    private static final int ENTRIES = 12;
    private static final int BODY = 230_000;
    /** A release comes so many entries later, so that several segments are there. */
    private static final int LIVE = 4;

    private final long seed = Long.getLong("reliability.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private long cases;
    private long promised;
    private long slowestMs;

    @TempDir(factory = InMemoryDirectory.class)
    private Path temp;

    /** What can go wrong. */
    private enum Fault {
        EIO(FaultyEngine.Call.ANY, new IOException("Input/output error")),
        ENOSPC(FaultyEngine.Call.ANY, new IOException("No space left on device")),
        SHORT(FaultyEngine.Call.ANY_HALF, new IOException("No space left on device")),
        PAGE(FaultyEngine.Call.ANY, new InternalError("a fault in a mapped page"));

        private final FaultyEngine.Call call;
        private final Throwable failure;

        Fault(FaultyEngine.Call call, Throwable failure) {
            this.call = call;
            this.failure = failure;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldKeepWhatItPromisedWhicheverCallFails(StoreEngine engine) throws IOException {
        int calls = run(engine, Fault.EIO, Integer.MAX_VALUE);
        assertThat(calls).as("calls of the script").isGreaterThan(2 * ENTRIES);
        for (int nth = 1; nth <= calls; nth++) {
            List<Fault> faults =
                    FULL ? List.of(Fault.values()) : List.of(Fault.values()[random.nextInt(Fault.values().length)]);
            for (Fault fault : faults) {
                run(engine, fault, nth);
            }
        }
        TrialTable.named(System.getProperty("reliability.table", ""))
                .add(new Trial(
                        new Trial.Setting("I/O faults", engine.name().toLowerCase(Locale.ROOT), "here", "every call"),
                        cases,
                        new Trial.Losses(promised, 0, 0, 0),
                        slowestMs,
                        seed));
    }

    /** Returns how many calls were made. */
    private int run(StoreEngine engine, Fault fault, int nth) throws IOException {
        String what = "call " + nth + ", " + fault + ", seed " + seed;
        Path data = temp.resolve(engine + "-" + fault + "-" + nth);
        List<FaultyEngine> faulty = new ArrayList<>();
        Journal journal = Stores.open(data, engine, real -> {
            faulty.add(new FaultyEngine(new LosingEngine(real), fault.call, nth, fault.failure));
            return faulty.get(0);
        });
        long acked = write(journal, what);
        boolean failed = faulty.get(0).failed;
        assertThat(failed).as(what).isEqualTo(nth < Integer.MAX_VALUE);
        if (failed) {
            assertThat(journal.offer(Records.awaited(Records.message(999, 1))))
                    .as(what)
                    .isFalse();
        }
        journal.close();
        assertThat(faulty.get(0).callsAfterFailure).as(what).isZero();
        reopen(data, engine, acked, what);
        delete(data);
        cases++;
        promised += acked;
        return faulty.get(0).calls;
    }

    private static void delete(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Runs the script until something is refused; returns what was acknowledged. */
    private static long write(Journal journal, String what) {
        JournalWatch watch = new JournalWatch();
        journal.recover((lsn, record) -> {});
        try {
            journal.start(watch);
        } catch (BrokerException e) {
            assertThat(e.code()).as(what).isEqualTo(BrokerException.Code.STORE_UNUSABLE);
            return 0;
        }
        for (int i = 1; i <= ENTRIES; i++) {
            JournalEntry entry = Records.awaited(Records.message(i, BODY));
            if (!journal.offer(entry)) {
                break;
            }
            await().atMost(Duration.ofSeconds(60))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() ->
                            !watch.failures().isEmpty() || entry.firstLsn() > 0 && watch.position() >= entry.lastLsn());
            if (i > LIVE
                    && i < ENTRIES) { // the last one would be a matter of time: the writer may look at it before it
                // is closed
                journal.release(i - LIVE);
            }
        }
        return watch.position();
    }

    private void reopen(Path data, StoreEngine engine, long acked, String what) {
        long began = System.nanoTime();
        Replay replay = Stores.replay(data, engine);
        slowestMs = Math.max(slowestMs, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        assertThat(replay.recovery().lastLsn()).as(what).isGreaterThanOrEqualTo(acked);
        assertThat(replay.recovery().damagedRecords()).as(what).isZero();
        long firstHeld = Math.max(1, acked - LIVE + 1);
        assertThat(replay.sequences().stream().filter(sequence -> sequence >= firstHeld && sequence <= acked))
                .as(what)
                .hasSize((int) Math.max(0, acked - firstHeld + 1));
        assertThat(replay.records())
                .as(what)
                .allMatch(record -> Records.isIntact((io.ferrymq.journal.Record.MessageAdded) record));
    }
}
