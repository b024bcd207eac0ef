package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.transaction.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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

    private final ShardContext context;
    private final Inbox inbox;
    private final Timetable timetable;
    private final ScheduledJobs jobs = new ScheduledJobs();
    private final ScheduleStore store;
    private @Nullable ScheduleOutlet outlet;
    private final Quiet quiet;
    private int firing;

    /** @param inbox of the shard, for news that come on other threads */
    Schedules(ShardContext context, Inbox inbox, BodyReader bodies) {
        this.store = new ScheduleStore(context, bodies, jobs);
        this.context = context;
        this.quiet = new Quiet(context.clock());
        this.inbox = inbox;
        this.timetable = new Timetable(context.clock());
    }

    /** For recovery. */
    ScheduledJobs jobs() {
        return jobs;
    }

    /** From now on messages are sent when they are due. */
    public void start(ScheduleOutlet to) {
        outlet = to;
    }

    /** From now on nothing is sent: what is due stays. */
    void stop() {
        outlet = null;
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
            jobs.add(record, lsn);
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
            jobs.add(Objects.requireNonNull(record), lsn);
        }
    }

    /** Sends what is due, a bounded number; returns how many. */
    int fireDue() {
        if (outlet == null || context.outlet().isCongested()) {
            return 0;
        }
        store.keepWithinHeap();
        int fired = store.bringBack(context.clock().epochMs());
        while (fired < FIRED_PER_CYCLE && firing < MOST_FIRING && jobs.nextMs() != ScheduledJobs.NEVER) {
            long nowMs = context.clock().epochMs();
            if (jobs.nextMs() > nowMs || store.isBefore(jobs.nextMs())) {
                break; // nothing is due, or one that is to come first is on its way
            }
            fire(jobs.take(), nowMs, outlet);
            fired++;
        }
        return fired;
    }

    /** Nanoseconds until the next message is due. */
    long untilNextNs() {
        long nextMs = Math.min(jobs.nextMs(), store.nextMs());
        if (outlet == null || firing >= MOST_FIRING || nextMs == ScheduledJobs.NEVER) {
            return store.isHeldUp() ? TimeUnit.MILLISECONDS.toNanos(RETRY_MS) : Long.MAX_VALUE;
        }
        return TimeUnit.MILLISECONDS.toNanos(
                Math.max(0, nextMs - context.clock().epochMs()));
    }

    private void fire(ScheduledJob job, long nowMs, ScheduleOutlet to) {
        Optional<Record.MessageScheduled> next = timetable.next(job);
        if (mustWait(next.isPresent())
                || (job.message().persistent() && context.outlet().isSpaceLow())) {
            jobs.putBack(job, nowMs + RETRY_MS);
            return;
        }
        job.firing = true;
        firing++;
        to.send(
                due(job, nowMs, to),
                new Firing(job, next),
                Receipt.of(
                        () -> {}, // the change has been applied
                        refusal -> inbox.put(new Command.WithSchedules(schedules -> schedules.refused(job, refusal)))));
    }

    /** A job that ends gives as much memory as its message takes; one that goes on adds to what piles up. */
    private boolean mustWait(boolean goesOn) {
        return goesOn ? context.budget().isExhausted() : context.budget().isOverdrawn();
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
                jobs.forget(job);
                context.budget().give(job.message().footprintBytes());
                return;
            }
            job.becomeDue(next.get(), lsn);
            if (job.removed) {
                end(List.of(job), Receipt.NONE);
            } else {
                jobs.putBack(job, job.dueMs());
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
            jobs.putBack(job, context.clock().epochMs() + RETRY_MS);
        }
    }

    private void warn(String outcome, ScheduledJob job, Refusal refusal) {
        if (quiet.mayTell()) {
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
        return jobs.count();
    }

    /** Reads those due between two times, both inclusive, in the order in which they are; perhaps later, on the shard's thread. */
    public void list(long fromMs, long toMs, Consumer<List<ScheduledMessage>> reader) {
        List<ScheduledMessage> here =
                jobs.dueBetween(fromMs, toMs).stream().map(ScheduledJob::view).toList();
        store.list(fromMs, toMs, stored -> {
            List<ScheduledMessage> all = new ArrayList<>(here);
            all.addAll(stored);
            all.sort(Comparator.comparingLong(ScheduledMessage::dueMs));
            reader.accept(all);
        });
    }

    /** Tells a snapshot what waits, when the shard does not run any more. */
    void tell(Journal.Visitor snapshot) {
        jobs.all().forEach(job -> snapshot.onRecord(job.lsn(), job.record()));
        store.tell(snapshot);
    }

    /** Removes a job, if there is such; its message may be on its way. */
    public void remove(String jobId, Receipt receipt) {
        Optional<ScheduledJob> job = jobs.find(jobId);
        if (job.isEmpty()) {
            endStored(jobs.findStored(jobId).stream().toList(), receipt);
        } else if (job.get().firing) {
            job.get().removed = true;
            receipt.done();
        } else {
            end(List.of(job.get()), receipt);
        }
    }

    /** Removes all that are due between two times, both inclusive. */
    public void removeAll(long fromMs, long toMs, Receipt receipt) {
        jobs.firingBetween(fromMs, toMs).forEach(job -> job.removed = true);
        end(jobs.dueBetween(fromMs, toMs), Receipt.NONE);
        endStored(jobs.stored().all(job -> job.dueMs() >= fromMs && job.dueMs() <= toMs), receipt);
    }

    /** Gone at once; the receipt is done when they do not come back after a crash either. */
    private void end(List<ScheduledJob> ended, Receipt receipt) {
        for (ScheduledJob job : ended) {
            jobs.forget(job);
            context.budget().give(job.message().footprintBytes());
        }
        write(
                ended.stream()
                        .map(job -> new Ending(job.destination(), job.number(), job::lsn))
                        .toList(),
                receipt);
    }

    private void endStored(List<StoredJobs.Stored> ended, Receipt receipt) {
        ended.forEach(job -> jobs.stored().remove(job.number()));
        write(
                ended.stream()
                        .map(job -> new Ending(job.destination(), job.number(), job::lsn))
                        .toList(),
                receipt);
    }

    /** A job that is over; its record has its LSN by the time that this is durable. */
    private record Ending(DestinationName destination, long number, LongSupplier lsn) {}

    private void write(List<Ending> ended, Receipt receipt) {
        Map<DestinationName, List<Ending>> byDestination = new LinkedHashMap<>();
        ended.forEach(job -> byDestination
                .computeIfAbsent(job.destination(), any -> new ArrayList<>())
                .add(job));
        byDestination.forEach((destination, all) -> {
            for (int from = 0; from < all.size(); from += REMOVED_TOGETHER) {
                writeEnd(destination, all.subList(from, Math.min(all.size(), from + REMOVED_TOGETHER)));
            }
        });
        context.outlet().afterParked(lsn -> receipt.done());
    }

    private void writeEnd(DestinationName destination, List<Ending> ended) {
        long[] numbers = ended.stream().mapToLong(Ending::number).toArray();
        context.outlet().appendAndPark(List.of(new Record.SchedulesEnded(destination, numbers)), lsn -> context.outlet()
                .release(ended.stream().mapToLong(job -> job.lsn().getAsLong()).toArray()));
    }

    /** The oldest segment is to go: see Journal.Listener.makeRoom. One whose end may be under way must not come after it. */
    void appendAgain(long upTo) {
        store.appendAgain(upTo);
        for (ScheduledJob job : jobs.waiting()) {
            if (job.lsn() <= upTo && context.outlet().isDurable(job.entry())) {
                job.appendedAgain(context.outlet().append(job.record(), job.entry()));
            }
        }
    }
}
