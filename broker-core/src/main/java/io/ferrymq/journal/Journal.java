package io.ferrymq.journal;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The broker's append-only log. Order of calls: {@link #recover} once, {@link #start} once, then any number of the others,
 * then {@link #close}.
 *
 * <p>What is durable stays: once {@link #durablePosition} has reached an LSN, its record and all before it survive kill -9
 * and a power cut, until they are released. A failure to write or sync is final: {@code durablePosition} never moves again,
 * {@link Listener#failed} is called once, and {@link #offer} returns false from then on.
 */
public interface Journal extends AutoCloseable {
    /** The identity of this log, made when it was created and the same for ever: the broker id. Any thread. */
    String id();

    /**
     * Replays every whole entry of the log, oldest first, on the calling thread. May block for as long as the log is long.
     * Damaged records are never handed over; they are counted in {@link Recovery} and logged.
     *
     * @throws io.ferrymq.BrokerException STORE_UNUSABLE, STORE_FORMAT or STORE_LOCKED, with nothing changed on disk
     */
    Recovery recover(Visitor visitor);

    /** Starts the writer. {@code listener} is called on the writer's thread, or that of {@link #writeHere}. */
    void start(Listener listener);

    /**
     * Hands an entry to the writer. Any thread, never blocks; the entries of one thread keep their order.
     *
     * @return false when the writer's queue is full (offer again later) or the journal has failed or is closed
     */
    boolean offer(JournalEntry entry);

    /** Likewise, but the writer may rest on: {@link #wake} or {@link #writeHere} must follow soon. */
    default boolean offerQuietly(JournalEntry entry) {
        return offer(entry);
    }

    /** Somebody looks at what was offered quietly. Any thread, never blocks. */
    default void wake() {}

    /**
     * Likewise, and if nobody does so now and the disk is quick, this thread writes and syncs what is waited for and tells the listener: to be
     * woken by another thread takes longer. May wait for one sync, a fraction of a millisecond as a rule. For threads that nobody
     * interrupts, at the end of their own work and not within that of a shard.
     */
    default void writeHere() {}

    /** All records with an LSN up to this one are durable. Any thread; never goes back. */
    long durablePosition();

    /**
     * The record with this LSN need not be kept: it is not part of the hard state any more. Any thread, never blocks. Records
     * that were never live (removals, counts, clean stops) need no release. Between {@link #recover} and {@link #start}, and inside of
     * {@link Visitor#onRecord}, on the recovering thread only.
     */
    void release(long lsn);

    /**
     * Reads records back by LSN: result i is the record at {@code lsns[i]}, or null when it cannot be read because it is
     * damaged or gone. Only for live records up to {@link #durablePosition}. Any thread but the writer's; blocks for the
     * disk. Fastest when the LSNs ascend and lie close together.
     *
     * @throws java.io.UncheckedIOException when the disk cannot be read now, whatever the records are like
     */
    @Nullable
    Record[] read(long[] lsns);

    /** Whether {@link #read} works: not in a journal that forgets. */
    boolean keeps();

    /**
     * Its disk is nearly full: whoever can keep a message from being appended does so. Removals, and what has been promised, may
     * be appended all the same; room is kept for them. Any thread, cheap.
     */
    default boolean isSpaceLow() {
        return false;
    }

    /**
     * From now on old segments are emptied as when space is short: as long as an eighth of what they take is dead. Any thread.
     *
     * @return whether that can be done; not in memory
     */
    default boolean compact() {
        return false;
    }

    /** What the journal is doing. Any thread. */
    Status status();

    /** Writes and syncs what was offered, stops the writer, gives the lock back. Idempotent. May block. */
    @Override
    void close();

    /**
     * Closes with a snapshot beside the log, from which the next recovery takes the state instead of reading the whole log. Only when the
     * log ends with StoppedCleanly and everything is applied. A snapshot that cannot be written is not missed: the log has it all.
     *
     * @param state tells the records that make up the state, with the LSN of each, 0 for those of snapshots only; meanwhile records can
     *     be read
     */
    default void close(Consumer<Visitor> state) {
        close();
    }

    /** Called once per record during recovery. */
    interface Visitor {
        void onRecord(long lsn, Record record);
    }

    /** Called by whoever runs the writer, one thread at a time; must not block. */
    interface Listener {
        /**
         * {@link #durablePosition} has moved.
         *
         * @param idle whether this thread has nothing else to do now, so that it may be kept for a while; may be asked again
         */
        void durable(long position, BooleanSupplier idle);

        /**
         * A new segment begins with the next record. The records that durable subscriptions exist by are to be appended again: each is
         * needed as long as there are messages between it and the next one.
         */
        void segmentStarted();

        /**
         * Every live record with an LSN up to this one is to be appended again (as MessageMoved, DestinationAdded ...) and
         * the old one released, so that the oldest segment can go: it is mostly dead, or space is short. Said once per
         * segment.
         */
        void makeRoom(long upTo);

        /** Final. No record after {@link #durablePosition} may be relied on. */
        void failed(Throwable cause);
    }

    /** What recovery found. {@code stoppedCleanly}: a StoppedCleanly ends the log, and nobody has started it since. */
    record Recovery(long records, long lastLsn, long damagedRecords, boolean stoppedCleanly) {
        /** For a log line: how the last run ended, if there was one. */
        public String lastStop() {
            if (stoppedCleanly) {
                return "clean";
            }
            return records == 0 ? "none" : "crash";
        }
    }

    /**
     * A moment's picture: which engine, where the log stands, what it takes.
     *
     * @param damagedReads how often a record that should be there could not be read since the journal was opened
     * @param sync when a position counts as durable: {@code always} after a sync, {@code unsafe-os} before; {@code none} in memory
     * @param spaceLow see {@link Journal#isSpaceLow}
     */
    record Status(
            String engine,
            long durablePosition,
            int segments,
            long liveRecords,
            long appendedBytes,
            long syncs,
            long damagedReads,
            boolean failed,
            String sync,
            boolean spaceLow) {}
}
