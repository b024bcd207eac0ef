package io.ferrymq.store;

import io.ferrymq.BrokerException;
import io.ferrymq.BrokerException.Code;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who runs the {@link JournalWriter}, one thread at a time, and when: {@code ferrymq-journal}, or, while that rests, a thread that has
 * brought something which is waited for and has nothing else to do ({@link #writeHere}). What arrives during a sync is the next batch. Never
 * interrupt {@code ferrymq-journal}, nor a thread that works here: an interrupt would close the journal's files.
 */
final class JournalThread implements Runnable {
    /** What ends the rest of {@code ferrymq-journal}, besides its time. */
    private enum Rest {
        /** It does not rest. */
        NONE,
        /** An entry that somebody waits for, or a queue that fills. */
        NAP,
        /** Any entry. */
        DEEP,
        /** Whoever runs the writer has done so. */
        UNTIL_RETURNED
    }

    private static final Logger LOG = LoggerFactory.getLogger(JournalThread.class);
    private static final long DEEP_NS = 1_000_000_000L;
    /** After work what nobody waits for is left lying so long: more of it, or something that is waited for, takes it along. */
    private static final long NAP_NS = 5_000_000L;

    final CountDownLatch opened = new CountDownLatch(1);
    final CountDownLatch stopped = new CountDownLatch(1);
    private final Intake intake;
    private final JournalWriter writer;
    private final Journal.Listener listener;
    private final Parking parking;
    /** Whether somebody runs the writer. */
    private final AtomicBoolean running = new AtomicBoolean();

    private volatile Rest rest = Rest.NONE;
    private volatile boolean closing;
    /** What has gone wrong where this thread does not see it. */
    private volatile @Nullable Throwable fault;

    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread thread;

    JournalThread(Intake intake, JournalWriter writer, Journal.Listener listener, Parking parking) {
        this.intake = intake;
        this.writer = writer;
        this.listener = listener;
        this.parking = parking;
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        take();
        try {
            writer.open();
            opened.countDown();
            while (!closing || !writer.isDone()) {
                if (!writer.round() && !intake.isPressing()) {
                    rest();
                }
            }
            writer.end();
        } catch (Throwable e) {
            fail(e);
        } finally {
            closeWriter(); // and nobody else runs it any more
            opened.countDown();
            stopped.countDown();
        }
    }

    private void take() {
        while (!running.compareAndSet(false, true)) {
            rest = Rest.UNTIL_RETURNED;
            if (running.get()) {
                parking.park(this, DEEP_NS);
            }
            rest = Rest.NONE;
        }
    }

    /** Whoever puts an entry does so before looking at {@code rest}, so one of the two sees the other. */
    private void rest() throws IOException {
        boolean nap = writer.tire();
        long nanos = writer.mostRestNs(nap ? NAP_NS : DEEP_NS);
        rest = nap ? Rest.NAP : Rest.DEEP;
        running.set(false);
        if (!closing && (nap ? !intake.isPressing() : intake.isEmpty())) {
            parking.park(this, nanos);
        }
        rest = Rest.NONE;
        take();
        Throwable elsewhere = fault;
        if (elsewhere != null) {
            throw new IOException("on another thread: " + elsewhere, elsewhere);
        }
    }

    /** Any thread: false when there is no room now, or never will be. {@link #wake} or {@link #writeHere} follows. */
    boolean put(JournalEntry entry) {
        return !closing && failure == null && intake.put(entry);
    }

    /** Any thread: somebody looks at what was put. */
    void wake() {
        Rest now = rest;
        if (now == Rest.NAP ? intake.isPressing() : now == Rest.DEEP && !intake.isEmpty()) {
            endRest();
        }
    }

    /**
     * Likewise, and if nobody does so now and it can be done quickly, this thread writes and syncs what is waited for, and tells the listener.
     * For threads that run no shard, and that nobody interrupts.
     */
    void writeHere() {
        if (!intake.isPressing() || Thread.currentThread().isInterrupted()) {
            wake(); // an interrupt would close the files
        } else if (!closing && running.compareAndSet(false, true)) {
            try {
                if (fault == null) {
                    writer.roundHere();
                }
            } catch (Throwable e) { // of any kind: Chronicle throws checked ones that it does not declare
                fault = e; // ends the journal's own thread, as a fault of its own does
            } finally {
                giveBack();
            }
        } // else whoever runs it looks again
    }

    private void giveBack() {
        running.set(false);
        Rest now = rest;
        boolean waits =
                now == Rest.DEEP || now == Rest.UNTIL_RETURNED; // not deeply while there is work: it may have to sync
        if (waits || fault != null || intake.isPressing()) {
            endRest();
        }
    }

    private void endRest() {
        rest = Rest.NONE;
        parking.wake(thread);
    }

    private void fail(Throwable cause) {
        BrokerException failed =
                new BrokerException(Code.STORE_FAILED, "the journal has failed and writes no more: " + cause, cause);
        failure = failed;
        LOG.error("The journal has failed at LSN {}; nothing is acknowledged any more", writer.durable(), cause);
        if (opened.getCount() == 0) {
            listener.failed(failed);
        }
    }

    private void closeWriter() {
        try {
            writer.close();
        } catch (Throwable e) {
            LOG.warn("Closing the segments: {}", e.toString());
        }
    }

    /** Any thread: what is there is written, then it ends. */
    void stop() {
        closing = true;
        writer.hurry();
        parking.wake(thread);
    }

    /** Any thread: old segments are emptied as when space is short. */
    void compact() {
        writer.compact();
        parking.wake(thread);
    }

    @Nullable
    Throwable failure() {
        return failure;
    }
}
