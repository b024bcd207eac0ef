package io.ferrymq.transaction;

import io.ferrymq.journal.Record;

/** What a transaction changes beside messages: one record, and what follows from it in the shard that the part belongs to. */
public interface Change {
    /** Asked for once, by the shard that writes the commit. */
    Record record();

    /** The commit is durable, the record at {@code lsn}. */
    void apply(long lsn);
}
