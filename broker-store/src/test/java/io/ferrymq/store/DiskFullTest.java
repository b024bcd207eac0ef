package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real disk that fills up under the writer: nothing stops, nothing is lost, and it goes on when there is space again. */
@Timeout(240)
final class DiskFullTest {
    @TempDir
    private Path temp;

    /** The child takes no notice of low space: the worst that can come. */
    @ParameterizedTest
    @CsvSource({"NIO, TMPFS", "CHRONICLE, TMPFS", "NIO, EXT4", "CHRONICLE, EXT4"})
    void shouldWaitWhenAStrangerTakesAllAndGoOnWhenHeGivesItBack(StoreEngine engine, SmallDisk.Kind kind)
            throws IOException, InterruptedException {
        try (SmallDisk disk = SmallDisk.mount(temp, kind)) {
            Process child = Children.crashChild(disk.data(), engine);
            try {
                AtomicLong acked = follow(child);
                patiently().until(() -> acked.get() > 500);
                patiently().until(() -> {
                    disk.fill(); // again: the ballast may have been there, and goes now
                    return disk.usableBytes() < 1 << 20;
                });
                assertThat(child.isAlive()).isTrue();
                Files.delete(disk.stranger());
                long then = acked.get();
                patiently().until(() -> acked.get() > then + 200);
                child.toHandle().destroyForcibly();
                child.waitFor();
                Replay replay = Stores.replay(disk.data(), engine);
                assertThat(replay.recovery().lastLsn()).isGreaterThanOrEqualTo(acked.get());
                assertThat(replay.recovery().damagedRecords()).isZero();
            } finally {
                child.toHandle().destroyForcibly();
                child.waitFor();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"NIO, TMPFS", "CHRONICLE, TMPFS", "NIO, EXT4", "CHRONICLE, EXT4"})
    void shouldSayThatSpaceIsLowWhileThereIsRoomForRemovals(StoreEngine engine, SmallDisk.Kind kind)
            throws IOException {
        try (SmallDisk disk = SmallDisk.mount(temp, kind)) {
            Journal journal = Stores.open(disk.data(), engine);
            JournalWatch watch = Stores.start(journal);
            Path ballast = disk.data().resolve(Ballast.FILE);
            patiently().until(() -> Files.exists(ballast));
            long messages = fillToTheFloor(journal, watch);
            assertThat(journal.status().spaceLow()).isTrue();
            patiently().until(() -> Files.notExists(ballast));
            long[] all = java.util.stream.LongStream.rangeClosed(1, messages).toArray();
            JournalEntry removal = Records.awaited(Records.removed(all));
            assertThat(journal.offer(removal)).isTrue();
            watch.awaitDurable(removal);
            for (long lsn : all) {
                journal.release(lsn);
            }
            patiently().until(() -> !journal.isSpaceLow());
            assertThat(Files.size(ballast)).isPositive();
            patiently().until(() -> {
                disk.fill();
                return journal.isSpaceLow();
            });
            Files.delete(disk.stranger());
            patiently().until(() -> !journal.isSpaceLow());
            Stores.write(journal, watch, messages + 1, messages + 10, 1_000);
            journal.close();
            assertThat(watch.failures()).isEmpty();
            assertThat(Stores.replay(disk.data(), engine).recovery().damagedRecords())
                    .isZero();
        }
    }

    /** Chronicle writes it through a mapping, where a full disk is a fault. */
    @Test
    void shouldWaitForTheSpaceOfTheHeadOfASegment() throws IOException {
        try (SmallDisk disk = SmallDisk.mount(temp, SmallDisk.Kind.TMPFS)) {
            AtomicLong asked = new AtomicLong();
            Room room = new Room() {
                @Override
                public boolean isUsedUp() {
                    return disk.usableBytes() < 1 << 20;
                }

                @Override
                public void ask() {
                    asked.incrementAndGet();
                    disk.stranger().toFile().delete();
                }

                @Override
                public boolean isGivenUp() {
                    return false;
                }
            };
            Files.createDirectories(disk.data());
            try (ChronicleEngine engine = new ChronicleEngine(disk.data(), 1, Stores.SEGMENT, room)) {
                engine.roll(1, ByteBuffer.allocate(FrameFormat.HEADER));
                engine.append(ByteBuffer.allocateDirect(Stores.SEGMENT / 2)); // some of its zeros are there
                disk.fill();
                engine.roll(2, ByteBuffer.allocate(FrameFormat.HEADER));
                assertThat(asked).hasPositiveValue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"NIO, TMPFS", "CHRONICLE, TMPFS"})
    void shouldStartAndCloseOnAFullDisk(StoreEngine engine, SmallDisk.Kind kind) throws IOException {
        try (SmallDisk disk = SmallDisk.mount(temp, kind)) {
            Journal first = Stores.open(disk.data(), engine);
            Stores.write(first, Stores.start(first), 1, 10, 1_000);
            first.close();
            Files.write(disk.data().resolve(Ballast.FILE), new byte[4 << 20]); // one that an earlier run left
            disk.fill();
            Journal second = Stores.open(disk.data(), engine);
            JournalWatch watch = Stores.start(second);
            assertThat(second.isSpaceLow()).isTrue();
            Stores.write(second, watch, 11, 20, 1_000);
            JournalEntry tooMuch = Records.awaited(Records.message(21, 1_000));
            for (long sequence = 21; second.offer(tooMuch) && sequence < 60; sequence++) {
                tooMuch = Records.awaited(Records.message(sequence, 200_000));
            }
            second.close();
            assertThat(Stores.replay(disk.data(), engine).recovery().lastLsn())
                    .isGreaterThanOrEqualTo(watch.position());
        }
    }

    /** As the broker does: what is sent is offered only while space is not low. Returns how many. */
    private static long fillToTheFloor(Journal journal, JournalWatch watch) {
        long sequence = 0;
        while (!journal.isSpaceLow()) {
            JournalEntry entry = Records.awaited(Records.message(++sequence, 20_000));
            assertThat(journal.offer(entry)).isTrue();
            watch.awaitDurable(entry);
        }
        return sequence;
    }

    /** The last position that the child has printed. */
    private static AtomicLong follow(Process child) {
        AtomicLong acked = new AtomicLong();
        Thread reader = new Thread(() -> {
            try (BufferedReader out = child.inputReader()) {
                out.lines().filter(line -> line.matches("\\d+")).forEach(line -> acked.set(Long.parseLong(line)));
            } catch (IOException | UncheckedIOException e) {
                // the child was killed: what was read is all there is
            }
        });
        reader.setDaemon(true);
        reader.start();
        return acked;
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
