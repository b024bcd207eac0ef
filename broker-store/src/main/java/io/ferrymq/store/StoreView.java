package io.ferrymq.store;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.List;
import java.util.Optional;

/**
 * What a data directory holds, for people and scripts.
 *
 * @param segments oldest first
 * @param backlogs of queues and durable subscriptions that have messages, the largest first
 * @param scheduled how many messages wait for their time
 * @param snapshots the newest first
 */
public record StoreView(
        Identity identity,
        Log log,
        Census census,
        List<SegmentView> segments,
        List<BacklogView> backlogs,
        List<Record.SubscriptionAdded> subscriptions,
        List<PreparedView> prepared,
        long scheduled,
        List<SnapshotView> snapshots) {

    /**
     * Whose it is.
     *
     * @param epoch how often the journal was started
     * @param inUse a broker has the directory now: what it writes meanwhile may be missing
     */
    public record Identity(String engine, String id, int formatVersion, int epoch, boolean inUse) {}

    /**
     * The log as a whole.
     *
     * @param records that can be read
     * @param firstLsn 0 when there is none
     * @param lastStop how the last run ended: clean, crash, none, or running
     * @param tail what follows the last whole entry: a record that is just being written, or was when the broker was killed
     */
    public record Log(
            long records, long firstLsn, long lastLsn, String lastStop, List<Damage> damages, Optional<Tail> tail) {
        public long damagedRecords() {
            return damages.stream().mapToLong(Damage::records).sum();
        }
    }

    /**
     * How the segments that are there differ from those that should be.
     *
     * @param leftovers files that were dropped before; the next start removes them and does not read them
     */
    public record Census(List<MissingSegments> missing, List<String> leftovers) {}

    /** Segments that should be there and are not, from the first to the last. What they held is in the damages of the log. */
    public record MissingSegments(long first, long last) {
        @Override
        public String toString() {
            return first == last
                    ? "segment " + first + " is missing"
                    : "segments " + first + " to " + last + " are missing";
        }
    }

    /**
     * A snapshot, which a start would begin with if it is usable and no newer one is.
     *
     * @param lastLsn of the record that it was made behind; 0 when that cannot be said
     * @param state usable, or why it is not
     */
    public record SnapshotView(String file, long bytes, long lastLsn, String state) {}

    /** No damage: nobody was promised anything of it. */
    public record Tail(String file, long offset, long lsn) {}

    /** One segment. {@code firstLsn} is 0 when nothing in it can be read. */
    public record SegmentView(
            String file,
            long bytes,
            long firstLsn,
            long lastLsn,
            long records,
            long liveRecords,
            long liveBytes,
            List<Hold> holds) {}

    /** What keeps a segment. */
    public enum HoldKind {
        /** Messages of a queue or a durable subscription. */
        MESSAGES,
        /** Messages that wait for their time. */
        SCHEDULED,
        /** A prepared transaction. */
        PREPARED,
        /** The record that a durable subscription exists by. */
        SUBSCRIPTION,
        /** Records that queues exist by. */
        DESTINATIONS
    }

    /**
     * One thing that keeps a segment.
     *
     * @param name of the destination or the transaction; empty for {@link HoldKind#DESTINATIONS}
     * @param oldestMs when the oldest came, milliseconds since the epoch; 0 when nobody knows
     */
    public record Hold(HoldKind kind, String name, long count, long bytes, long oldestMs) {}

    /** @param bytes what its messages take in the log */
    public record BacklogView(DestinationName name, long messages, long bytes) {}

    /** A prepared transaction that waits for its outcome. */
    public record PreparedView(String xid, long preparedMs, long acknowledged, long sends, long bytes) {}

    /** Messages in queues and durable subscriptions; one that several subscriptions keep counts for each. */
    public long messages() {
        return backlogs.stream().mapToLong(BacklogView::messages).sum();
    }

    public long segmentBytes() {
        return segments.stream().mapToLong(SegmentView::bytes).sum();
    }
}
