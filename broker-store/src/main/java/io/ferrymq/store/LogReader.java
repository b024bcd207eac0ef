package io.ferrymq.store;

import io.ferrymq.journal.MalformedRecordException;
import io.ferrymq.journal.Record;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads records back by LSN while the writer goes on: see {@link io.ferrymq.journal.Journal#read}. Any thread. */
final class LogReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final int KEPT_WINDOWS = 4;

    private final ReadIndex index;
    private final long salt;
    private final SetAside setAside;
    private final ArrayBlockingQueue<ReadWindow> windows = new ArrayBlockingQueue<>(KEPT_WINDOWS);
    private final AtomicLong damaged = new AtomicLong();

    LogReader(ReadIndex index, long salt, SetAside setAside) {
        this.setAside = setAside;
        this.index = index;
        this.salt = salt;
    }

    /** @param durable nothing behind this is looked for */
    @Nullable
    Record[] read(long[] lsns, long durable) {
        @Nullable Record[] records = new Record[lsns.length];
        ReadWindow kept = windows.poll();
        ReadWindow window = kept == null ? new ReadWindow(salt) : kept;
        boolean interrupted = false;
        try (BatchReading reading = new BatchReading(index.places(), index.channels(), window, lsns)) {
            for (int i = 0; i < lsns.length; i++) {
                if (lsns[i] <= durable) {
                    interrupted |= read(reading, i, lsns, records);
                }
            }
        } finally {
            windows.offer(window);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return records;
    }

    /**
     * An interrupt of this thread, or of another one with the same file, closes the channel; true when it was this one. What fails for
     * another reason than damage may be there the next time.
     */
    private boolean read(BatchReading reading, int i, long[] lsns, @Nullable Record[] records) {
        boolean interrupted = false;
        while (!index.channels().isClosed()) {
            try {
                records[i] = reading.read(i);
                break;
            } catch (ClosedChannelException e) {
                interrupted |= Thread.interrupted();
                reading.reopen();
            } catch (DamagedRecordException | EOFException | NoSuchFileException | MalformedRecordException e) {
                onUnreadable(lsns[i], reading, e);
                break;
            } catch (IOException e) {
                SegmentFile file = reading.file();
                reading.reopen();
                throw new UncheckedIOException("the journal cannot be read now: " + file + ": " + e, e);
            }
        }
        return interrupted;
    }

    private void onUnreadable(long lsn, BatchReading reading, Exception why) {
        SegmentFile file = reading.file();
        if (file != null && index.has(file)) {
            damaged.incrementAndGet();
            LOG.error(
                    "A record cannot be read and is not delivered: lsn={}, offset={}, {}, {}",
                    lsn,
                    reading.offset(),
                    file,
                    why.toString());
            if (why instanceof DamagedRecordException) {
                setAside.keep(file, reading.offset(), reading.damagedUntil(), lsn);
            } else if (why instanceof EOFException) {
                setAside.keep(file, reading.offset(), Long.MAX_VALUE, lsn);
            }
        } // else its segment was dropped meanwhile: nobody needs it
    }

    /** How often a record that should be there could not be read. */
    long damaged() {
        return damaged.get();
    }

    /** Lets go of the files; whoever still reads finds nothing more. */
    @Override
    public void close() {
        index.channels().close();
    }
}
