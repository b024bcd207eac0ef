package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.StoreConfig.SyncMode;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent that writes the journal, thread {@code ferrymq-journal}: takes what has arrived, appends it, syncs once, publishes
 * the position. What arrives during a sync is the next batch. The other threads only touch the two queues and the volatile
 * fields. Never interrupt it: an interrupt would close its files.
 */
final class JournalWriter implements Runnable, FrameWriter.Rolls {
    /** What wakes it. */
    private enum Rest {
        NONE,
        /** An entry that somebody waits for, or a queue that fills. */
        NAP,
        /** Any entry. */
        DEEP
    }

    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final int BATCH_ENTRIES = 1024;
    /** Several messages of a mebibyte: on a disk that takes 330 of them a second with a sync for each, one for four makes 380 of it. */
    private static final int BATCH_BYTES = 4 << 20;

    /** With so many acknowledgements the broker still counts as quiet: one client's, or two. Without a bound 25 producers lose a seventh. */
    private static final int QUIET_ENTRIES = 2;

    private static final long IDLE_NS = 1_000_000_000L;
    /** After work what nobody waits for is left lying so long: more of it, or something that is waited for, takes it along. */
    private static final long NAP_NS = 5_000_000L;
    /** A segment may begin with less than it takes in the end: what is dropped meanwhile makes the rest. */
    private static final long MOST_FOR_SEGMENT = 16 << 20;
    /** What an engine puts into a file by itself. */
    private static final long OVERHEAD_OF_SEGMENT = 1 << 20;

    private final MpscAtomicArrayQueue<JournalEntry> entries;
    /** How many entries that somebody waits for were ever offered; counted before they are. */
    private final AtomicLong awaitedOffered = new AtomicLong();

    final CountDownLatch opened = new CountDownLatch(1);
    final CountDownLatch stopped = new CountDownLatch(1);
    private final MpscUnboundedAtomicArrayQueue<Long> releases;
    private final SegmentEngine engine;
    private final Segments segments;
    private final FrameWriter frames;
    private final Journal.Listener listener;
    private final Clock clock;
    private final Parking parking;
    private final long lazySyncNs;
    private final Tenure tenure;
    private final DiskWatch disk;
    private final BoundsFile bounds;
    private final SyncMode sync;
    private final long leastForSegment;
    private long nextLsn;
    private long unsyncedSinceNs;
    private boolean unsynced;
    private boolean awaited;
    private long awaitedTaken;
    private long syncedFence;
    private long syncs;
    private volatile long durable;
    private volatile Rest rest = Rest.NONE;
    private boolean worked;
    private boolean napped;
    /** When entries were last taken: what lies in the queue now has come since. */
    private long emptiedNs;

    private volatile boolean closing;
    private volatile boolean eager;
    private volatile @Nullable Throwable failure;
    private volatile Progress progress = new Progress(0, 0, 0, 0);
    private volatile @Nullable Thread thread;

    JournalWriter(Parts parts, MpscUnboundedAtomicArrayQueue<Long> releases, Journal.Listener listener, long lastLsn) {
        this.releases = releases;
        this.entries = new MpscAtomicArrayQueue<>(parts.queueEntries());
        this.engine = parts.engine();
        this.segments = parts.segments();
        this.listener = listener;
        this.tenure = parts.tenure();
        this.disk = parts.disk();
        this.bounds = parts.bounds();
        this.sync = parts.sync();
        this.leastForSegment = Math.min(parts.layout().segmentBytes(), MOST_FOR_SEGMENT) + OVERHEAD_OF_SEGMENT;
        this.frames = new FrameWriter(
                engine,
                parts.format(),
                segments,
                parts.layout().segmentBytes(),
                this,
                parts.bounds().nextSegment(segments));
        this.clock = parts.clock();
        this.parking = parts.parking();
        this.lazySyncNs = parts.lazySyncMs() * 1_000_000L;
        this.nextLsn = lastLsn + 1;
        this.durable = lastLsn;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            frames.open(nextLsn);
            publishProgress();
            opened.countDown();
            while (!closing || !entries.isEmpty() || unsynced) {
                if (duty() < BATCH_ENTRIES && !isPressing()) {
                    idle();
                }
            }
            releaseDead();
            tenure.check();
            bounds.ended(nextLsn - 1);
        } catch (Throwable e) {
            fail(e);
        } finally {
            closeEngine();
            opened.countDown();
            stopped.countDown();
        }
    }

    @Override
    public void beforeRoll(boolean first) throws IOException {
        if (!first) {
            tenure.check();
        }
        disk.await(leastForSegment, !first);
    }

    /** An entry may go on in the new segment; only those before it are promised as a whole. */
    @Override
    public void rolled(SegmentFile segment, boolean first) throws IOException {
        bounds.begun(segment, nextLsn - 1);
        if (!first) {
            listener.segmentStarted();
        }
    }

    /** One round; returns how many entries it wrote. */
    private int duty() throws IOException {
        tenure.checkEachSecond();
        takeReleases();
        int taken = append();
        if (unsynced && isSyncDue()) {
            sync();
        } else if (taken > 0 && sync == SyncMode.UNSAFE_OS) {
            publish();
        } else if (taken == 0) {
            releaseDead();
            askForRoom();
        }
        return taken;
    }

    private int append() throws IOException {
        int taken = 0;
        long most = frames.appendedBytes() + BATCH_BYTES;
        JournalEntry entry;
        while (taken < BATCH_ENTRIES
                && frames.appendedBytes() + frames.buffered() < most
                && (entry = entries.poll()) != null) {
            entry.assignLsn(nextLsn);
            frames.append(entry, durable);
            nextLsn = entry.lastLsn() + 1;
            if (entry.awaited()) {
                awaited = true;
                awaitedTaken++;
            }
            taken++;
        }
        frames.flush();
        if (taken > 0) {
            disk.appended(frames.appendedBytes());
            worked = true;
        }
        if (taken > 0 && !unsynced) {
            unsynced = true;
            unsyncedSinceNs = napped ? emptiedNs : clock.nanoTime(); // it may have lain there for all of the nap
        }
        emptiedNs = clock.nanoTime();
        napped = false;
        return taken;
    }

    private boolean isSyncDue() {
        return (awaited && sync == SyncMode.ALWAYS) || closing || clock.nanoTime() - unsyncedSinceNs >= lazySyncNs;
    }

    private void sync() throws IOException {
        long fence = entries.currentConsumerIndex();
        engine.force();
        syncs++;
        syncedFence = fence;
        unsynced = false;
        awaited = false;
        publishProgress();
        publish();
        releaseDead();
        askForRoom();
    }

    /** With {@code unsafe-os} before the sync, which then comes at the latest after {@code lazySyncMs}. */
    private void publish() {
        if (durable < nextLsn - 1) {
            durable = nextLsn - 1;
            listener.durable(nextLsn - 1, this::isQuiet);
        }
    }

    /** A few acknowledgements are no hurry; many tell of a load under which others should run the shards, while this thread syncs. */
    private boolean isQuiet() {
        return !isPressing() && entries.size() <= QUIET_ENTRIES;
    }

    /** Whether there is what cannot wait for the end of a nap. */
    private boolean isPressing() {
        return awaitedOffered.get() != awaitedTaken || isFilling();
    }

    private boolean isFilling() {
        return entries.size() > entries.capacity() / 2;
    }

    /** What was offered before a release was taken must be synced before the release drops anything. */
    private void takeReleases() {
        Long lsn;
        while ((lsn = releases.poll()) != null) {
            segments.release(lsn, entries.currentProducerIndex());
        }
    }

    private void releaseDead() throws IOException {
        List<SegmentFile> dead = segments.takeDead(syncedFence);
        if (!dead.isEmpty()) {
            tenure.check();
            bounds.dropping(dead.get(0), segments); // before: a segment below the floor is never missed, and never read
        }
        for (SegmentFile segment : dead) {
            engine.drop(segment);
        }
        publishProgress();
    }

    private void askForRoom() {
        long upTo = segments.takeRoomWanted(eager || disk.isLow());
        if (upTo > 0 && !closing) {
            listener.makeRoom(upTo);
        } else if (eager && !segments.isEmptying()) {
            eager = false; // nothing more is to be gained
        }
    }

    private void publishProgress() {
        progress = new Progress(segments.count(), segments.live(), frames.appendedBytes(), syncs);
    }

    /** A producer's offer raises the queue's index before it looks at {@code rest}, so one of the two sees the other. */
    private void idle() {
        napped = worked;
        worked = false;
        rest = napped ? Rest.NAP : Rest.DEEP;
        if (!closing && (napped ? !isPressing() : entries.isEmpty())) {
            parking.park(this, restNs());
        }
        rest = Rest.NONE;
    }

    private long restNs() {
        long longest = napped ? Math.min(NAP_NS, lazySyncNs) : IDLE_NS;
        return unsynced ? Math.min(longest, Math.max(1, untilSyncNs())) : longest;
    }

    private long untilSyncNs() {
        return lazySyncNs - (clock.nanoTime() - unsyncedSinceNs);
    }

    private void fail(Throwable cause) {
        BrokerException failed =
                new BrokerException(Code.STORE_FAILED, "the journal has failed and writes no more: " + cause, cause);
        failure = failed;
        LOG.error("The journal has failed at LSN {}; nothing is acknowledged any more", durable, cause);
        if (opened.getCount() == 0) {
            listener.failed(failed);
        }
    }

    private void closeEngine() {
        try {
            engine.close();
        } catch (Throwable e) {
            LOG.warn("Closing the segments: {}", e.toString());
        }
    }

    /** Any thread. */
    boolean offer(JournalEntry entry) {
        if (closing || failure != null || !put(entry)) {
            return false;
        }
        if (isToWake(entry)) {
            rest = Rest.NONE;
            parking.wake(thread);
        }
        return true;
    }

    private boolean put(JournalEntry entry) {
        if (!entry.awaited()) {
            return entries.offer(entry);
        }
        awaitedOffered.incrementAndGet();
        boolean offered = entries.offer(entry);
        if (!offered) {
            awaitedOffered.decrementAndGet();
        }
        return offered;
    }

    private boolean isToWake(JournalEntry entry) {
        return switch (rest) {
            case NONE -> false;
            case NAP -> entry.awaited() || isFilling();
            case DEEP -> true;
        };
    }

    /** Any thread: writes what is there and ends. */
    void stop() {
        closing = true;
        parking.wake(thread);
    }

    /** Any thread: old segments are emptied as when space is short. */
    void compact() {
        eager = true;
        parking.wake(thread);
    }

    long durable() {
        return durable;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    Progress progress() {
        return progress;
    }

    /** Published by the writer, read by anyone. */
    record Progress(int segments, long live, long appendedBytes, long syncs) {}

    /** What a writer is made of. */
    record Parts(
            SegmentEngine engine,
            FrameFormat format,
            Segments segments,
            StoreLayout layout,
            Clock clock,
            Parking parking,
            int queueEntries,
            int lazySyncMs,
            SyncMode sync,
            Tenure tenure,
            DiskWatch disk,
            BoundsFile bounds) {}
}
