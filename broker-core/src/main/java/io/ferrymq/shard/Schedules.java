package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.transaction.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one shard, its owner, that wait for their time. A shard keeps those whose destination, as it was named when
 * they were sent, it would own; where they go when they are due is decided then, as if they were sent then. "It has arrived"
 * and "its job goes on, or is over" are one journal entry, so each time counts once, also when the broker is killed.
 */
public final class Schedules {
    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);

    private static final String JOB_ID = "scheduledJobId";
    private static final int FIRED_PER_CYCLE = 64;
    /** Messages on their way; the next ones wait for these. */
    private static final int MOST_FIRING = 1_024;
    /** A million jobs may be removed at once; one journal entry for all would be written and recovered in one piece. */
    private static final int REMOVED_TOGETHER = 1_024;
    /** Later again: no memory now, or a limit in the way. */
    private static final long RETRY_MS = 1_000;
    /** How long one warning is enough. */
    private static final long QUIET_MS = 30_000;
    /** Jobs that take no more than this are written again with every segment, so that a few of them never pin an old one. */
    private static final long CHEAP_BYTES = 1 << 20;

    private final ShardContext context;
    private final Inbox inbox;
    private final Timetable timetable;
    private final Map<Long, ScheduledJob> jobs = new HashMap<>();
    private final TreeSet<ScheduledJob> waiting = new TreeSet<>(ScheduledJob.BY_TIME);
    private @Nullable ScheduleOutlet outlet;
    private @Nullable JournalEntry lastAgain;
    private long bytes;
    private long quietUntilMs;
    private int firing;

    /** @param inbox of the shard, for news that come on other threads */
    Schedules(ShardContext context, Inbox inbox) {
        this.context = context;
        this.inbox = inbox;
        this.timetable = new Timetable(context.clock());
    }

    /** From now on messages are sent when they are due. */
    public void start(ScheduleOutlet to) {
        outlet = to;
    }

    /** Schedules a message that was sent outside of transactions. */
    void accept(Message message, Receipt receipt) {
        Optional<Refusal> refusal = Timetable.check(message);
        if (refusal.isPresent()) {
            receipt.refused(refusal.get());
            return;
        }
        Record.MessageScheduled record = timetable.first(context.nextSequence(), message);
        context.budget().take(message.footprintBytes());
        context.outlet().appendAndPark(List.of(record), lsn -> {
            add(record, lsn);
            receipt.done();
        });
    }

    /** Schedules a message with a commit, at that time; it has been checked and counted. */
    Change change(Message message) {
        return new Scheduling(message);
    }

    private final class Scheduling implements Change {
        private final Message message;
        private Record.@Nullable MessageScheduled record;

        Scheduling(Message message) {
            this.message = message;
        }

        @Override
        public Record record() {
            record = timetable.first(context.nextSequence(), message);
            return record;
        }

        @Override
        public void apply(long lsn) {
            add(Objects.requireNonNull(record), lsn);
        }
    }

    /** The record is durable, and its message counted. */
    void add(Record.MessageScheduled record, long lsn) {
        ScheduledJob job = new ScheduledJob(record, lsn);
        jobs.put(job.number(), job);
        waiting.add(job);
        bytes += job.message().footprintBytes();
    }

    private void forget(ScheduledJob job) {
        jobs.remove(job.number());
        waiting.remove(job);
        bytes -= job.message().footprintBytes();
    }

    /** From the journal: a job, or where one stands now. Returns the LSN of its older record, or 0. */
    long restore(Record.MessageScheduled record, long lsn) {
        ScheduledJob known = jobs.get(record.job());
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
            ScheduledJob job = jobs.get(number);
            if (job != null) {
                dead.add(job.lsn());
                forget(job);
            }
        }
        return dead;
    }

    /** Footprint of all that wait. */
    long bytes() {
        return bytes;
    }

    /** Sends what is due, a bounded number; returns how many. */
    int fireDue() {
        if (waiting.isEmpty() || outlet == null || context.outlet().isCongested()) {
            return 0;
        }
        int fired = 0;
        long nowMs = context.clock().epochMs();
        while (fired < FIRED_PER_CYCLE && firing < MOST_FIRING && isDue(nowMs)) {
            ScheduledJob job = waiting.first();
            waiting.remove(job);
            fire(job, nowMs, outlet);
            fired++;
        }
        return fired;
    }

    private boolean isDue(long nowMs) {
        return !waiting.isEmpty() && waiting.first().wakeMs <= nowMs;
    }

    /** Nanoseconds until the next message is due. */
    long untilNextNs() {
        if (waiting.isEmpty() || outlet == null || firing >= MOST_FIRING) {
            return Long.MAX_VALUE;
        }
        long untilMs = waiting.first().wakeMs - context.clock().epochMs();
        return untilMs <= 0 ? 0 : untilMs > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : untilMs * 1_000_000;
    }

    private void fire(ScheduledJob job, long nowMs, ScheduleOutlet to) {
        Optional<Record.MessageScheduled> next = timetable.next(job);
        if (mustWait(next.isPresent())) {
            wait(job, nowMs + RETRY_MS);
            return;
        }
        job.firing = true;
        firing++;
        to.send(due(job, nowMs, to), new Firing(job, next), new Receipt() {
            @Override
            public void done() {
                // the change has been applied
            }

            @Override
            public void refused(Refusal refusal) {
                inbox.put(new Command.WithSchedules(schedules -> schedules.refused(job, refusal)));
            }
        });
    }

    /** A job that ends gives as much memory as its message takes; one that goes on adds to what piles up. */
    private boolean mustWait(boolean goesOn) {
        return goesOn ? context.budget().isExhausted() : context.budget().isOverdrawn();
    }

    private void wait(ScheduledJob job, long untilMs) {
        job.wakeMs = untilMs;
        waiting.add(job);
    }

    private static Message due(ScheduledJob job, long nowMs, ScheduleOutlet to) {
        Map<String, Object> annotations = new HashMap<>(job.message().annotations());
        annotations.put(JOB_ID, job.id());
        Message.Builder due = Timetable.due(job.message(), nowMs).annotations(annotations);
        return job.schedule().isRepeated() ? due.id(to.nextId()).build() : due.build();
    }

    /** The message has arrived, and the job has gone on or ended, in one durable entry. */
    private final class Firing implements Change {
        private final ScheduledJob job;
        private final Optional<Record.MessageScheduled> next;

        Firing(ScheduledJob job, Optional<Record.MessageScheduled> next) {
            this.job = job;
            this.next = next;
        }

        @Override
        public Record record() {
            return next.isPresent()
                    ? next.get()
                    : new Record.SchedulesEnded(job.destination(), new long[] {job.number()});
        }

        @Override
        public void apply(long lsn) {
            landed(job);
            context.outlet().release(new long[] {job.lsn()});
            if (next.isEmpty()) {
                forget(job);
                context.budget().give(job.message().footprintBytes());
                return;
            }
            job.becomeDue(next.get(), lsn);
            if (job.removed) {
                end(List.of(job), Receipt.NONE);
            } else {
                waiting.add(job);
            }
        }
    }

    private void landed(ScheduledJob job) {
        job.firing = false;
        firing--;
    }

    /** The message cannot go where it was to go: a name that is none, a temporary destination that is gone, or no room now. */
    void refused(ScheduledJob job, Refusal refusal) {
        landed(job);
        boolean passing = refusal.code() == Refusal.Code.RESOURCE_LIMIT || refusal.code() == Refusal.Code.UNAVAILABLE;
        if (!job.removed) {
            warn(passing ? "waits" : "is given up", job, refusal);
        }
        if (job.removed || !passing) {
            end(List.of(job), Receipt.NONE);
        } else {
            wait(job, context.clock().epochMs() + RETRY_MS);
        }
    }

    private void warn(String outcome, ScheduledJob job, Refusal refusal) {
        long nowMs = context.clock().epochMs();
        if (nowMs >= quietUntilMs) {
            quietUntilMs = nowMs + QUIET_MS; // many may have the same trouble
            LOG.warn(
                    "a scheduled message cannot be sent and {}: job={}, destination={}, reason={}",
                    outcome,
                    job.id(),
                    job.destination(),
                    refusal);
        }
    }

    /** How many wait. */
    public int count() {
        return jobs.size();
    }

    /** Those due between two times, both inclusive, in the order in which they are. */
    public List<ScheduledMessage> list(long fromMs, long toMs) {
        return dueBetween(fromMs, toMs).stream().map(ScheduledJob::view).toList();
    }

    private List<ScheduledJob> dueBetween(long fromMs, long toMs) {
        return waiting.stream()
                .filter(job -> job.dueMs() >= fromMs && job.dueMs() <= toMs)
                .toList();
    }

    /** Removes a job, if there is such; its message may be on its way. */
    public void remove(String jobId, Receipt receipt) {
        Optional<ScheduledJob> job = find(jobId);
        if (job.isEmpty()) {
            receipt.done();
        } else if (job.get().firing) {
            job.get().removed = true;
            receipt.done();
        } else {
            end(List.of(job.get()), receipt);
        }
    }

    private Optional<ScheduledJob> find(String jobId) {
        try {
            long number = Long.parseLong(jobId.substring(jobId.lastIndexOf(':') + 1));
            return Optional.ofNullable(jobs.get(number)).filter(job -> job.id().equals(jobId));
        } catch (NumberFormatException e) {
            return Optional.empty(); // no id of ours
        }
    }

    /** Removes all that are due between two times, both inclusive. */
    public void removeAll(long fromMs, long toMs, Receipt receipt) {
        for (ScheduledJob job : jobs.values()) {
            job.removed |= job.firing && job.dueMs() >= fromMs && job.dueMs() <= toMs;
        }
        end(dueBetween(fromMs, toMs), receipt);
    }

    /** Gone at once; the receipt is done when they do not come back after a crash either. */
    private void end(List<ScheduledJob> ended, Receipt receipt) {
        Map<DestinationName, List<ScheduledJob>> byDestination = new LinkedHashMap<>();
        for (ScheduledJob job : ended) {
            forget(job);
            context.budget().give(job.message().footprintBytes());
            byDestination
                    .computeIfAbsent(job.destination(), any -> new ArrayList<>())
                    .add(job);
        }
        byDestination.forEach((destination, all) -> {
            for (int from = 0; from < all.size(); from += REMOVED_TOGETHER) {
                writeEnd(destination, all.subList(from, Math.min(all.size(), from + REMOVED_TOGETHER)));
            }
        });
        context.outlet().afterParked(lsn -> receipt.done());
    }

    private void writeEnd(DestinationName destination, List<ScheduledJob> ended) {
        long[] numbers = ended.stream().mapToLong(ScheduledJob::number).toArray();
        context.outlet().appendAndPark(List.of(new Record.SchedulesEnded(destination, numbers)), lsn -> context.outlet()
                .release(ended.stream().mapToLong(ScheduledJob::lsn).toArray()));
    }

    /** A new segment has begun: see Journal.Listener.segmentStarted. One whose end may be under way must not come after it. */
    void appendAgain() {
        if (bytes > CHEAP_BYTES || (lastAgain != null && !context.outlet().isDurable(lastAgain))) {
            return;
        }
        for (ScheduledJob job : waiting) {
            lastAgain = context.outlet().append(job.record(), job.entry());
            job.appendedAgain(lastAgain);
        }
    }
}
