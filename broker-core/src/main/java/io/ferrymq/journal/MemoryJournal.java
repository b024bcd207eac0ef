package io.ferrymq.journal;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A journal without a disk: what is offered is durable at once, as far as anything in memory is. For brokers whose messages
 * need not survive, and for tests.
 *
 * <p>Its state belongs to whichever thread holds its monitor. There is no writer thread: {@link Journal.Listener} is called
 * inside {@link #offer}, on the offering thread, which must expect that.
 */
public final class MemoryJournal implements Journal {
    private final String id;
    private final MemoryLog log;
    private Listener listener = new Unheard();
    private boolean started;
    private boolean closed;
    private long appendedBytes;
    private long syncs;

    /** A journal that forgets: nothing is kept, {@link #recover} finds nothing. */
    public MemoryJournal(String id) {
        this(id, new MemoryLog(Long.MAX_VALUE, false));
    }

    /** A journal over a log that outlives it, as files outlive a broker. */
    public MemoryJournal(String id, MemoryLog log) {
        this.id = id;
        this.log = log;
        log.open();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public synchronized Recovery recover(Visitor visitor) {
        return log.replay(visitor);
    }

    @Override
    public synchronized void start(Listener newListener) {
        listener = newListener;
        started = true;
        log.resume();
    }

    @Override
    public synchronized boolean offer(JournalEntry entry) {
        if (!started || closed) {
            return false;
        }
        if (log.isSegmentFull()) {
            log.roll();
            listener.segmentStarted();
            long upTo = log.roomWanted();
            if (upTo > 0) {
                listener.makeRoom(upTo);
            }
        }
        entry.assignLsn(log.lastLsn() + 1);
        appendedBytes += log.append(entry.records());
        syncs++;
        listener.durable(entry.lastLsn(), () -> false); // the thread is that of the shard
        return true;
    }

    @Override
    public synchronized long durablePosition() {
        return log.lastLsn();
    }

    @Override
    public synchronized void release(long lsn) {
        log.release(lsn);
    }

    @Override
    public synchronized @Nullable Record[] read(long[] lsns) {
        @Nullable Record[] records = new Record[lsns.length];
        for (int i = 0; i < lsns.length; i++) {
            records[i] = closed ? null : log.read(lsns[i]);
        }
        return records;
    }

    @Override
    public boolean keeps() {
        return log.keeps();
    }

    @Override
    public synchronized Status status() {
        return new Status(
                "memory",
                log.lastLsn(),
                log.segments(),
                log.liveRecords(),
                appendedBytes,
                syncs,
                0,
                false,
                "none",
                false);
    }

    @Override
    public synchronized void close(Consumer<Visitor> state) {
        if (!closed) {
            log.keep(state);
        }
        close();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            log.close();
        }
    }

    private static final class Unheard implements Listener {
        @Override
        public void durable(long position, BooleanSupplier idle) {}

        @Override
        public void segmentStarted() {}

        @Override
        public void makeRoom(long upTo) {}

        @Override
        public void failed(Throwable cause) {}
    }
}
