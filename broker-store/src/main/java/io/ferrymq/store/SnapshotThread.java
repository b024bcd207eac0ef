package io.ferrymq.store;

import io.ferrymq.message.PropertyFormat;
import io.ferrymq.time.Clock;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots while the broker runs, on a thread of its own, {@code ferrymq-snapshots}: whenever the log behind the newest one has become
 * so long that reading it would take a while. What goes wrong here costs the next start time, and nothing else.
 */
final class SnapshotThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotThread.class);
    private static final long LOOK_NS = 200_000_000;
    /** A snapshot is not written more often than the log grows by this many times its size. */
    private static final int LOG_TO_SNAPSHOT = 4;

    private final ReadIndex index;
    private final LongSupplier durable;
    private final BooleanSupplier spaceLow;
    private final long everyBytes;
    private final Clock clock;
    private final SnapshotFiles snapshots;
    private final SnapshotMaker maker;
    private final Thread thread = new Thread(this::run, "ferrymq-snapshots");
    private volatile boolean closing;
    private @Nullable SnapshotPlace newest;
    private long newestBytes;
    /** After a failure: how long the log behind the newest one must be before the next attempt. */
    private long notBefore;

    /** @param newest the one that recovery began with, or null */
    SnapshotThread(Parts parts, @Nullable SnapshotPlace newest) {
        this.index = parts.index();
        this.durable = parts.durable();
        this.spaceLow = parts.spaceLow();
        this.everyBytes = parts.everyBytes();
        this.clock = parts.clock();
        this.snapshots = new SnapshotFiles(parts.layout().snapshots());
        this.maker = new SnapshotMaker(
                parts.layout(), snapshots, parts.salt(), parts.properties(), new Pace(parts.clock(), () -> closing));
        this.newest = newest;
    }

    /** What it looks at, on the writer's side. */
    record Parts(
            StoreLayout layout,
            long salt,
            PropertyFormat properties,
            Clock clock,
            ReadIndex index,
            LongSupplier durable,
            BooleanSupplier spaceLow,
            long everyBytes) {}

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            snapshots.removeUnfinished();
            newestBytes = newest == null ? 0 : snapshots.newestBytes();
            while (!closing) {
                LockSupport.parkNanos(this, LOOK_NS);
                if (!closing && isDue()) {
                    make();
                }
            }
        } catch (CancellationException e) {
            LOG.debug("A snapshot was not finished: {}", e.getMessage());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            LOG.error("No more snapshots are made until the next start, which may take longer", e);
        }
    }

    private boolean isDue() {
        long behind = behind();
        return behind >= Math.max(everyBytes, LOG_TO_SNAPSHOT * newestBytes)
                && behind >= notBefore
                && !spaceLow.getAsBoolean();
    }

    /** How much of the log would have to be read behind the newest snapshot. */
    private long behind() {
        SnapshotPlace place = newest;
        long bytes = 0;
        for (ReadIndex.Readable segment : index.places()) {
            long id = segment.file().id();
            long end = segment.blocks().end();
            if (place == null || id > place.segment()) {
                bytes += end;
            } else if (id == place.segment()) {
                bytes += Math.max(0, end - place.end());
            }
        }
        return bytes;
    }

    private void make() throws IOException {
        long beganNs = clock.nanoTime();
        long upTo = durable.getAsLong(); // first: the segments that are seen then have all of it
        List<SegmentFile> files =
                Arrays.stream(index.places()).map(ReadIndex.Readable::file).toList();
        try {
            Optional<SnapshotPlace> made = maker.make(files, upTo);
            made.ifPresent(place -> newest = place);
            newestBytes = snapshots.newestBytes();
            notBefore = 0;
            LOG.info(
                    "Snapshot: lastLsn={}, bytes={}, ms={}",
                    made.map(SnapshotPlace::lsn).orElse(0L),
                    newestBytes,
                    (clock.nanoTime() - beganNs) / 1_000_000);
        } catch (NoSuchFileException e) {
            LOG.debug("A segment was dropped while it was to be read: {}", e.getMessage());
        } catch (DamagedRecordException e) {
            if (files.stream().allMatch(index::has)) {
                throw e;
            }
        } catch (IOException e) {
            notBefore = behind() + everyBytes;
            LOG.warn("No snapshot could be made; it is tried again later: {}", e.toString());
        }
    }

    /** Returns when it has ended. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        Uninterruptibly.await(thread::join);
    }
}
