package io.ferrymq.testkit.journal;

import static io.ferrymq.testkit.journal.Records.awaited;
import static io.ferrymq.testkit.journal.Records.lazy;
import static io.ferrymq.testkit.journal.Records.message;
import static io.ferrymq.testkit.journal.Records.removed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerException;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The promises of {@link Journal}, as tests that every implementation runs. The subclass opens journals over one log that
 * outlives them, with segments of 1 MiB, a lazy sync of 50 ms and a queue of 1024 entries.
 */
public abstract class JournalContract {
    private final List<Journal> opened = new ArrayList<>();
    private JournalWatch watch = new JournalWatch();

    /** Opens the log of this test; the first call finds it empty. */
    protected abstract Journal open();

    @AfterEach
    void closeAll() {
        opened.forEach(Journal::close);
    }

    @Test
    void shouldRecoverNothingFromAnEmptyLog() {
        Replay replay = Replay.of(opened());
        assertThat(replay.records()).isEmpty();
        assertThat(replay.recovery()).isEqualTo(new Journal.Recovery(0, 0, 0, false));
    }

    @Test
    void shouldNumberRecordsFromOneWithoutGaps() {
        Journal journal = started();
        JournalEntry first = offered(journal, awaited(message(1, 10), message(2, 10), message(3, 10)));
        JournalEntry second = offered(journal, awaited(message(4, 10)));
        watch.awaitDurable(second);
        assertThat(first.firstLsn()).isEqualTo(1);
        assertThat(first.lastLsn()).isEqualTo(3);
        assertThat(second.firstLsn()).isEqualTo(4);
        assertThat(journal.durablePosition()).isEqualTo(4);
    }

    @Test
    void shouldGiveEverythingBackInOrderAfterClose() {
        Journal journal = started();
        for (int i = 1; i <= 500; i++) {
            offered(journal, i % 2 == 0 ? awaited(message(i, i)) : lazy(message(i, i)));
        }
        journal.close();
        Replay replay = Replay.of(opened());
        assertThat(replay.sequences()).isEqualTo(numbers(1, 500));
        assertThat(replay.lsns()).isEqualTo(numbers(1, 500));
        assertIntact(replay);
        assertThat(replay.recovery()).isEqualTo(new Journal.Recovery(500, 500, 0, false));
    }

    @Test
    void shouldGiveEveryKindOfRecordBack() {
        Journal journal = started();
        JournalEntry entry = awaited(
                new Record.DestinationAdded(Records.ORDERS),
                message(1, 0),
                new Record.DeliveriesCounted(Records.ORDERS, new long[] {1}, new int[] {2}),
                removed(1),
                new Record.DestinationRemoved(Records.ORDERS),
                new Record.StoppedCleanly(2));
        offered(journal, entry);
        journal.close();
        List<Record> records = Replay.of(opened()).records();
        assertThat(records).usingRecursiveFieldByFieldElementComparator().containsExactlyElementsOf(entry.records());
    }

    @Test
    void shouldGoOnNumberingAfterReopening() {
        long next = 1;
        for (int round = 0; round < 3; round++) {
            Journal journal = started();
            assertThat(journal.durablePosition()).isEqualTo(next - 1);
            JournalEntry entry = offered(journal, awaited(message(next, 10), message(next + 1, 10)));
            watch.awaitDurable(entry);
            assertThat(entry.firstLsn()).isEqualTo(next);
            journal.close();
            next += 2;
        }
        assertThat(Replay.of(opened()).sequences()).isEqualTo(numbers(1, 6));
    }

    @Test
    void shouldKeepItsId() {
        Journal journal = started();
        String id = journal.id();
        assertThat(id).isNotBlank();
        journal.close();
        assertThat(opened().id()).isEqualTo(id);
    }

    @Test
    void shouldKnowWhetherItStoppedCleanly() {
        Journal journal = started();
        offered(journal, awaited(message(1, 10)));
        offered(journal, awaited(new Record.StoppedCleanly(2)));
        journal.close();
        Journal second = opened();
        assertThat(Replay.of(second).recovery().stoppedCleanly()).isTrue();
        second.start(watch);
        second.close();
        Journal third = opened();
        assertThat(Replay.of(third).recovery().stoppedCleanly())
                .as("started since, and gone without a word")
                .isFalse();
        third.close();
    }

    @Test
    void shouldNotCallAStopCleanThatRecordsFollow() {
        Journal journal = started();
        offered(journal, awaited(new Record.StoppedCleanly(2)));
        journal.close();
        Journal second = started();
        offered(second, awaited(message(2, 10)));
        second.close();
        assertThat(Replay.of(opened()).recovery().stoppedCleanly()).isFalse();
    }

    @Test
    void shouldKeepTheOrderOfEachThread() throws InterruptedException {
        keepTheOrderOfEachThread(false);
    }

    @Test
    void shouldKeepTheOrderOfEachThreadWhoeverWrites() throws InterruptedException {
        keepTheOrderOfEachThread(true);
    }

    /** @param here whether each also writes */
    private void keepTheOrderOfEachThread(boolean here) throws InterruptedException {
        Journal journal = started();
        int each = 2_000;
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int base = t * each;
            threads.add(new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    Record.MessageAdded message = message(base + i, here ? 1_500 : 20); // over several segments
                    JournalEntry entry = i % 7 == 0 ? awaited(message) : lazy(message);
                    if (!here || !journal.offerQuietly(entry)) {
                        offered(journal, entry);
                    }
                    if (here && i % 3 == 0) {
                        journal.writeHere();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        journal.close();
        List<Long> sequences = Replay.of(opened()).sequences();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            assertThat(sequences.stream().filter(s -> s / each == thread).toList())
                    .isEqualTo(numbers((long) t * each, (long) (t + 1) * each - 1));
        }
        assertThat(watch.backwards()).isZero();
    }

    @Test
    void shouldSyncInTheEndWhatNobodyAwaits() {
        Journal journal = started();
        JournalEntry entry = offered(journal, lazy(message(1, 10)));
        watch.awaitDurable(entry);
        assertThat(journal.durablePosition()).isEqualTo(1);
        journal.close();
    }

    @Test
    void shouldMakeDurableWhatIsOfferedQuietlyOnceSomebodyWritesOrWakes() {
        Journal journal = started();
        for (int i = 1; i <= 200; i++) {
            JournalEntry entry = awaited(message(i, 10));
            assertThat(journal.offerQuietly(entry)).isTrue();
            if (i % 2 == 0) {
                journal.writeHere();
            } else {
                journal.wake();
            }
            watch.awaitDurable(entry);
        }
        JournalEntry last = lazy(message(201, 10));
        assertThat(journal.offerQuietly(last)).isTrue();
        journal.writeHere();
        watch.awaitDurable(last);
        journal.close();
        assertThat(Replay.of(opened()).sequences()).isEqualTo(numbers(1, 201));
    }

    @Test
    void shouldTakeWhatIsOfferedOrSayFalseButNeverBlock() {
        Journal journal = started();
        int refused = 0;
        int taken = 0;
        for (int i = 1; i <= 20_000; i++) {
            if (journal.offer(lazy(message(i, 500)))) {
                taken++;
            } else {
                refused++;
            }
        }
        journal.close();
        assertThat(Replay.of(opened()).recovery().lastLsn()).isEqualTo(taken);
        assertThat(taken + refused).isEqualTo(20_000);
    }

    @Test
    void shouldKeepRecordsLargerThanASegment() {
        Journal journal = started();
        offered(journal, awaited(message(1, 10), message(2, 10 << 20), message(3, 10)));
        offered(journal, awaited(message(4, 3 << 20)));
        journal.close();
        Replay replay = Replay.of(opened());
        assertThat(replay.sequences()).isEqualTo(numbers(1, 4));
        assertIntact(replay);
    }

    @Test
    void shouldDropSegmentsFromTheOldEndOnly() {
        Journal journal = started();
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            entries.add(offered(journal, awaited(message(i, 100_000))));
        }
        watch.awaitDurable(entries.get(39));
        int before = journal.status().segments();
        assertThat(before).isGreaterThanOrEqualTo(4);
        entries.subList(1, 40).forEach(entry -> journal.release(entry.firstLsn()));
        nudge(journal);
        assertThat(journal.status().segments()).isGreaterThanOrEqualTo(before);
        journal.release(entries.get(0).firstLsn());
        awaitSegments(journal, 1);
        journal.close();
        assertThat(Replay.of(opened()).recovery().lastLsn()).isEqualTo(41);
    }

    @Test
    void shouldCountOnlyLiveRecords() {
        Journal journal = started();
        JournalEntry entry = awaited(message(1, 1), removed(7), new Record.DestinationAdded(Records.ORDERS));
        watch.awaitDurable(offered(journal, entry));
        assertThat(journal.status().liveRecords()).isEqualTo(2);
        journal.release(entry.firstLsn());
        journal.release(entry.firstLsn());
        journal.release(entry.firstLsn() + 1);
        journal.release(4711);
        nudge(journal);
        assertThat(journal.status().liveRecords()).isEqualTo(1);
    }

    @Test
    void shouldDropAfterReopeningWhatTheCoreReleases() {
        Journal journal = started();
        for (int i = 1; i <= 40; i++) {
            offered(journal, awaited(message(i, 100_000)));
        }
        journal.close();
        Journal second = opened();
        Replay replay = Replay.of(second);
        watch = new JournalWatch();
        replay.lsns().forEach(second::release);
        second.start(watch);
        nudge(second);
        awaitSegments(second, 1);
        second.close();
        JournalEntry next = offered(started(), awaited(message(99, 1)));
        watch.awaitDurable(next);
        assertThat(next.firstLsn()).isEqualTo(42);
    }

    @Test
    void shouldTakeReleasesWhileItRecovers() {
        Journal journal = started();
        for (int i = 1; i <= 40; i++) {
            offered(journal, awaited(message(i, 100_000)));
        }
        journal.close();
        Journal second = opened();
        List<Long> recovered = new ArrayList<>();
        second.recover((lsn, record) -> {
            recovered.add(lsn);
            second.release(lsn);
        });
        assertThat(recovered).isEqualTo(numbers(1, 40));
        assertThat(second.status().liveRecords()).isZero();
        watch = new JournalWatch();
        second.start(watch);
        nudge(second);
        awaitSegments(second, 1);
    }

    @Test
    void shouldRefuseASecondOpener() {
        Journal first = opened();
        assertThatThrownBy(this::open).isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.code())
                .isEqualTo(BrokerException.Code.STORE_LOCKED));
        first.close();
        opened();
    }

    @Test
    void shouldRefuseOffersAfterCloseAndCloseTwice() {
        Journal journal = started();
        offered(journal, lazy(message(1, 1)));
        journal.close();
        journal.close();
        assertThat(journal.offer(awaited(message(2, 1)))).isFalse();
        assertThat(journal.durablePosition()).isEqualTo(1);
        assertThat(Replay.of(opened()).sequences()).containsExactly(1L);
    }

    @Test
    void shouldCloseWithoutHavingStarted() {
        opened().close();
        Journal journal = opened();
        journal.recover((lsn, record) -> {});
        journal.close();
        assertThat(Replay.of(opened()).records()).isEmpty();
    }

    @Test
    void shouldReadBackWhatIsDurable() {
        Journal journal = started();
        assertThat(journal.keeps()).isTrue();
        writeForReading(journal);
        assertReads(journal, LongStream.rangeClosed(1, 300).toArray());
        assertReads(journal, LongStream.rangeClosed(1, 300).map(i -> 301 - i).toArray());
        assertReads(journal, new Random(5).longs(2_000, 1, 301).toArray());
        assertReads(journal, 7, 7, 300, 1, 1, 299);
        assertReads(journal);
    }

    @Test
    void shouldReadBackAfterRecovery() {
        Journal journal = started();
        writeForReading(journal);
        journal.close();
        Journal second = opened();
        second.recover((lsn, record) -> {});
        assertReads(second, LongStream.rangeClosed(1, 300).toArray());
        watch = new JournalWatch();
        second.start(watch);
        watch.awaitDurable(offered(second, awaited(message(302, 5_000))));
        assertReads(second, LongStream.rangeClosed(1, 300).toArray());
        assertReads(second, 302, 17, 300);
    }

    @Test
    void shouldReadBackAfterOtherSegmentsWereDropped() {
        Journal journal = started();
        writeForReading(journal);
        int before = journal.status().segments();
        for (long lsn = 1; lsn <= 200; lsn++) {
            assertReads(journal, lsn);
            journal.release(lsn);
        }
        nudge(journal);
        awaitSegments(journal, before - 1);
        assertReads(journal, LongStream.rangeClosed(201, 300).toArray());
        assertThat(journal.read(new long[] {1, 250, 2})[0]).isNull();
        assertThat(journal.status().damagedReads()).isZero();
    }

    @Test
    void shouldReadNothingWhereNothingIs() {
        Journal journal = started();
        assertThat(journal.read(new long[] {0, 1, 2})).containsOnlyNulls();
        watch.awaitDurable(offered(journal, awaited(message(1, 10), removed(1), message(3, 10))));
        assertThat(journal.read(new long[] {-1, 0, 4, 4711, Long.MAX_VALUE})).containsOnlyNulls();
        assertReads(journal, 1, 3);
        assertThat(journal.status().damagedReads()).isZero();
        journal.close();
        assertThat(journal.read(new long[] {1})).containsOnlyNulls();
    }

    @Test
    void shouldReadRecordsLargerThanASegment() {
        Journal journal = started();
        offered(journal, awaited(message(1, 10), message(2, 10 << 20), message(3, 10)));
        offered(journal, lazy(message(4, 3 << 20)));
        watch.awaitDurable(offered(journal, awaited(message(5, 700_000))));
        assertReads(journal, 1, 2, 3, 4, 5);
        assertReads(journal, 4, 2);
        journal.close();
        assertReads(started(), 3, 2, 1, 5, 4);
    }

    @Test
    void shouldReadWhileItIsWritten() throws InterruptedException {
        Journal journal = started();
        AtomicLong oldest = new AtomicLong(1);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        List<Thread> readers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random random = new Random(t);
            Thread reader = new Thread(() -> readUntil(journal, 3_000, oldest, random));
            reader.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
            readers.add(reader);
            reader.start();
        }
        for (int i = 1; i <= 3_000; i++) {
            JournalEntry entry = offered(journal, awaited(message(i, i % 2_500)));
            if (i % 1_000 == 0) {
                watch.awaitDurable(entry);
                oldest.set(i - 500);
                LongStream.range(i - 999, i - 500).forEach(journal::release);
            }
        }
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(failures).isEmpty();
        assertThat(journal.status().damagedReads()).isZero();
    }

    /** Reads batches of what is durable until all is; what was released meanwhile may be gone. */
    private static void readUntil(Journal journal, long last, AtomicLong oldest, Random random) {
        long durable;
        do {
            durable = journal.durablePosition();
            long from = oldest.get();
            if (durable >= from) {
                long first = from + random.nextLong(durable - from + 1);
                long[] lsns = LongStream.rangeClosed(first, Math.min(durable, first + 50))
                        .toArray();
                Record[] records = journal.read(lsns);
                for (int i = 0; i < lsns.length; i++) {
                    if (records[i] != null || lsns[i] >= oldest.get()) {
                        assertIsMessage(records[i], lsns[i]);
                    }
                }
            }
        } while (durable < last);
    }

    @Test
    void shouldAskForRoomWhenTheLogIsMostlyDead() {
        Journal journal = started();
        JournalEntry last = awaited(message(1, 100_000));
        offered(journal, last);
        for (int i = 2; watch.roomWanted().isEmpty() && i < 1_000; i++) {
            last = offered(journal, awaited(message(i, 100_000)));
            watch.awaitDurable(last);
            journal.release(i);
        }
        long upTo = watch.roomWanted().get(0);
        assertThat(upTo).isGreaterThanOrEqualTo(1).isLessThan(last.firstLsn());
        watch.awaitDurable(offered(journal, awaited(message(1, 100_000))));
        journal.release(1);
        nudge(journal);
        awaitSegments(journal, 2);
    }

    /** LSNs 1 to 300, each a message of this sequence, of all sizes, over several segments. */
    private void writeForReading(Journal journal) {
        for (int i = 1; i <= 300; i += 3) {
            offered(journal, lazy(message(i, i * 977 % 90_000), message(i + 1, i % 50), message(i + 2, 2_000)));
        }
        JournalEntry end = offered(journal, awaited(removed(4711)));
        watch.awaitDurable(end);
        assertThat(end.firstLsn()).isEqualTo(301);
        assertThat(journal.status().segments()).isGreaterThanOrEqualTo(3);
    }

    private static void assertReads(Journal journal, long... lsns) {
        Record[] records = journal.read(lsns);
        assertThat(records).hasSameSizeAs(lsns);
        for (int i = 0; i < lsns.length; i++) {
            assertIsMessage(records[i], lsns[i]);
        }
    }

    private static void assertIsMessage(@Nullable Record record, long sequence) {
        assertThat(record).as("lsn %d", sequence).isInstanceOfSatisfying(Record.MessageAdded.class, added -> {
            assertThat(added.sequence()).isEqualTo(sequence);
            assertThat(Records.isIntact(added)).isTrue();
        });
    }

    private Journal opened() {
        Journal journal = open();
        opened.add(journal);
        return journal;
    }

    private Journal started() {
        Journal journal = opened();
        journal.recover((lsn, record) -> {});
        watch = new JournalWatch();
        journal.start(watch);
        return journal;
    }

    /** Releases are looked at with the next entry at the latest. */
    private void nudge(Journal journal) {
        watch.awaitDurable(offered(journal, awaited(removed(4711))));
    }

    private static void awaitSegments(Journal journal, int most) {
        await().atMost(Duration.ofSeconds(30)).until(() -> journal.status().segments() <= most);
    }

    private static JournalEntry offered(Journal journal, JournalEntry entry) {
        while (!journal.offer(entry)) {
            assertThat(journal.status().failed()).isFalse();
            Thread.onSpinWait();
        }
        return entry;
    }

    private static void assertIntact(Replay replay) {
        assertThat(replay.records()).allMatch(record -> Records.isIntact((Record.MessageAdded) record));
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }
}
