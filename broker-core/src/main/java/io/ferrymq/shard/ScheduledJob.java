package io.ferrymq.shard;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.ScheduledMessage;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A message that waits for its time, perhaps again and again. Owned by one shard. */
final class ScheduledJob {
    static final Comparator<ScheduledJob> BY_TIME =
            Comparator.<ScheduledJob>comparingLong(job -> job.wakeMs).thenComparingLong(job -> job.number);

    private final long number;
    private final Message message;
    private long dueMs;
    private int repeats;
    private long lsn;
    /** Its record, appended again since; it has its LSN by the time that anybody asks for it. */
    private @Nullable JournalEntry again;
    /** When to look at it next: when it is due, or later where that was in vain. Not to be changed while it is in a sorted set. */
    long wakeMs;
    /** Its message is on its way. */
    boolean firing;
    /** Somebody has removed it while its message was on its way. */
    boolean removed;

    ScheduledJob(Record.MessageScheduled record, long lsn) {
        this.number = record.job();
        this.message = record.message();
        becomeDue(record, lsn);
    }

    /** It goes on as the record says. */
    void becomeDue(Record.MessageScheduled record, long newLsn) {
        dueMs = record.dueMs();
        wakeMs = record.dueMs();
        repeats = record.repeats();
        lsn = newLsn;
        again = null;
    }

    long number() {
        return number;
    }

    String id() {
        return message.id().producer() + ":" + number;
    }

    Message message() {
        return message;
    }

    DestinationName destination() {
        return message.destination();
    }

    Schedule schedule() {
        return message.schedule().orElseThrow();
    }

    long dueMs() {
        return dueMs;
    }

    int repeats() {
        return repeats;
    }

    long lsn() {
        return again == null ? lsn : again.firstLsn();
    }

    /** Whether the journal says all that there is to say, so that it can be read from there. */
    boolean mayLeaveTheHeap(Predicate<JournalEntry> durable) {
        return !firing && wakeMs == dueMs && (again == null || durable.test(again));
    }

    StoredJobs.Stored stored() {
        return new StoredJobs.Stored(number, dueMs, lsn(), message.footprintBytes(), id().hashCode(), destination());
    }

    /** Its record is another one now; false when it has another one already. */
    boolean moved(long from, long to) {
        boolean moved = lsn() == from;
        if (moved) {
            lsn = to;
            again = null;
        }
        return moved;
    }

    Record.MessageScheduled record() {
        return new Record.MessageScheduled(number, dueMs, repeats, message);
    }

    /** Its newest record as an entry, for whoever makes that one obsolete. */
    JournalEntry entry() {
        if (again != null) {
            return again;
        }
        JournalEntry entry = new JournalEntry(List.of(record()), false);
        entry.assignLsn(lsn);
        return entry;
    }

    void appendedAgain(JournalEntry entry) {
        again = entry;
    }

    ScheduledMessage view() {
        return new ScheduledMessage(id(), dueMs, message);
    }
}
