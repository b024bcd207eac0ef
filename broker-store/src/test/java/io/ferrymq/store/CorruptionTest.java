package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.store.WrittenStore.Damage;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Replay;
import io.ferrymq.testkit.reliability.Trial;
import io.ferrymq.testkit.reliability.TrialTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way to damage the files of a store: a sample of them in the build, whose seed is printed, all of them in the profile {@code reliability}. Recovery hands
 * over no wrong byte, does not hang, loses no more than was touched and says what it lost.
 */
@Tag("reliability")
final class CorruptionTest {
    private static final boolean FULL = Boolean.getBoolean("reliability.full");
    private static final int SAMPLE = 60;
    private static final int TAIL = 8 << 10;
    private static final int LONG_TAIL = 16 << 10;
    private static final int PAGE = 4 << 10;
    /** Far more than a recovery takes on a machine that has other things to do. */
    private static final long HANG_MS = 30_000;

    private final long seed = Long.getLong("reliability.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private long cases;
    private long slowestMs;

    @TempDir(factory = InMemoryDirectory.class)
    private Path temp;

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSurviveAnyFlippedBitOfTheTail(StoreEngine engine) throws IOException {
        WrittenStore store = left(WrittenStore.small(temp.resolve("data"), engine));
        long end = store.end(0);
        for (long bit = Math.max(0, end - TAIL) * 8; bit < end * 8; bit = next(bit, TAIL * 8)) {
            long at = bit / 8;
            store.overwrite(0, at, (byte) (store.original(0, at) ^ 1 << bit % 8));
            check("bit " + bit, store.recover(new Damage(0, at, at + 1)));
            store.restore(0, at, at + 1);
        }
        finish(engine, "flipped bits", store);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSurviveACutAtAnyByteOfTheTail(StoreEngine engine) throws IOException {
        WrittenStore store = left(WrittenStore.large(temp.resolve("data"), engine));
        int last = store.segments() - 1;
        long end = store.end(last);
        for (long at = Math.max(0, end - LONG_TAIL); at < end; at = next(at, LONG_TAIL)) {
            store.truncate(last, at);
            check("cut at " + at, store.recover(new Damage(last, at, Long.MAX_VALUE)));
            store.restore(last, at, end);
        }
        finish(engine, "cut files", store);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSurviveAZeroedPageAnywhere(StoreEngine engine) throws IOException {
        WrittenStore store = left(WrittenStore.large(temp.resolve("data"), engine));
        for (int segment = 0; segment < store.segments(); segment++) {
            long end = store.end(segment);
            long pages = end / PAGE + 1;
            for (long page = 0; page < pages; page = page == 0 ? 1 : next(page, pages * store.segments())) {
                long to = Math.min(end, (page + 1) * PAGE);
                store.overwrite(segment, page * PAGE, new byte[(int) (to - page * PAGE)]);
                check("page " + page + " of " + segment, store.recover(new Damage(segment, page * PAGE, to)));
                store.restore(segment, page * PAGE, to);
            }
        }
        finish(engine, "zeroed pages", store);
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSurviveSegmentsSwappedDeletedAndDoubled(StoreEngine engine) throws IOException {
        WrittenStore store = WrittenStore.large(temp.resolve("data"), engine);
        damageSegments(store);
        damageSegments(store.killed());
        finish(engine, "segment files", store);
    }

    private void damageSegments(WrittenStore store) throws IOException {
        for (int one = 0; one < store.segments(); one++) {
            Files.delete(store.file(one));
            checkLost("deleted " + one, store.recover(Damage.whole(one)));
            store.restore(one);
            store.overwrite(one, 0, new byte[(int) store.end(one)]);
            checkLost("zeroed " + one, store.recover(Damage.whole(one)));
            store.restore(one);
            Files.copy(store.file(one), store.nextFile());
            check("doubled " + one, store.recover());
            Files.delete(store.nextFile());
            for (int other = one + 1; other < store.segments(); other++) {
                store.swap(one, other);
                checkLost("swapped " + one + " and " + other, store.recover(Damage.whole(one), Damage.whole(other)));
                store.swap(one, other);
            }
        }
        check("restored", store.recover());
    }

    private void checkLost(String what, Findings findings) {
        check(what, findings);
        assertThat(findings.named()).as("%s: named", what).isPositive();
    }

    /** Whichever of them comes back, alone or with others: it is not read, and it is not missed either. */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldNotReadADroppedSegmentThatReappears(StoreEngine engine) throws IOException {
        Path data = temp.resolve("data");
        Journal journal = Stores.open(data, engine);
        JournalWatch watch = Stores.start(journal);
        Stores.write(journal, watch, 1, 24, 200_000);
        Map<Path, byte[]> copies = new TreeMap<>();
        for (SegmentFile segment : Stores.segments(data, engine)) {
            copies.put(segment.path(), Files.readAllBytes(segment.path()));
        }
        LongStream.rangeClosed(1, 12).forEach(journal::release);
        Stores.write(journal, watch, 25, 26, 10);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Stores.segments(data, engine).size() < copies.size() - 1);
        journal.close();
        List<Long> kept = Stores.replay(data, engine).sequences();
        List<Path> dropped = copies.keySet().stream().filter(Files::notExists).toList();
        for (int back = 1; back < 1 << dropped.size(); back++) {
            for (int i = 0; i < dropped.size(); i++) {
                if ((back & 1 << i) != 0) {
                    Files.write(dropped.get(i), copies.get(dropped.get(i)));
                }
            }
            Replay replay = Stores.replay(data, engine);
            assertThat(replay.sequences()).as("back %d", back).isEqualTo(kept);
            assertThat(replay.recovery().damagedRecords()).as("back %d", back).isZero();
            assertThat(dropped).as("back %d", back).noneMatch(Files::exists);
        }
    }

    /**
     * A data directory of a build that did not write down what must be there. The files before it were dropped, so that how much is missing cannot be told; that
     * something is can.
     */
    @ParameterizedTest
    @EnumSource(names = {"NIO", "CHRONICLE"})
    void shouldSayThatTheBeginningOfTheOldestSegmentIsMissing(StoreEngine engine) throws IOException {
        Path data = temp.resolve("data");
        WrittenStore store = WrittenStore.large(data, engine);
        Files.delete(data.resolve("bounds"));
        Files.delete(store.file(0));
        long dropped = Stores.replay(data, engine).recovery().damagedRecords();
        List<Stores.Found> frames = store.frames(1);
        store.overwrite(1, 0, new byte[(int) frames.get(1).end()]);

        assertThat(dropped).isZero();
        assertThat(Stores.replay(data, engine).recovery().damagedRecords()).isPositive();
    }

    /** By a stop or by a kill. */
    private WrittenStore left(WrittenStore store) throws IOException {
        return random.nextBoolean() ? store.killed() : store;
    }

    /** Every one in the full form, else one chosen at random out of each stretch. */
    private long next(long at, long of) {
        return FULL ? at + 1 : at + 1 + random.nextLong(Math.max(1, 2 * of / SAMPLE));
    }

    private void check(String what, Findings findings) {
        cases++;
        slowestMs = Math.max(slowestMs, findings.tookMs());
        assertThat(findings)
                .as("%s, seed %d", what, seed)
                .satisfies(
                        found -> assertThat(found.wrong()).as("wrong").isEmpty(),
                        found -> assertThat(found.lost()).as("lost").isEmpty(),
                        found -> assertThat(found.unnamed()).as("unnamed").isZero(),
                        found -> assertThat(found.overnamed()).as("overnamed").isZero(),
                        found -> assertThat(found.tookMs()).as("ms").isLessThan(HANG_MS));
    }

    private void finish(StoreEngine engine, String phase, WrittenStore store) {
        Trial.Setting setting = new Trial.Setting("damage", engine.name().toLowerCase(Locale.ROOT), "here", phase);
        Trial.Losses losses = new Trial.Losses(store.entryOf().size(), 0, 0, 0);
        TrialTable.named(System.getProperty("reliability.table", ""))
                .add(new Trial(setting, cases, losses, slowestMs, seed));
    }
}
