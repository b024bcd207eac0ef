package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.io.TempDir;

/** A journal on one thread, by hand: whenever its own thread would rest, the next step of a test runs. */
abstract class JournalThreadBench {
    static final long MS = 1_000_000L;
    static final long NAP_NS = 5 * MS;
    static final long DEEP_NS = 1_000 * MS;
    static final int LAZY_SYNC_MS = 50;
    static final int QUEUE_ENTRIES = 16;
    static final int EPOCH = 1;

    @TempDir
    Path data;

    final Hours clock = new Hours();
    final Couch parking = new Couch();
    final JournalWatch watch = new JournalWatch();
    final Listening listening = new Listening();
    final MpscUnboundedAtomicArrayQueue<Long> releases = new MpscUnboundedAtomicArrayQueue<>(1024);

    /** Done once, at the first sync. */
    @Nullable
    Consumer<BooleanSupplier> whenDurable;

    @SuppressWarnings("NullAway.Init")
    StoreLock lock;

    @SuppressWarnings("NullAway.Init")
    BoundsFile bounds;

    @SuppressWarnings("NullAway.Init")
    Disk engine;

    @SuppressWarnings("NullAway.Init")
    JournalWriter.Parts parts;

    @SuppressWarnings("NullAway.Init")
    JournalThread thread;

    long sequence;

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

    JournalThread threadThatRestsBy(Parking how) {
        Intake intake = new Intake(QUEUE_ENTRIES);
        JournalWriter writer = new JournalWriter(parts, intake, releases, listening, 0);
        return new JournalThread(intake, writer, listening, how);
    }

    /** A disk that takes its time, or fails. */
    final class Disk extends ForwardingEngine {
        long syncNs;
        long writeNs;
        boolean broken;
        int syncs;
        int drops;
        final AtomicBoolean inUse = new AtomicBoolean();
        final AtomicInteger meetings = new AtomicInteger();

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

    final class Listening implements Journal.Listener {
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
    static final class Hours implements Clock {
        long nowNs = 1_000_000 * MS;

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
    final class Couch implements Parking {
        final Queue<Runnable> steps = new ArrayDeque<>();
        final List<Long> rests = new ArrayList<>();
        int wakes;

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
    void whileItRests(int expectedWakes, Runnable step) {
        parking.steps.add(() -> {
            int before = parking.wakes;
            step.run();
            assertThat(parking.wakes - before)
                    .as("wakes in rest %d", parking.rests.size())
                    .isEqualTo(expectedWakes);
        });
    }

    void run() {
        thread.run();
        assertThat(thread.failure()).isNull();
        assertThat(parking.steps).isEmpty();
    }

    void offer(boolean awaited) {
        JournalEntry entry =
                awaited ? Records.awaited(Records.message(++sequence, 10)) : Records.lazy(Records.removed(++sequence));
        assertThat(thread.put(entry)).isTrue();
        thread.wake();
    }

    void sleepOver(long nanos) {
        clock.advance(nanos);
    }
}
