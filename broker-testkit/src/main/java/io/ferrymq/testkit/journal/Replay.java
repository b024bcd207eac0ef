package io.ferrymq.testkit.journal;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import java.util.ArrayList;
import java.util.List;

/** What a journal handed over during recovery, in order. */
public record Replay(Journal.Recovery recovery, List<Long> lsns, List<Record> records) {
    /** Recovers a journal that was just opened. */
    public static Replay of(Journal journal) {
        List<Long> lsns = new ArrayList<>();
        List<Record> records = new ArrayList<>();
        Journal.Recovery recovery = journal.recover((lsn, record) -> {
            lsns.add(lsn);
            records.add(record);
        });
        return new Replay(recovery, lsns, records);
    }

    /** The sequences of the messages, in order. */
    public List<Long> sequences() {
        return records.stream()
                .filter(Record.MessageAdded.class::isInstance)
                .map(record -> ((Record.MessageAdded) record).sequence())
                .toList();
    }
}
