package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entries and records that lie across segments, when some of the segments are gone. */
final class LogReplayTest {
    @TempDir
    private Path data;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotTakeTheRestOfADroppedRecordForDamage(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        JournalEntry large = Records.awaited(Records.message(1, 3_500_000), Records.message(2, 10));
        journal.offer(large);
        watch.awaitDurable(large);
        int before = journal.status().segments();
        journal.release(1);
        Stores.write(journal, watch, 3, 3, 10);
        await().atMost(Duration.ofSeconds(30)).until(() -> journal.status().segments() < before);
        journal.close();
        assertThat(Stores.frames(data, Stores.segments(data, engine).get(0))
                        .get(0)
                        .lsn())
                .isEqualTo(1);
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.sequences()).containsExactly(2L, 3L);
        assertThat(replay.recovery()).isEqualTo(new Journal.Recovery(2, 3, 0, false));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldDiscardAnEntryThatWasCutOffSegmentsLater(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 2, 10);
        JournalEntry torn =
                Records.awaited(Records.message(3, 10), Records.message(4, 2_500_000), Records.message(5, 10));
        journal.offer(torn);
        watch.awaitDurable(torn);
        journal.close();
        List<SegmentFile> segments = Stores.segments(data, engine);
        SegmentFile last = segments.get(segments.size() - 1);
        List<Stores.Found> frames = Stores.frames(data, last);
        try (RandomAccessFile file = new RandomAccessFile(last.path().toFile(), "rw")) {
            file.setLength(frames.get(frames.size() - 1).offset());
        }
        Stores.killed(data, 2);
        assertThat(Stores.replay(data, engine).recovery()).isEqualTo(new Journal.Recovery(2, 2, 0, false));
        Journal second = Stores.open(data, engine);
        Stores.write(second, Stores.start(second), 3, 4, 20);
        second.close();
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.sequences()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(replay.recovery()).isEqualTo(new Journal.Recovery(4, 4, 0, false));
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldCountWhatWasInASegmentThatIsMissing(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 40, 100_000);
        journal.close();
        List<SegmentFile> segments = Stores.segments(data, engine);
        assertThat(segments).hasSizeGreaterThan(3);
        long lost = Stores.frames(data, segments.get(1)).size() - 1;
        Files.delete(segments.get(1).path());
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.recovery().damagedRecords()).isEqualTo(lost);
        assertThat(replay.sequences()).hasSize(40 - (int) lost).contains(1L, 40L);
        assertThat(replay.recovery().lastLsn()).isEqualTo(40);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldReadASegmentWhoseHeaderIsDamaged(StoreEngine engine) throws IOException {
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1, 40, 100_000);
        journal.close();
        for (SegmentFile segment : Stores.segments(data, engine)) {
            long header = Stores.frames(data, segment).get(0).offset();
            try (RandomAccessFile file = new RandomAccessFile(segment.path().toFile(), "rw")) {
                file.seek(header);
                file.write(new byte[FrameFormat.HEADER]);
            }
        }
        assertThat(Stores.replay(data, engine).recovery()).isEqualTo(new Journal.Recovery(40, 40, 0, false));
    }
}
