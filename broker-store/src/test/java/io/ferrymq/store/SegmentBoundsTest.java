package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Replay;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Segments that are missing at either end of the log, or there though they were dropped. */
final class SegmentBoundsTest {
    private static final int MESSAGES = 40;
    private static final int BODY = 100_000;

    @TempDir
    private Path data;

    @TempDir
    private Path elsewhere;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldMissTheOldestSegmentUntilItIsBackOrDropped(StoreEngine engine) throws IOException {
        List<SegmentFile> segments = written(engine, 10);
        SegmentFile oldest = segments.get(0);
        assertThat(oldest.id()).as("others were dropped before").isGreaterThan(1);
        List<Long> all = Stores.replay(data, engine).sequences();
        long lost = records(oldest);
        Path away = moveAway(oldest);

        StoreView view = view();
        assertThat(view.census().missing()).containsExactly(new StoreView.MissingSegments(oldest.id(), oldest.id()));
        assertThat(view.log().damages())
                .extracting(Damage::what)
                .containsExactly("segment " + oldest.id() + " is missing");
        for (int start = 0; start < 2; start++) {
            long written = 1000 + start;
            Journal journal = Stores.open(data, engine);
            JournalWatch watch = new JournalWatch();
            assertThat(journal.recover((lsn, record) -> {}).damagedRecords())
                    .as("start %d", start)
                    .isEqualTo(lost);
            journal.start(watch);
            Stores.write(journal, watch, written, written, 10);
            journal.close();
        }
        Files.move(away, oldest.path());
        Replay whole = Stores.replay(data, engine);
        assertThat(whole.recovery().damagedRecords()).isZero();
        assertThat(whole.sequences()).startsWith(all.toArray(new Long[0])).endsWith(1000L, 1001L);

        moveAway(oldest);
        releaseAll(engine);
        assertThat(Stores.replay(data, engine).recovery().damagedRecords())
                .as("what is older than the floor is not missed")
                .isZero();
    }

    /** The first start says how much it had, if anybody knows, the next ones that it is missing. Once others have its LSNs it is not read any more. */
    @ParameterizedTest
    @CsvSource({"NIO, true", "CHRONICLE, true", "NIO, false", "CHRONICLE, false"})
    void shouldMissTheNewestSegmentAndNeverReadItAgain(StoreEngine engine, boolean stopped) throws IOException {
        List<SegmentFile> segments = written(engine, 0);
        if (!stopped) {
            Stores.killed(data, engine);
        }
        SegmentFile newest = segments.get(segments.size() - 1);
        long lost = records(newest);
        long kept = MESSAGES - lost;
        Path away = moveAway(newest);

        assertThat(view().log().damagedRecords()).isEqualTo(stopped ? lost : 1);
        for (int start = 0; start < 3; start++) {
            Journal journal = Stores.open(data, engine);
            JournalWatch watch = new JournalWatch();
            assertThat(journal.recover((lsn, record) -> {}))
                    .as("start %d", start)
                    .isEqualTo(
                            new Journal.Recovery(kept + start, kept + start, start == 0 && stopped ? lost : 1, false));
            journal.start(watch);
            Stores.write(journal, watch, 1000 + start, 1000 + start, 10);
            journal.close();
            assertThat(newest.path()).as("no id is used twice").doesNotExist();
        }
        assertThat(view().census().missing()).containsExactly(new StoreView.MissingSegments(newest.id(), newest.id()));
        Files.move(away, newest.path());
        assertThat(Stores.replay(data, engine).sequences())
                .hasSize((int) kept + 3)
                .endsWith(1000L, 1001L, 1002L);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldMissAllSegments(StoreEngine engine) throws IOException {
        List<Path> away = new ArrayList<>();
        List<SegmentFile> segments = written(engine, 10);
        for (SegmentFile segment : segments) {
            away.add(moveAway(segment));
        }
        long first = Stores.bounds(data).firstLsn();
        Journal.Recovery recovery = Stores.replay(data, engine).recovery();
        assertThat(recovery).isEqualTo(new Journal.Recovery(0, first - 1, MESSAGES - first + 1, false));
        assertThat(view().log().damagedRecords()).isEqualTo(recovery.damagedRecords());
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1000, 1000, 10);
        journal.close();
        assertThat(Stores.replay(data, engine).sequences()).containsExactly(1000L);
        for (int i = 0; i < away.size(); i++) {
            Files.move(away.get(i), segments.get(i).path());
        }
        assertThat(Stores.replay(data, engine).sequences()).containsExactly(1000L);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNoticeDamageInTheLastRecordOfAStop(StoreEngine engine) throws IOException {
        List<SegmentFile> segments = written(engine, 0);
        SegmentFile newest = segments.get(segments.size() - 1);
        List<Stores.Found> frames = Stores.frames(data, newest);
        try (RandomAccessFile file = new RandomAccessFile(newest.path().toFile(), "rw")) {
            file.seek(frames.get(frames.size() - 1).offset() + 1000);
            file.write(new byte[] {1, 2, 3});
        }
        assertThat(view().log().tail()).isEmpty();
        assertThat(view().log().damagedRecords()).isEqualTo(1);
        assertThat(Stores.replay(data, engine).recovery())
                .isEqualTo(new Journal.Recovery(MESSAGES - 1, MESSAGES - 1, 1, false));
        assertThat(data.resolve("damaged")).isDirectoryContaining("glob:**.bin");
    }

    /** Between the floor and the drop there may be a power cut. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldEndADropThatWasCutShort(StoreEngine engine) throws IOException {
        List<SegmentFile> segments = written(engine, 0);
        long first = Stores.frames(data, segments.get(2)).get(0).lsn();
        Stores.write(data, Stores.bounds(data).floor(1, segments.get(2).id(), first));

        assertThat(view().census().missing()).isEmpty();
        assertThat(view().census().leftovers()).hasSize(2);
        Replay replay = Stores.replay(data, engine);
        assertThat(replay.recovery().damagedRecords()).isZero();
        assertThat(replay.sequences()).startsWith(first).endsWith((long) MESSAGES);
        assertThat(Stores.segments(data, engine)).isEqualTo(segments.subList(2, segments.size()));
        assertThat(data.resolve("damaged")).as("they are of no use to anybody").doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSetAsideWhatSomebodyHasBroughtBack(StoreEngine engine) throws IOException {
        List<SegmentFile> segments = written(engine, 0);
        long first = Stores.frames(data, segments.get(2)).get(0).lsn();
        Stores.write(data, Stores.bounds(data).floor(2, segments.get(2).id(), first));

        assertThat(Stores.replay(data, engine).sequences()).startsWith(first);
        assertThat(Stores.segments(data, engine)).isEqualTo(segments.subList(2, segments.size()));
        try (Stream<Path> aside = Files.list(data.resolve("damaged"))) {
            assertThat(aside).singleElement().satisfies(file -> assertThat(file.getFileName())
                    .hasToString("1-" + segments.get(0).path().getFileName()));
        }
    }

    /** A power cut during a roll: the file is there, and nothing in it. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotMissWhatWasNeverBegun(StoreEngine engine) throws IOException {
        List<SegmentFile> segments = written(engine, 0);
        SegmentFile newest = segments.get(segments.size() - 1);
        String pattern = engine == StoreEngine.NIO ? "%016d.segment" : "19700101-%02dLX.cq4";
        Files.write(newest.path().resolveSibling(pattern.formatted(newest.id() + 1)), new byte[4096]);
        for (int start = 0; start < 3; start++) {
            Journal journal = Stores.open(data, engine);
            JournalWatch watch = new JournalWatch();
            assertThat(journal.recover((lsn, record) -> {}))
                    .as("start %d", start)
                    .isEqualTo(new Journal.Recovery(MESSAGES + start, MESSAGES + start, 0, false));
            journal.start(watch);
            Stores.write(journal, watch, 1000 + start, 1000 + start, 10);
            journal.close();
        }
    }

    /** Journal and bounds of different times: what cannot be read by them is for people to look at. */
    @Test
    void shouldDeleteNothingWhenAllThereIsWasDropped() throws IOException {
        List<SegmentFile> segments = written(StoreEngine.NIO, 0);
        Stores.write(data, Stores.bounds(data).begun(100, 1000).floor(1, 100, 1000));
        assertThat(Stores.replay(data, StoreEngine.NIO).recovery().damagedRecords())
                .isPositive();
        try (Stream<Path> aside = Files.list(data.resolve("damaged"))) {
            assertThat(aside).hasSize(segments.size());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldClaimNothingAfterABuildThatDoesNotKnowTheBounds(StoreEngine engine) throws IOException {
        List<SegmentFile> segments = written(engine, 0);
        Stores.marker(data).nextEpoch().write(data);
        Files.delete(segments.get(0).path());
        assertThat(Stores.replay(data, engine).recovery().damagedRecords()).isZero();
        Journal journal = Stores.open(data, engine);
        Stores.write(journal, Stores.start(journal), 1000, 1000, 10);
        journal.close();
        Files.delete(segments.get(1).path());
        assertThat(Stores.replay(data, engine).recovery().damagedRecords())
                .as("the bounds are known again")
                .isEqualTo(Stores.frames(data, segments.get(2)).get(0).lsn()
                        - Stores.bounds(data).firstLsn());
    }

    @Test
    void shouldStartWithoutTheFileAndWithADamagedOne() throws IOException {
        written(StoreEngine.NIO, 10);
        List<Long> all = Stores.replay(data, StoreEngine.NIO).sequences();
        Path file = data.resolve("bounds");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at += 31) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 4;
            Files.write(file, flipped);
            Replay replay = Stores.replay(data, StoreEngine.NIO);
            assertThat(replay.sequences()).as("byte %d", at).isEqualTo(all);
            assertThat(replay.recovery().damagedRecords()).as("byte %d", at).isZero();
        }
        Files.delete(file);
        Journal journal = Stores.open(data, StoreEngine.NIO);
        Stores.write(journal, Stores.start(journal), 1000, 1000, 10);
        journal.close();
        assertThat(Stores.bounds(data).newest())
                .isEqualTo(Stores.segments(data, StoreEngine.NIO).stream()
                        .mapToLong(SegmentFile::id)
                        .max()
                        .orElseThrow());
    }

    @Test
    void shouldNotGrow() throws IOException {
        written(StoreEngine.NIO, 10);
        assertThat(Files.size(data.resolve("bounds"))).isEqualTo(1024);
    }

    /** Several segments; those of the released messages are dropped. */
    private List<SegmentFile> written(StoreEngine engine, int released) throws IOException {
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, MESSAGES, BODY);
        int before = journal.status().segments();
        LongStream.rangeClosed(1, released).forEach(journal::release);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> released == 0 || journal.status().segments() < before);
        journal.close();
        List<SegmentFile> segments = Stores.segments(data, engine);
        assertThat(segments).hasSizeGreaterThan(2);
        return segments;
    }

    private void releaseAll(StoreEngine engine) {
        Journal journal = Stores.open(data, engine);
        List<Long> lsns = new ArrayList<>();
        journal.recover((lsn, record) -> lsns.add(lsn));
        journal.start(new JournalWatch());
        lsns.forEach(journal::release);
        await().atMost(Duration.ofSeconds(30)).until(() -> journal.status().segments() == 1);
        journal.close();
    }

    private long records(SegmentFile segment) throws IOException {
        return Stores.frames(data, segment).size() - 1;
    }

    private Path moveAway(SegmentFile segment) throws IOException {
        return Files.move(segment.path(), elsewhere.resolve(segment.path().getFileName()));
    }

    private StoreView view() {
        return StoreInspection.of(data, PropertyFormat.NONE).view();
    }
}
