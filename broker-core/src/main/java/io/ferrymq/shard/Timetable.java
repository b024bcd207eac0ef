package io.ferrymq.shard;

import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Record;
import io.ferrymq.message.Message;
import io.ferrymq.message.Schedule;
import io.ferrymq.time.Clock;
import io.ferrymq.time.CronExpression;
import java.util.Optional;

/** Says when a scheduled message is due, and when again. No state but the clock. */
final class Timetable {
    /** ActiveMQ's own bound (maxSchedulerRepeatAllowed). */
    private static final int MOST_REPEATS = 1_000;
    /** Where nobody said how far apart repeats are; ActiveMQ's scheduler looks about as often. */
    private static final long DEFAULT_PERIOD_MS = 500;
    /** A thousand years: more is for ever, and would overflow. */
    private static final long LONGEST_MS = 1_000L * 366 * 24 * 3_600_000;

    private final Clock clock;

    Timetable(Clock clock) {
        this.clock = clock;
    }

    /** Why the message cannot be scheduled as it says, if so. */
    static Optional<Refusal> check(Message message) {
        Schedule schedule = message.schedule().orElseThrow();
        if (schedule.repeat() > MOST_REPEATS) {
            return invalid("The scheduled repeat value is too large"); // in the very words of ActiveMQ
        }
        try {
            if (schedule.isCron()) {
                CronExpression.parse(schedule.cron());
            }
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return invalid(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Refusal> invalid(String why) {
        return Optional.of(new Refusal(Refusal.Code.INVALID_MESSAGE, why));
    }

    /** The first time of a new job. */
    Record.MessageScheduled first(long job, Message message) {
        return begin(job, message, clock.epochMs());
    }

    private static long cronTime(Schedule schedule, long nowMs, Clock clock) {
        return schedule.isCron() ? CronExpression.parse(schedule.cron()).next(nowMs, clock.zone()) : nowMs;
    }

    private Record.MessageScheduled begin(long job, Message message, long nowMs) {
        Schedule schedule = message.schedule().orElseThrow();
        long waitMs = schedule.delayMs() > 0 ? schedule.delayMs() : Math.max(0, schedule.periodMs());
        long dueMs = cronTime(schedule, nowMs, clock) + Math.min(waitMs, LONGEST_MS);
        return new Record.MessageScheduled(job, dueMs, schedule.repeat(), message);
    }

    /** The next time of a job that is due now; empty when this was the last. What was missed is not made up for. */
    Optional<Record.MessageScheduled> next(ScheduledJob job) {
        Schedule schedule = job.schedule();
        long nowMs = clock.epochMs();
        if (job.repeats() != 0) {
            long periodMs = Math.min(schedule.periodMs() > 0 ? schedule.periodMs() : DEFAULT_PERIOD_MS, LONGEST_MS);
            long onTimeMs = job.dueMs() + periodMs;
            int left = job.repeats() > 0 ? job.repeats() - 1 : job.repeats();
            long dueMs = onTimeMs > nowMs ? onTimeMs : nowMs + periodMs;
            return Optional.of(new Record.MessageScheduled(job.number(), dueMs, left, job.message()));
        }
        return schedule.isCron() ? Optional.of(begin(job.number(), job.message(), nowMs)) : Optional.empty();
    }

    /** The message as it is sent now. Its time to live begins now, as in ActiveMQ. */
    static Message.Builder due(Message message, long nowMs) {
        Message.Builder due = message.toBuilder().schedule(null).arrivalMs(nowMs);
        long liveMs = message.expirationMs() - message.timestampMs();
        if (message.timestampMs() > 0 && message.expirationMs() > 0 && nowMs > message.timestampMs() && liveMs > 0) {
            due.timestampMs(nowMs).expirationMs(nowMs + liveMs);
        }
        return due;
    }
}
