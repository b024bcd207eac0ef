package io.ferrymq.journal;

import java.util.List;

/**
 * Records that are written together and recovered all or none. Owned by the shard that offers it until {@link
 * Journal#offer}, then by the journal writer, which sets the LSN, until {@link Journal#durablePosition} has passed it; then
 * again by the shard.
 */
public final class JournalEntry {
    private final List<Record> records;
    private final boolean awaited;
    private long firstLsn;

    /**
     * @param records at least one
     * @param awaited whether somebody waits for it to be durable; entries nobody waits for do not cause a sync by themselves,
     *     and are durable with the next one, at the latest after {@code Limits.lazySyncMs}
     */
    public JournalEntry(List<Record> records, boolean awaited) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("an entry has at least one record");
        }
        this.records = List.copyOf(records);
        this.awaited = awaited;
    }

    public List<Record> records() {
        return records;
    }

    public boolean awaited() {
        return awaited;
    }

    /** LSN of the first record; record i has {@code firstLsn() + i}. 0 as long as the writer has not taken the entry. */
    public long firstLsn() {
        return firstLsn;
    }

    /** LSN of the last record. */
    public long lastLsn() {
        return firstLsn + records.size() - 1;
    }

    /** For the journal writer: sets the LSN of the first record, at least 1. */
    public void assignLsn(long firstLsn) {
        this.firstLsn = firstLsn;
    }
}
