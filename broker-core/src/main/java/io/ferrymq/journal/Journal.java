package io.ferrymq.journal;

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

    /** Starts the writer. {@code listener} is called on the writer's thread. */
    void start(Listener listener);

    /**
     * Hands an entry to the writer. Any thread, never blocks; the entries of one thread keep their order.
     *
     * @return false when the writer's queue is full (offer again later) or the journal has failed or is closed
     */
    boolean offer(JournalEntry entry);

    /** All records with an LSN up to this one are durable. Any thread; never goes back. */
    long durablePosition();

    /**
     * The record with this LSN need not be kept: it is not part of the hard state any more. Any thread, never blocks. Records
     * that were never live (removals, counts, clean stops) need no release.
     */
    void release(long lsn);

    /**
     * Its disk is nearly full: whoever can keep a message from being appended does so. Removals, and what has been promised, may
     * be appended all the same; room is kept for them. Any thread, cheap.
     */
    default boolean isSpaceLow() {
        return false;
    }

    /** What the journal is doing. Any thread. */
    Status status();

    /** Writes and syncs what was offered, stops the writer, gives the lock back. Idempotent. May block. */
    @Override
    void close();

    /** Called once per record during recovery. */
    interface Visitor {
        void onRecord(long lsn, Record record);
    }

    /** Called on the writer's thread; must not block. */
    interface Listener {
        /** {@link #durablePosition} has moved. */
        void durable(long position);

        /**
         * A new segment begins with the next record. The owners of long-lived small records (DestinationAdded) append them
         * again and release the old ones, so that they never pin an old segment.
         */
        void segmentStarted();

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
            boolean failed,
            String sync,
            boolean spaceLow) {}
}
