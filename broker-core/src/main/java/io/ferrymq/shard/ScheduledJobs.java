package io.ferrymq.shard;

import io.ferrymq.journal.Record;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The jobs of one shard, its owner, by number and, as far as they wait, by time. */
final class ScheduledJobs {
    /** Stands for no time at all. */
    static final long NEVER = Long.MAX_VALUE;

    private final Map<Long, ScheduledJob> byNumber = new HashMap<>();
    private final TreeSet<ScheduledJob> waiting = new TreeSet<>(ScheduledJob.BY_TIME);
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

    /** Those that wait, and those that are just being sent. */
    Collection<ScheduledJob> all() {
        return byNumber.values();
    }

    /** From the journal: a job, or where one stands now. Returns the LSN of its older record, or 0. */
    long restore(Record.MessageScheduled record, long lsn) {
        ScheduledJob known = byNumber.get(record.job());
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
            if (job != null) {
                dead.add(job.lsn());
                forget(job);
            }
        }
        return dead;
    }

    int count() {
        return byNumber.size();
    }

    /** Footprint of all. */
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
        try {
            long number = Long.parseLong(jobId.substring(jobId.lastIndexOf(':') + 1));
            return Optional.ofNullable(byNumber.get(number))
                    .filter(job -> job.id().equals(jobId));
        } catch (NumberFormatException e) {
            return Optional.empty(); // no id of ours
        }
    }
}
