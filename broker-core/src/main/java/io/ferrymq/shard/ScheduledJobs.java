package io.ferrymq.shard;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The jobs of one shard, its owner, by number and, as far as they wait, by time; some may be in the journal only. */
final class ScheduledJobs {
    /** Stands for no time at all. */
    static final long NEVER = Long.MAX_VALUE;

    private final Map<Long, ScheduledJob> byNumber = new HashMap<>();
    private final TreeSet<ScheduledJob> waiting = new TreeSet<>(ScheduledJob.BY_TIME);
    private final StoredJobs stored = new StoredJobs();
    /** Destinations of stored jobs: those of one name share it. */
    private final Map<DestinationName, DestinationName> destinations = new HashMap<>();

    private long bytes;

    /** Its record is durable, and its message counted. */
    void add(Record.MessageScheduled record, long lsn) {
        ScheduledJob job = new ScheduledJob(record, lsn);
        byNumber.put(job.number(), job);
        waiting.add(job);
        bytes += job.message().footprintBytes();
    }

    void forget(ScheduledJob job) {
        byNumber.remove(job.number());
        waiting.remove(job);
        bytes -= job.message().footprintBytes();
    }

    /** Those that are in the journal only. */
    StoredJobs stored() {
        return stored;
    }

    /**
     * Lets go of jobs that are not due, the last ones first, until the others take so many bytes; returns how many bytes less are in the
     * heap.
     */
    long storeBeyond(long limitBytes, long nowMs, Predicate<JournalEntry> durable) {
        long before = bytes;
        for (Iterator<ScheduledJob> last = waiting.descendingIterator(); bytes > limitBytes && last.hasNext(); ) {
            ScheduledJob job = last.next();
            if (job.wakeMs <= nowMs) {
                break;
            }
            if (job.mayLeaveTheHeap(durable)) {
                last.remove();
                byNumber.remove(job.number());
                bytes -= job.message().footprintBytes();
                store(job.stored());
            }
        }
        return before - bytes;
    }

    private void store(StoredJobs.Stored job) {
        if (destinations.size() > 2 * stored.size()) {
            destinations.clear(); // most of these names are of jobs that have ended
        }
        DestinationName destination = destinations.computeIfAbsent(job.destination(), name -> name);
        stored.add(new StoredJobs.Stored(
                job.number(), job.dueMs(), job.lsn(), job.footprintBytes(), job.idHash(), destination));
    }

    /** The record of a job is another one now; false when the job is over, or has another one already. */
    boolean moved(long number, long from, long to) {
        ScheduledJob here = byNumber.get(number);
        return here == null ? stored.moved(number, from, to) : here.moved(from, to);
    }

    /** Those in the heap: those that wait, and those that are just being sent. */
    Collection<ScheduledJob> all() {
        return byNumber.values();
    }

    /** From the journal: a job, or where one stands now. Returns the LSN of its older record, or 0. */
    long restore(Record.MessageScheduled record, long lsn) {
        ScheduledJob known = byNumber.get(record.job());
        StoredJobs.Stored away = stored.remove(record.job());
        if (away != null) {
            add(record, lsn);
            return away.lsn();
        }
        if (known == null) {
            add(record, lsn);
            return 0;
        }
        long older = known.lsn();
        waiting.remove(known);
        known.becomeDue(record, lsn);
        waiting.add(known);
        return older;
    }

    /** From the journal: these are over. Returns the LSNs of their records. */
    List<Long> restore(Record.SchedulesEnded ended) {
        List<Long> dead = new ArrayList<>();
        for (long number : ended.jobs()) {
            ScheduledJob job = byNumber.get(number);
            StoredJobs.Stored away = stored.remove(number);
            if (job != null) {
                dead.add(job.lsn());
                forget(job);
            } else if (away != null) {
                dead.add(away.lsn());
            }
        }
        return dead;
    }

    int count() {
        return byNumber.size() + stored.size();
    }

    /** Footprint of those in the heap. */
    long bytes() {
        return bytes;
    }

    /** When to look at the first of those that wait, or {@link #NEVER}. */
    long nextMs() {
        return waiting.isEmpty() ? NEVER : waiting.first().wakeMs;
    }

    /** The first of those that wait, which does not wait any more. There must be one. */
    ScheduledJob take() {
        ScheduledJob first = waiting.first();
        waiting.remove(first);
        return first;
    }

    /** It waits again. */
    void putBack(ScheduledJob job, long untilMs) {
        job.wakeMs = untilMs;
        waiting.add(job);
    }

    Collection<ScheduledJob> waiting() {
        return waiting;
    }

    /** Those that wait and are due between two times, both inclusive, in order. */
    List<ScheduledJob> dueBetween(long fromMs, long toMs) {
        return waiting.stream().filter(between(fromMs, toMs)).toList();
    }

    /** Those whose messages are on their way. */
    List<ScheduledJob> firingBetween(long fromMs, long toMs) {
        return byNumber.values().stream()
                .filter(job -> job.firing)
                .filter(between(fromMs, toMs))
                .toList();
    }

    private static Predicate<ScheduledJob> between(long fromMs, long toMs) {
        return job -> job.dueMs() >= fromMs && job.dueMs() <= toMs;
    }

    Optional<ScheduledJob> find(String jobId) {
        return number(jobId).map(byNumber::get).filter(job -> job.id().equals(jobId));
    }

    /** One that is in the journal only. */
    Optional<StoredJobs.Stored> findStored(String jobId) {
        return number(jobId).map(stored::find).filter(job -> job.idHash() == jobId.hashCode());
    }

    private static Optional<Long> number(String jobId) {
        try {
            return Optional.of(Long.parseLong(jobId.substring(jobId.lastIndexOf(':') + 1)));
        } catch (NumberFormatException e) {
            return Optional.empty(); // no id of ours
        }
    }
}
