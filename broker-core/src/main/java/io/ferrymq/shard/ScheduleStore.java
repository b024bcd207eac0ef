package io.ferrymq.shard;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.shard.StoredJobs.Stored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of scheduled messages that take too much of the heap, and reads them from the journal: when they are due, for whoever lists them,
 * and to write them again, a batch at a time. Owned by the shard.
 */
final class ScheduleStore {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleStore.class);
    private static final int BATCH = 128;
    private static final long BATCH_BYTES = 256 << 10;
    /** Between two batches that are written again, so that producers hardly notice. */
    private static final long PAUSE_MS = 8;

    private final ShardContext context;
    private final BodyReader bodies;
    private final ScheduledJobs jobs;
    private boolean bringing;
    private boolean moving;

    ScheduleStore(ShardContext context, BodyReader bodies, ScheduledJobs jobs) {
        this.context = context;
        this.bodies = bodies;
        this.jobs = jobs;
    }

    /** Jobs that are not due leave the heap, the last ones first, if they take more of it than they may. */
    void keepWithinHeap() {
        if (jobs.bytes() > 0 && bodies.canRead()) {
            context.budget()
                    .give(jobs.storeBeyond(
                            context.budget().waitingShare(false),
                            context.clock().epochMs(),
                            context.outlet()::isDurable));
        }
    }

    /** When the next one is due that can be brought back, or {@link ScheduledJobs#NEVER}. */
    long nextMs() {
        return bringing || hasNoRoom() ? ScheduledJobs.NEVER : jobs.stored().nextMs();
    }

    /** Whether some have to wait until there is room. */
    boolean isHeldUp() {
        return !bringing && hasNoRoom() && jobs.stored().size() > 0;
    }

    private boolean hasNoRoom() {
        return context.budget().isExhausted() || context.outlet().isSpaceLow();
    }

    /** Whether one that is due before that is on its way, or will be. */
    boolean isBefore(long otherMs) {
        return jobs.stored().nextMs() < otherMs && !isHeldUp();
    }

    /** Begins to read those that are due; returns how many. */
    int bringBack(long nowMs) {
        long nextMs = nextMs();
        if (nextMs > nowMs || nextMs >= jobs.nextMs()) { // those that are here first
            return 0;
        }
        List<Stored> due = jobs.stored().due(nowMs, BATCH, BATCH_BYTES);
        bringing = true;
        read(due, records -> {
            bringing = false;
            for (int i = 0; i < records.size(); i++) {
                Record.MessageScheduled record = records.get(i);
                Stored job = due.get(i);
                if (record != null && isUnchanged(job)) {
                    jobs.stored().remove(job.number());
                    jobs.add(record, job.lsn());
                    context.budget().take(record.message().footprintBytes());
                }
            }
        });
        return due.size();
    }

    private boolean isUnchanged(Stored job) {
        Stored now = jobs.stored().find(job.number());
        return now != null && now.lsn() == job.lsn();
    }

    /** Null where there is no record any more; one that is damaged is over. */
    private void read(List<Stored> some, Consumer<List<Record.@Nullable MessageScheduled>> then) {
        bodies.readRecords(lsns(some), records -> {
            List<Record.@Nullable MessageScheduled> found = new ArrayList<>(records.length);
            for (int i = 0; i < records.length; i++) {
                boolean there = records[i] instanceof Record.MessageScheduled;
                found.add(there ? (Record.MessageScheduled) records[i] : null);
                if (!there && isUnchanged(some.get(i))) {
                    lose(some.get(i));
                }
            }
            then.accept(found);
        });
    }

    private static long[] lsns(List<Stored> some) {
        return some.stream().mapToLong(Stored::lsn).toArray();
    }

    private void lose(Stored job) {
        LOG.error(
                "a damaged scheduled message cannot be sent and is given up: destination={}, job={}, lsn={}",
                job.destination(),
                job.number(),
                job.lsn());
        jobs.stored().remove(job.number());
        Record ended = new Record.SchedulesEnded(job.destination(), new long[] {job.number()});
        context.outlet().appendAndPark(List.of(ended), lsn -> context.outlet().release(job.lsn()));
    }

    /** Reads those due between two times, both inclusive; calls {@code then} on the shard, perhaps later, with the messages in order. */
    void list(long fromMs, long toMs, Consumer<List<ScheduledMessage>> then) {
        List<Stored> wanted = jobs.stored().all(job -> job.dueMs() >= fromMs && job.dueMs() <= toMs);
        wanted.sort(Comparator.comparingLong(Stored::dueMs).thenComparingLong(Stored::number));
        list(new ArrayDeque<>(wanted), new ArrayList<>(wanted.size()), then);
    }

    private void list(Deque<Stored> wanted, List<ScheduledMessage> found, Consumer<List<ScheduledMessage>> then) {
        if (wanted.isEmpty()) {
            then.accept(found);
            return;
        }
        List<Stored> batch = new ArrayList<>(BATCH);
        while (!wanted.isEmpty() && batch.size() < BATCH) {
            batch.add(wanted.remove());
        }
        read(batch, records -> {
            for (int i = 0; i < records.size(); i++) {
                Record.MessageScheduled record = records.get(i);
                if (record != null) {
                    found.add(new ScheduledJob(record, batch.get(i).lsn()).view());
                }
            }
            list(wanted, found, then);
        });
    }

    /** Those with a record up to this one get a new one. */
    void appendAgain(long upTo) {
        if (!moving && jobs.stored().size() > 0) {
            moveNext(jobs.stored().upTo(upTo), 0);
        }
    }

    private void moveNext(long[] numbers, int from) {
        moving = from < numbers.length;
        if (!moving) {
            return;
        }
        List<Stored> batch = new ArrayList<>(BATCH);
        long bytes = 0;
        int next = from;
        while (next < numbers.length && batch.size() < BATCH && bytes < BATCH_BYTES) {
            Stored job = jobs.stored().find(numbers[next++]);
            if (job != null) {
                batch.add(job);
                bytes += job.footprintBytes();
            }
        }
        int rest = next;
        read(batch, records -> {
            append(batch, records);
            context.timers().schedule(PAUSE_MS, () -> moveNext(numbers, rest));
        });
    }

    /** Only of those that are still there: a record that says so must not follow the one that says that the job is over. */
    private void append(List<Stored> batch, List<Record.@Nullable MessageScheduled> records) {
        List<Stored> jobsLeft = new ArrayList<>(batch.size());
        List<Record> again = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Record.MessageScheduled record = records.get(i);
            if (record != null && isUnchanged(batch.get(i))) {
                jobsLeft.add(batch.get(i));
                again.add(record);
            }
        }
        if (again.isEmpty()) {
            return;
        }
        context.outlet().appendAndPark(again, firstLsn -> {
            for (int i = 0; i < jobsLeft.size(); i++) {
                Stored job = jobsLeft.get(i);
                boolean needed = jobs.moved(job.number(), job.lsn(), firstLsn + i);
                context.outlet().release(needed ? job.lsn() : firstLsn + i);
            }
        });
    }

    /** At once, when the shard does not run any more. */
    void tell(Journal.Visitor snapshot) {
        List<Stored> all = jobs.stored().all(job -> true);
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Stored> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            @Nullable Record[] records = bodies.readRecordsNow(lsns(batch));
            for (int i = 0; i < records.length; i++) {
                Record record = records[i];
                if (record != null) {
                    snapshot.onRecord(batch.get(i).lsn(), record);
                }
            }
        }
    }
}
