package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.StoreConfig;
import io.ferrymq.StoreConfig.SyncMode;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.testkit.journal.JournalWatch;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the writer rests, for how long, and what ends it. One thread, by hand: whenever the writer would wait, the next step of a test runs. */
final class JournalThreadTest {
    private static final long MS = 1_000_000L;
    private static final long NAP_NS = 5 * MS;
    private static final long DEEP_NS = 1_000 * MS;
    private static final int LAZY_SYNC_MS = 50;
    private static final int QUEUE_ENTRIES = 16;
    private static final int EPOCH = 1;

    @TempDir
    private Path data;

    private final Hours clock = new Hours();
    private final Couch parking = new Couch();
    private final JournalWatch watch = new JournalWatch();
    private final Listening listening = new Listening();
    private final MpscUnboundedAtomicArrayQueue<Long> releases = new MpscUnboundedAtomicArrayQueue<>(1024);

    /** Done once, at the first sync. */
    private @Nullable Consumer<BooleanSupplier> whenDurable;

    @SuppressWarnings("NullAway.Init")
    private StoreLock lock;

    @SuppressWarnings("NullAway.Init")
    private BoundsFile bounds;

    @SuppressWarnings("NullAway.Init")
    private Disk engine;

    @SuppressWarnings("NullAway.Init")
    private JournalWriter.Parts parts;

    @SuppressWarnings("NullAway.Init")
    private JournalThread thread;

    private long sequence;

    @BeforeEach
    void open() throws IOException {
        StoreLayout layout = new StoreLayout(data, Stores.SEGMENT);
        Files.createDirectories(layout.journal());
        lock = StoreLock.take(data, false);
        new FormatMarker(FileEngine.NAME, "test", 1, EPOCH).write(data);
        lock.sign(EPOCH);
        bounds = new BoundsFile(data, "test");
        Segments segments = new Segments();
        bounds.begin(bounds.read(0), EPOCH, segments, 0);
        DiskGuard guard = DiskGuard.of(layout, DiskSpace.of(data), StoreConfig.defaults());
        engine = new Disk(new FileEngine(layout.journal(), Stores.SEGMENT));
        parts = new JournalWriter.Parts(
                engine,
                new FrameFormat(1, EPOCH),
                segments,
                layout,
                clock,
                LAZY_SYNC_MS,
                SyncMode.ALWAYS,
                new Tenure(lock, data, EPOCH, clock),
                new DiskWatch(guard, Stores.SEGMENT, clock),
                bounds);
        thread = threadThatRestsBy(parking);
    }

    private JournalThread threadThatRestsBy(Parking how) {
        Intake intake = new Intake(QUEUE_ENTRIES);
        JournalWriter writer = new JournalWriter(parts, intake, releases, listening, 0);
        return new JournalThread(intake, writer, listening, how);
    }

    /** A disk that takes its time, or fails. */
    private final class Disk extends ForwardingEngine {
        private long syncNs;
        private long writeNs;
        private boolean broken;
        private int syncs;
        private int drops;
        private final AtomicBoolean inUse = new AtomicBoolean();
        private final AtomicInteger meetings = new AtomicInteger();

        private Disk(SegmentEngine engine) {
            super(engine);
        }

        @Override
        public void force() throws IOException {
            meetings.addAndGet(inUse.getAndSet(true) ? 1 : 0);
            syncs++;
            clock.advance(syncNs);
            if (broken) {
                throw new IOException("the disk is broken");
            }
            super.force();
            inUse.set(false);
        }

        @Override
        public void append(ByteBuffer frames) throws IOException {
            clock.advance(writeNs);
            super.append(frames);
        }

        @Override
        public void drop(SegmentFile segment) throws IOException {
            drops++;
            super.drop(segment);
        }
    }

    @AfterEach
    void close() throws IOException {
        bounds.close();
        lock.close();
    }

    private final class Listening implements Journal.Listener {
        @Override
        public void durable(long position, BooleanSupplier idle) {
            watch.durable(position, idle);
            Consumer<BooleanSupplier> once = whenDurable;
            if (once != null) {
                whenDurable = null;
                once.accept(idle);
            }
        }

        @Override
        public void segmentStarted() {
            watch.segmentStarted();
        }

        @Override
        public void makeRoom(long upTo) {
            watch.makeRoom(upTo);
        }

        @Override
        public void failed(Throwable cause) {
            watch.failed(cause);
        }
    }

    /** Time stands still until it is moved. */
    private static final class Hours implements Clock {
        private long nowNs = 1_000_000 * MS;

        @Override
        public long epochMs() {
            return nowNs / MS;
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }

        void advance(long nanos) {
            nowNs += nanos;
        }
    }

    /** Where the writer rests. When there are no more steps, it is told to stop. */
    private final class Couch implements Parking {
        private final Queue<Runnable> steps = new ArrayDeque<>();
        private final List<Long> rests = new ArrayList<>();
        private int wakes;

        @Override
        public void park(Object blocker, long nanos) {
            rests.add(nanos);
            Runnable step = steps.poll();
            if (step == null) {
                thread.stop();
            } else {
                step.run();
            }
        }

        @Override
        public void wake(@Nullable Thread thread) {
            wakes++;
        }
    }

    /** How often the writer is woken by what the step does. */
    private void whileItRests(int expectedWakes, Runnable step) {
        parking.steps.add(() -> {
            int before = parking.wakes;
            step.run();
            assertThat(parking.wakes - before)
                    .as("wakes in rest %d", parking.rests.size())
                    .isEqualTo(expectedWakes);
        });
    }

    private void run() {
        thread.run();
        assertThat(thread.failure()).isNull();
        assertThat(parking.steps).isEmpty();
    }

    private void offer(boolean awaited) {
        JournalEntry entry =
                awaited ? Records.awaited(Records.message(++sequence, 10)) : Records.lazy(Records.removed(++sequence));
        assertThat(thread.put(entry)).isTrue();
        thread.wake();
    }

    private void sleepOver(long nanos) {
        clock.advance(nanos);
    }

    @Test
    void shouldNotBeWokenInItsNapByWhatNobodyWaitsFor() {
        offer(true);
        whileItRests(0, () -> offer(false));

        run();

        assertThat(parking.rests.get(0)).isEqualTo(NAP_NS);
        assertThat(watch.position()).isEqualTo(2);
    }

    @Test
    void shouldBeWokenInItsNapByWhatSomebodyWaitsFor() {
        offer(true);
        whileItRests(1, () -> {
            offer(false);
            offer(true);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(3));

        run();
    }

    @Test
    void shouldBeWokenInItsNapOnceItsQueueIsHalfFull() {
        offer(true);
        whileItRests(0, () -> offer(QUEUE_ENTRIES / 2));
        whileItRests(1, () -> offer(QUEUE_ENTRIES / 2 + 1));

        run();
    }

    private void offer(int entries) {
        for (int i = 0; i < entries; i++) {
            offer(false);
        }
    }

    @Test
    void shouldSleepDeeplyBehindANapWithoutWorkAndBeWokenByAnything() {
        offer(true);
        whileItRests(0, () -> sleepOver(NAP_NS));
        whileItRests(1, () -> offer(false));

        run();

        assertThat(parking.rests).startsWith(NAP_NS, DEEP_NS, NAP_NS);
    }

    /** It is to go with the next batch and not by itself, and whoever runs what that sync has covered need not hurry for it. */
    @Test
    void shouldLeaveLyingWhatNobodyWaitsForAndCameDuringASync() {
        List<Long> room = new ArrayList<>();
        whenDurable = idle -> {
            offer(false);
            assertThat(idle.getAsBoolean()).isTrue();
            room.add(engine.room());
        };
        offer(true);
        whileItRests(0, () -> assertThat(engine.room()).isEqualTo(room.get(0)));
        whileItRests(0, () -> assertThat(engine.room()).isLessThan(room.get(0)));

        run();

        assertThat(parking.rests).startsWith(NAP_NS, NAP_NS);
    }

    @Test
    void shouldNotRestBeforeWhatIsWaitedForAndCameDuringASyncIsDurable() {
        whenDurable = idle -> {
            offer(true);
            assertThat(idle.getAsBoolean()).isFalse();
        };
        offer(true);
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(2));

        run();
    }

    /** What came first in the nap has lain there for all of it, as far as the writer knows. */
    @Test
    void shouldCountTheLazySyncFromWhenItBeganToRest() {
        offer(true);
        whileItRests(0, () -> {
            offer(false);
            sleepOver(NAP_NS);
        });
        whileItRests(0, () -> sleepOver(LAZY_SYNC_MS * MS - NAP_NS - 1));
        whileItRests(0, () -> {
            assertThat(watch.position()).isEqualTo(1);
            sleepOver(1);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(2));

        run();

        assertThat(parking.rests).startsWith(NAP_NS, NAP_NS, 1L);
    }

    /** A deep sleep is ended by whatever comes, so that nothing has lain there. */
    @Test
    void shouldNotCountTheLazySyncFromBeforeWhatEndsADeepSleep() {
        whileItRests(1, () -> {
            sleepOver(LAZY_SYNC_MS * MS);
            offer(false);
        });
        whileItRests(0, () -> {
            assertThat(watch.position()).isZero();
            sleepOver(LAZY_SYNC_MS * MS);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(1));

        run();
    }

    /** A nap longer than that would break what lazySyncMs promises. */
    @Test
    void shouldSyncAtOnceWhatHasLainThereForTheWholeTime() {
        offer(true);
        whileItRests(0, () -> {
            offer(false);
            sleepOver(LAZY_SYNC_MS * MS);
        });
        whileItRests(0, () -> assertThat(watch.position()).isEqualTo(2));

        run();
    }

    /** Zeros are written by a thread of their own. */
    private void awaitSpace() {
        await().atMost(Duration.ofSeconds(30)).until(() -> engine.isReady(Stores.SEGMENT / 4));
    }

    private void putQuietly(JournalEntry entry) {
        assertThat(thread.put(entry)).isTrue();
    }

    private void bring(int bodyBytes) {
        putQuietly(Records.awaited(Records.message(++sequence, bodyBytes)));
        thread.writeHere();
    }

    @Test
    void shouldLetOthersWriteWhatIsWaitedForWhileItNaps() {
        offer(true);
        whileItRests(0, () -> {
            awaitSpace();
            bring(10);
            assertThat(watch.position()).isEqualTo(2);
            bring(10);
            assertThat(watch.position()).isEqualTo(3);
        });

        run();

        assertThat(parking.rests).startsWith(NAP_NS, NAP_NS);
    }

    @Test
    void shouldNotSleepDeeplyWhileOthersWrite() {
        whileItRests(1, () -> {
            awaitSpace();
            bring(10);
            assertThat(watch.position()).isEqualTo(1);
        });

        run();

        assertThat(parking.rests).startsWith(DEEP_NS, NAP_NS);
    }

    @Test
    void shouldLetOthersLeaveLyingWhatNobodyWaitsFor() {
        offer(true);
        whileItRests(0, () -> {
            awaitSpace();
            long room = engine.room();
            putQuietly(Records.lazy(Records.removed(++sequence)));
            thread.writeHere();
            assertThat(engine.room()).isEqualTo(room);
            bring(10);
            assertThat(watch.position()).isEqualTo(3);
        });

        run();
    }

    @Test
    void shouldBeWokenFromADeepSleepForWhatNobodyWaitsFor() {
        whileItRests(1, () -> {
            putQuietly(Records.lazy(Records.removed(++sequence)));
            thread.writeHere();
        });

        run();
    }

    /** They have other things to do than to stand still with the disk. */
    @Test
    void shouldWriteItselfForAWhileAfterASlowSync() {
        long slowNs = 2 * MS;
        offer(true);
        engine.syncNs = slowNs;
        whileItRests(1, () -> {
            awaitSpace();
            bring(10);
            assertThat(watch.position()).isEqualTo(1);
            engine.syncNs = 0;
        });
        whileItRests(1, () -> {
            assertThat(watch.position()).isEqualTo(2);
            sleepOver(10 * slowNs - 1);
            bring(10);
        });
        whileItRests(1, () -> {
            sleepOver(1);
            bring(10);
            assertThat(watch.position())
                    .as("until it has seen itself that the disk is quick")
                    .isEqualTo(3);
        });
        whileItRests(0, () -> {
            bring(10);
            assertThat(watch.position()).isEqualTo(5);
        });

        run();
    }

    @Test
    void shouldNeverLetOthersTryADiskThatIsAlwaysSlow() {
        engine.syncNs = 10 * MS;
        offer(true);
        for (int i = 0; i < 4; i++) {
            long position = 1 + i;
            whileItRests(1, () -> {
                awaitSpace();
                sleepOver(200 * MS);
                bring(10);
                assertThat(watch.position()).isEqualTo(position);
            });
        }

        run();
    }

    @Test
    void shouldNoticeThatAWriteOfOthersWasSlow() {
        offer(true);
        whileItRests(0, () -> {
            awaitSpace();
            engine.writeNs = 2 * MS;
            bring(10);
            assertThat(watch.position()).isEqualTo(2);
        });
        whileItRests(1, () -> bring(10));

        run();
    }

    @Test
    void shouldLetNobodyWriteWhoIsInterrupted() {
        offer(true);
        whileItRests(1, () -> {
            awaitSpace();
            Thread.currentThread().interrupt();
            bring(10);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(watch.position()).isEqualTo(1);
        });

        run();
    }

    @Test
    void shouldWriteItselfWhatIsLargeOrMayNeedANewSegment() {
        offer(true);
        whileItRests(1, () -> {
            awaitSpace();
            bring(Stores.SEGMENT / 7);
            assertThat(watch.position()).isEqualTo(1);
        });
        for (int i = 0; i < 5; i++) {
            whileItRests(1, () -> bring(Stores.SEGMENT / 7));
        }
        whileItRests(1, () -> {
            long before = watch.position();
            assertThat(engine.room()).isLessThan(Stores.SEGMENT / 4);
            bring(10);
            assertThat(watch.position()).isEqualTo(before);
        });

        run();

        assertThat(watch.position()).isEqualTo(sequence);
    }

    /** Whose rounds then have no sync of their own. */
    @Test
    void shouldDropSegmentsWhileOthersDoTheSyncs() {
        for (int i = 0; i < 8; i++) {
            putQuietly(Records.awaited(Records.message(++sequence, Stores.SEGMENT / 7)));
        }
        whileItRests(0, () -> {
            awaitSpace();
            for (long lsn = 1; lsn <= 6; lsn++) {
                releases.add(lsn);
            }
            bring(10);
            putQuietly(Records.lazy(Records.removed(++sequence)));
        });
        whileItRests(0, () -> {
            bring(10);
            assertThat(engine.drops).as("left for its own thread").isZero();
            putQuietly(Records.lazy(Records.removed(++sequence)));
        });
        whileItRests(0, () -> assertThat(engine.drops).isEqualTo(1));

        run();
    }

    @Test
    void shouldFirstLookWhetherTheDirectoryIsStillOurs() {
        offer(true);
        whileItRests(1, () -> {
            awaitSpace();
            sleepOver(DEEP_NS);
            bring(10);
            assertThat(watch.position()).isEqualTo(1);
        });
        whileItRests(0, () -> bring(10));

        run();
    }

    @Test
    void shouldEndWithAFaultThatOthersMeet() {
        offer(true);
        parking.steps.add(() -> {
            awaitSpace();
            engine.broken = true;
            bring(10);
            int syncs = engine.syncs;
            bring(10);
            assertThat(engine.syncs).as("nothing after a fault").isEqualTo(syncs);
        });

        thread.run();

        assertThat(thread.failure()).hasStackTraceContaining("the disk is broken");
        assertThat(watch.position()).isEqualTo(1);
        assertThat(thread.put(Records.awaited(Records.message(9, 1)))).isFalse();
        thread.writeHere();
    }

    @Test
    void shouldLetOneAtATimeWriteAndLeaveNothingLying() throws InterruptedException {
        int each = 300;
        thread = threadThatRestsBy(Parking.ofThreads());
        Thread own = new Thread(thread, "own");
        own.start();
        thread.opened.await();
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long first = i * each;
            others.add(new Thread(() -> {
                for (int j = 0; j < each; j++) {
                    JournalEntry entry = Records.awaited(Records.message(first + j + 1, 10));
                    assertThat(thread.put(entry)).isTrue();
                    thread.writeHere();
                    watch.awaitDurable(entry);
                }
            }));
        }
        others.forEach(Thread::start);
        for (Thread other : others) {
            other.join();
        }
        thread.stop();
        thread.stopped.await();
        assertThat(thread.failure()).isNull();
        assertThat(watch.position()).isEqualTo(3 * each);
        assertThat(engine.meetings.get()).isZero();
    }
}
