package io.ferrymq.store;

import io.ferrymq.BrokerConfig;
import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.StoreConfig.SyncMode;
import io.ferrymq.flow.Limits;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal on disk. Opening, recovering, starting and closing belong to the thread that calls them, one at a time; from
 * start to close the log belongs to {@link JournalThread}.
 */
final class GroupCommitJournal implements Journal {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitJournal.class);

    private final StoreLayout layout;
    private final StoreLock lock;
    private final FormatMarker marker;
    private final SegmentEngine engine;
    private final DiskWatch disk;
    private final SyncMode sync;
    private final boolean syncOnIoThreads;
    private final Limits limits;
    private final Clock clock;
    private final Segments segments = new Segments();
    private final BoundsFile bounds;
    private BoundsFile.Content found = new BoundsFile.Content(SegmentBounds.NONE, false);
    private final LogReader reader;
    private final MpscUnboundedAtomicArrayQueue<Long> releases = new MpscUnboundedAtomicArrayQueue<>(1024);
    private final PropertyFormat properties;
    private final long snapshotEveryBytes;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long recoveredLsn;
    private boolean recovered;
    private @Nullable SnapshotPlace begunWith;
    private volatile @Nullable JournalThread thread;
    private volatile @Nullable JournalWriter writer;
    private volatile @Nullable SnapshotThread snapshots;

    /** @param marker of this start: its epoch has not been used before; written to the disk by {@link #start} */
    GroupCommitJournal(
            StoreLayout layout,
            StoreLock lock,
            FormatMarker marker,
            SegmentEngine engine,
            DiskWatch disk,
            BrokerConfig config,
            PropertyFormat properties,
            Clock clock) {
        this.properties = properties;
        this.snapshotEveryBytes = config.store().snapshotEveryBytes();
        this.disk = disk;
        this.sync = config.store().sync();
        this.syncOnIoThreads = config.store().syncOnIoThreads();
        this.layout = layout;
        this.lock = lock;
        this.marker = marker;
        this.engine = engine;
        this.limits = config.limits();
        this.clock = clock;
        this.bounds = new BoundsFile(layout.data(), marker.id());
        this.reader = new LogReader(segments.index(), marker.salt(), new SetAside(layout.damaged()));
    }

    @Override
    public String id() {
        return marker.id();
    }

    @Override
    public Recovery recover(Visitor visitor) {
        try {
            found = bounds.read(marker.epoch() - 1);
            List<SegmentFile> files = new Leftovers(engine, found.said(), layout.damaged()).clear(engine.existing());
            Recovery recovery = replay(files, visitor);
            makeCertain(files, recovery.lastLsn());
            recoveredLsn = recovery.lastLsn();
            recovered = true;
            LOG.info(
                    "Journal recovered: records={}, lastLsn={}, damaged={}, segments={}, last stop={}",
                    recovery.records(),
                    recovery.lastLsn(),
                    recovery.damagedRecords(),
                    files.size(),
                    recovery.lastStop());
            return recovery;
        } catch (IOException e) {
            throw new BrokerException(
                    Code.STORE_UNUSABLE, "the journal cannot be read: " + layout.journal() + ": " + e, e);
        }
    }

    private Recovery replay(List<SegmentFile> files, Visitor visitor) throws IOException {
        SnapshotSearch search = new SnapshotSearch(snapshotFiles(), found.claims(), marker.salt());
        SetAside setAside = new SetAside(layout.damaged());
        Optional<SnapshotSearch.Found> newest = search.newest(files);
        if (newest.isEmpty()) {
            LogRecovery recovering = new LogRecovery(files, segments, visitor, setAside);
            return new LogReplay(files, found.claims(), marker.salt(), recovering).run();
        }
        try (SnapshotSearch.Found snapshot = newest.get()) {
            return replayBehind(snapshot, visitor, setAside);
        }
    }

    private Recovery replayBehind(SnapshotSearch.Found snapshot, Visitor visitor, SetAside setAside)
            throws IOException {
        SnapshotPlace place = snapshot.snapshot().place();
        recoveredLsn = place.lsn(); // up to here records can be read back while it is told
        begunWith = place;
        snapshot.restore(segments);
        long told = snapshot.tell(type -> true, (lsn, record) -> {
            for (long live : record.liveAt(lsn)) {
                segments.keepAlive(live);
            }
            visitor.onRecord(lsn, record);
        });
        List<SegmentFile> behind = snapshot.filesBehind();
        LogRecovery log = new LogRecovery(behind, segments, visitor, setAside, OptionalLong.of(place.end()));
        Recovery read = new LogReplay(behind, found.claims(), marker.salt(), log)
                .behind(place)
                .run();
        LOG.info("Journal read behind a snapshot: snapshot={}, records behind={}", place.lsn(), read.records());
        return new Recovery(told + read.records(), read.lastLsn(), read.damagedRecords(), read.stoppedCleanly());
    }

    private SnapshotFiles snapshotFiles() {
        return new SnapshotFiles(layout.snapshots());
    }

    /**
     * After a kill the tail that was read may only be in the page cache, and after a sync that failed the system takes it for written; from
     * now on it counts as durable. All segments before were synced before this one was begun.
     */
    private void makeCertain(List<SegmentFile> files, long lastLsn) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        SegmentFile last = files.get(files.size() - 1);
        try (FileChannel channel = FileChannel.open(last.path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            boolean known = found.claims().durableLsn() >= lastLsn;
            if (!known && segments.newestBegun() == last.id()) {
                PageCache.distrust(channel, Math.min(segments.newest().bytes(), channel.size()));
            }
            channel.force(true);
        }
        Directories.force(last.path().getParent());
    }

    @Override
    public void start(Listener listener) {
        if (!recovered || thread != null || closed.get()) {
            throw new IllegalStateException("a journal is recovered once, then started once");
        }
        try {
            disk.start(); // may give the ballast up for what comes now
            Directories.create(layout.journal());
            bounds.begin(found, marker.epoch(), segments, recoveredLsn);
            marker.write(layout.data());
            lock.sign(marker.epoch());
        } catch (IOException e) {
            throw unusable(e);
        }
        if (sync == SyncMode.UNSAFE_OS) {
            LOG.warn(
                    "store.sync is unsafe-os: what is acknowledged survives a kill of the broker, but a power cut or a crash"
                            + " of the operating system loses that of the last {} ms or more",
                    limits.lazySyncMs());
        }
        FrameFormat format = new FrameFormat(marker.salt(), marker.epoch());
        JournalWriter.Parts parts = new JournalWriter.Parts(
                engine,
                format,
                segments,
                layout,
                clock,
                limits.lazySyncMs(),
                sync,
                new Tenure(lock, layout.data(), marker.epoch(), clock),
                disk,
                bounds);
        Intake intake = new Intake(limits.journalQueueEntries());
        JournalWriter writing = new JournalWriter(parts, intake, releases, listener, recoveredLsn);
        JournalThread starting = new JournalThread(intake, writing, listener, Parking.ofThreads());
        writer = writing;
        thread = starting;
        Thread own = new Thread(starting, "ferrymq-journal");
        own.setDaemon(true);
        own.start();
        Uninterruptibly.await(starting.opened::await);
        Throwable failure = starting.failure();
        if (failure != null) {
            throw unusable(failure);
        }
        SnapshotThread making = new SnapshotThread(
                new SnapshotThread.Parts(
                        layout,
                        marker.salt(),
                        properties,
                        clock,
                        segments.index(),
                        writing::durable,
                        disk::isLow,
                        snapshotEveryBytes),
                begunWith);
        snapshots = making;
        making.start();
    }

    private BrokerException unusable(Throwable cause) {
        return new BrokerException(
                Code.STORE_UNUSABLE, "the journal cannot be written: " + layout.journal() + ": " + cause, cause);
    }

    @Override
    public boolean offer(JournalEntry entry) {
        boolean there = offerQuietly(entry);
        wake();
        return there;
    }

    @Override
    public boolean offerQuietly(JournalEntry entry) {
        JournalThread current = thread;
        return current != null && current.put(entry);
    }

    @Override
    public void wake() {
        JournalThread current = thread;
        if (current != null) {
            current.wake();
        }
    }

    @Override
    public void writeHere() {
        JournalThread current = thread;
        if (!syncOnIoThreads) {
            wake();
        } else if (current != null) {
            current.writeHere();
        }
    }

    @Override
    public long durablePosition() {
        JournalWriter current = writer;
        return current == null ? recoveredLsn : current.durable();
    }

    @Override
    public void release(long lsn) {
        if (writer == null) {
            segments.release(lsn, 0); // the log still belongs to the recovering thread
        } else {
            releases.offer(lsn);
        }
    }

    @Override
    public @Nullable Record[] read(long[] lsns) {
        return reader.read(lsns, durablePosition());
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public boolean compact() {
        JournalThread current = thread;
        if (current != null) {
            current.compact();
        }
        return current != null;
    }

    @Override
    public boolean isSpaceLow() {
        return disk.isLow();
    }

    @Override
    public Status status() {
        JournalWriter current = writer;
        JournalThread running = thread;
        if (current == null || running == null) {
            return new Status(
                    engine.name(),
                    recoveredLsn,
                    segments.count(),
                    segments.live(),
                    0,
                    0,
                    reader.damaged(),
                    false,
                    sync.toString(),
                    false);
        }
        JournalWriter.Progress progress = current.progress();
        return new Status(
                engine.name(),
                current.durable(),
                progress.segments(),
                progress.live(),
                progress.appendedBytes(),
                progress.syncs(),
                reader.damaged(),
                running.failure() != null,
                sync.toString(),
                disk.isLow());
    }

    @Override
    public void close() {
        close(Optional.empty());
    }

    @Override
    public void close(Consumer<Visitor> state) {
        close(Optional.of(state));
    }

    private void close(Optional<Consumer<Visitor>> state) {
        if (closed.getAndSet(true)) {
            return;
        }
        JournalThread current = thread;
        SnapshotThread making = snapshots;
        if (making != null) {
            making.close();
        }
        try {
            if (current == null) {
                engine.close();
            } else {
                disk.giveUp();
                current.stop();
                Uninterruptibly.await(current.stopped::await);
                if (current.failure() == null && state.isPresent()) {
                    snapshot(durablePosition(), state.get());
                }
            }
        } catch (IOException e) {
            LOG.warn("Closing the journal: {}", e.toString());
        } finally {
            reader.close();
            disk.close();
            closeBounds();
            unlock();
        }
    }

    /** Without it the next start reads the whole log. */
    private void snapshot(long position, Consumer<Visitor> state) {
        try {
            List<SnapshotFormat.SegmentPicture> pictures = segments.pictures();
            SnapshotPlace place = SnapshotPlace.find(segments.files(), pictures, position, marker.salt());
            pictures = pictures.stream()
                    .filter(picture -> picture.id() <= place.segment())
                    .toList();
            SnapshotWriter.write(snapshotFiles(), marker.salt(), place, pictures, state);
        } catch (IOException e) {
            LOG.warn("No snapshot could be written; the next start takes longer: {}", e.toString());
        }
    }

    private void closeBounds() {
        try {
            bounds.close();
        } catch (IOException e) {
            LOG.warn("Closing the bounds: {}", e.toString());
        }
    }

    private void unlock() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("Giving back the lock: {}", e.toString());
        }
    }
}
