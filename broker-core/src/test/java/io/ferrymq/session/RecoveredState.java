package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.journal.Record;
import io.ferrymq.journal.Record.ProducersSeen.Mark;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.queue.ProducerAudit;
import io.ferrymq.shard.Shards;
import io.ferrymq.snapshot.SnapshotFold;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What a broker finds in a log, for comparing: from a snapshot it must be the same as from the whole log. */
final class RecoveredState {
    private final TreeSet<String> hard = new TreeSet<>();
    private final ProducerAudit producers = new ProducerAudit(ProducerAudit.PAIRS);
    private final Journal.Status journal;

    private RecoveredState(MemoryLog log, Function<Journal, Shards> broker) {
        MemoryJournal reading = new MemoryJournal("recovered", log);
        Shards shards = broker.apply(reading);
        shards.recover();
        shards.tell(this::onRecord);
        this.journal = reading.status();
        reading.close();
    }

    /** The log may be in use. */
    static void compare(MemoryLog log, Function<Journal, Shards> broker) {
        RecoveredState snapshot = new RecoveredState(log.copy(true), broker);
        RecoveredState whole = new RecoveredState(log.copy(false), broker);
        assertThat(snapshot.hard).as("from a snapshot").isEqualTo(whole.hard);
        assertThat(snapshot.journal.liveRecords()).as("live records").isEqualTo(whole.journal.liveRecords());
        assertThat(snapshot.journal.segments()).as("segments").isEqualTo(whole.journal.segments());
        // of producers a snapshot may know more: their messages may be gone from the log
        Set<Mark> known = snapshot.marks();
        whole.marks().forEach(snapshot.producers::restore);
        assertThat(known).as("producers").isEqualTo(snapshot.marks());
    }

    private Set<Mark> marks() {
        return Set.copyOf(producers.seen().marks());
    }

    /** Makes a snapshot of the log as it is. */
    static void snapshot(MemoryLog log, PropertyFormat properties) {
        log.snapshot((before, behind, to) -> {
            SnapshotFold fold = new SnapshotFold(properties, 0);
            before.accept(fold::before);
            behind.accept(fold);
            fold.tell(before, to);
        });
    }

    private void onRecord(long lsn, Record record) {
        if (record instanceof Record.MessagesWaiting waiting) {
            for (int i = 0; i < waiting.sequences().length; i++) {
                hard.add(waiting.backlog() + " sequence=" + waiting.sequences()[i] + " lsn=" + waiting.lsns()[i]
                        + " priority=" + waiting.priorities()[i] + " footprint=" + waiting.footprints()[i]
                        + " expires=" + waiting.expirationsS()[i] + " count=" + waiting.counts()[i]);
            }
        } else if (record instanceof Record.ProducersSeen seen) {
            seen.marks().stream() // of dead letters only a replay thinks that their producers sent them there
                    .filter(mark -> !mark.queue().physicalName().contains("DLQ"))
                    .forEach(producers::restore);
        } else if (record instanceof Record.MessageScheduled scheduled) {
            hard.add("job=" + scheduled.job() + " due=" + scheduled.dueMs() + " lsn=" + lsn);
        } else if (record instanceof Record.TransactionPrepared prepared) {
            hard.add(prepared.xid() + " part=" + prepared.part() + " lsn=" + lsn);
        } else if (record.type() != Record.Type.STOPPED_CLEANLY) {
            hard.add(record + " lsn=" + lsn);
        }
    }
}
