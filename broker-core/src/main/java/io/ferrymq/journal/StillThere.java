package io.ferrymq.journal;

import java.util.stream.IntStream;

/**
 * Passes on what a snapshot tells, without that whose records are gone: segments are dropped meanwhile, and a record that was dropped was not
 * needed any more. Used by one thread.
 */
public final class StillThere implements Journal.Visitor {
    private final long firstLsn;
    private final Journal.Visitor to;

    /** @param firstLsn of the oldest segment that is there */
    public StillThere(long firstLsn, Journal.Visitor to) {
        this.firstLsn = firstLsn;
        this.to = to;
    }

    @Override
    public void onRecord(long lsn, Record record) {
        if (record instanceof Record.MessagesWaiting waiting) {
            int[] there = IntStream.range(0, waiting.lsns().length)
                    .filter(at -> waiting.lsns()[at] >= firstLsn)
                    .toArray();
            if (there.length == waiting.lsns().length) {
                to.onRecord(lsn, waiting);
            } else if (there.length > 0) {
                to.onRecord(lsn, waiting.only(there));
            }
        } else if (!record.type().live() || lsn >= firstLsn) {
            to.onRecord(lsn, record);
        }
    }
}
