package io.ferrymq.store;

import io.ferrymq.StoreConfig.SyncMode;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.util.List;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * Writes the journal: takes what has arrived, appends it, syncs once, publishes the position. Owned by whoever runs it, one thread at a time:
 * see {@link JournalThread}. The other threads only touch the two queues and the volatile fields.
 */
final class JournalWriter implements FrameWriter.Rolls, AutoCloseable {
    private static final int BATCH_ENTRIES = 1024;
    /** Several messages of a mebibyte: on a disk that takes 330 of them a second with a sync for each, one for four makes 380 of it. */
    private static final int BATCH_BYTES = 4 << 20;

    /** With so many acknowledgements the broker still counts as quiet: one client's, or two. Without a bound 25 producers lose a seventh. */
    private static final int QUIET_ENTRIES = 2;

    /** What a thread writes that has other things to do. */
    private static final int QUICK_BYTES = 256 << 10;
    /** And of a segment, if that is little. */
    private static final int QUICK_SHARE = 8;

    /** A segment may begin with less than it takes in the end: what is dropped meanwhile makes the rest. */
    private static final long MOST_FOR_SEGMENT = 16 << 20;
    /** What an engine puts into a file by itself. */
    private static final long OVERHEAD_OF_SEGMENT = 1 << 20;

    private final Intake intake;
    private final MpscUnboundedAtomicArrayQueue<Long> releases;
    private final SegmentEngine engine;
    private final Segments segments;
    private final FrameWriter frames;
    private final Journal.Listener listener;
    private final Clock clock;
    private final long lazySyncNs;
    private final Tenure tenure;
    private final DiskWatch disk;
    private final BoundsFile bounds;
    private final SyncMode sync;
    private final long leastForSegment;
    private final QuickSync quick = new QuickSync();
    private final int quickBytes;
    private long nextLsn;
    private long unsyncedSinceNs;
    private boolean unsynced;
    private boolean awaited;
    private long syncedFence;
    private long syncs;
    private volatile long durable;
    private boolean worked;
    private boolean napped;
    /** When entries were last taken: what lies in the queue now has come since. */
    private long emptiedNs;

    private volatile boolean hurried;
    private volatile boolean eager;
    private volatile Progress progress = new Progress(0, 0, 0, 0);

    JournalWriter(
            Parts parts,
            Intake intake,
            MpscUnboundedAtomicArrayQueue<Long> releases,
            Journal.Listener listener,
            long lastLsn) {
        this.intake = intake;
        this.releases = releases;
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
        this.quickBytes = (int) Math.min(QUICK_BYTES, parts.layout().segmentBytes() / QUICK_SHARE);
        this.lazySyncNs = parts.lazySyncMs() * 1_000_000L;
        this.nextLsn = lastLsn + 1;
        this.durable = lastLsn;
    }

    void open() throws IOException {
        frames.open(nextLsn);
        publishProgress();
    }

    /** Whether all that has arrived is written and synced. */
    boolean isDone() {
        return intake.isEmpty() && !unsynced;
    }

    /** Everything is done: what has to be so at the end of the log. */
    void end() throws IOException {
        releaseDead();
        tenure.check();
        bounds.ended(nextLsn - 1);
    }

    @Override
    public void close() throws IOException {
        engine.close();
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

    /** One round of all there is to do; true when there was a whole batch. */
    boolean round() throws IOException {
        tenure.checkEachSecond();
        takeReleases();
        long beganNs = clock.nanoTime();
        int taken = append(BATCH_BYTES, Integer.MAX_VALUE);
        napped = false;
        if (taken > 0 && sync == SyncMode.UNSAFE_OS) {
            publish(beganNs);
        }
        if (unsynced && isSyncDue()) {
            beganNs = clock.nanoTime(); // a roll is nothing that others would have waited for
            sync();
            publish(beganNs);
        }
        releaseDead(); // others may have done all the syncs
        askForRoom();
        return taken == BATCH_ENTRIES;
    }

    /**
     * Only what is waited for and quick, as far as anybody can know: nothing that waits for space or makes or drops a segment, no large entry,
     * and nothing while the disk is slow. The rest is left for {@link #round}.
     */
    void roundHere() throws IOException {
        if (!quick.isLikely() || tenure.isCheckDue() || !engine.isReady(2 * quickBytes)) {
            return;
        }
        long beganNs = clock.nanoTime();
        int taken = append(quickBytes, quickBytes);
        if (awaited && sync == SyncMode.ALWAYS) {
            sync();
            publish(beganNs);
        } else if (taken > 0 && sync == SyncMode.UNSAFE_OS) {
            publish(beganNs);
        }
    }

    /**
     * @param bytes how many are enough
     * @param largest entry that is taken
     */
    private int append(long bytes, int largest) throws IOException {
        int taken = 0;
        long most = frames.appendedBytes() + bytes;
        JournalEntry entry;
        while (taken < BATCH_ENTRIES
                && frames.appendedBytes() + frames.buffered() < most
                && (entry = intake.peek()) != null
                && FrameWriter.isAtMost(largest, entry)) {
            intake.take(entry);
            entry.assignLsn(nextLsn);
            frames.append(entry, durable);
            nextLsn = entry.lastLsn() + 1;
            awaited |= entry.awaited();
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
        return taken;
    }

    private boolean isSyncDue() {
        return (awaited && sync == SyncMode.ALWAYS) || hurried || clock.nanoTime() - unsyncedSinceNs >= lazySyncNs;
    }

    private void sync() throws IOException {
        long fence = intake.takenSoFar();
        engine.force();
        syncs++;
        syncedFence = fence;
        unsynced = false;
        awaited = false;
        publishProgress();
    }

    /**
     * With {@code unsafe-os} before the sync, which then comes at the latest after {@code lazySyncMs}.
     *
     * @param beganNs when that began which the answers have waited for
     */
    private void publish(long beganNs) {
        if (durable < nextLsn - 1) {
            quick.took(beganNs, clock.nanoTime());
            durable = nextLsn - 1;
            listener.durable(nextLsn - 1, this::isQuiet);
        }
    }

    /** A few acknowledgements are no hurry; many tell of a load under which others should run the shards, while this thread syncs. */
    private boolean isQuiet() {
        return !intake.isPressing() && intake.size() <= QUIET_ENTRIES;
    }

    /** What was offered before a release was taken must be synced before the release drops anything. */
    private void takeReleases() {
        Long lsn;
        while ((lsn = releases.poll()) != null) {
            segments.release(lsn, intake.putSoFar());
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
        if (upTo > 0 && !hurried) {
            listener.makeRoom(upTo);
        } else if (eager && !segments.isEmptying()) {
            eager = false; // nothing more is to be gained
        }
    }

    private void publishProgress() {
        progress = new Progress(segments.count(), segments.live(), frames.appendedBytes(), syncs);
    }

    /** It is to rest: whether only for a moment, since there was work. */
    boolean tire() {
        napped = worked;
        worked = false;
        return napped;
    }

    /** How long it may rest at most. */
    long mostRestNs(long nanos) {
        long most = napped ? Math.min(nanos, lazySyncNs) : nanos;
        return unsynced ? Math.min(most, Math.max(1, untilSyncNs())) : most;
    }

    private long untilSyncNs() {
        return lazySyncNs - (clock.nanoTime() - unsyncedSinceNs);
    }

    /** Any thread: nothing is to wait for its time any more. */
    void hurry() {
        hurried = true;
    }

    /** Any thread: old segments are emptied as when space is short. */
    void compact() {
        eager = true;
    }

    long durable() {
        return durable;
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
            int lazySyncMs,
            SyncMode sync,
            Tenure tenure,
            DiskWatch disk,
            BoundsFile bounds) {}
}
