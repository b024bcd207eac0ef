package io.ferrymq.time;

import java.util.PriorityQueue;

/** Deadlines of one shard, owned by its thread; fired by its duty cycle, never by a thread of their own. */
public final class Timers {
    /** Ten years: more is for ever, and would overflow. */
    private static final long LONGEST_MS = 3_650L * 24 * 3_600_000;

    private final Clock clock;
    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long nextOrder;

    public Timers(Clock clock) {
        this.clock = clock;
    }

    /** Runs {@code action} once, in the first duty cycle after {@code delayMs} milliseconds. */
    public Timer schedule(long delayMs, Runnable action) {
        Timer timer = new Timer(clock.nanoTime() + Math.min(delayMs, LONGEST_MS) * 1_000_000L, nextOrder++, action);
        queue.add(timer);
        return timer;
    }

    /** Fires what is due, at most {@code limit} timers; returns how many. */
    public int fireDue(int limit) {
        int fired = 0;
        long nowNs = clock.nanoTime();
        while (fired < limit && !queue.isEmpty() && queue.peek().deadlineNs - nowNs <= 0) {
            Timer timer = queue.poll();
            timer.action.run();
            fired++;
        }
        return fired;
    }

    /** Nanoseconds until the next timer is due: 0 if one is, {@code Long.MAX_VALUE} if there is none. */
    public long untilNextNs() {
        return queue.isEmpty() ? Long.MAX_VALUE : Math.max(0, queue.peek().deadlineNs - clock.nanoTime());
    }

    /** One deadline. Owned by the same thread as its {@link Timers}. */
    public final class Timer implements Comparable<Timer> {
        private final long deadlineNs;
        private final long order;
        private final Runnable action;

        private Timer(long deadlineNs, long order, Runnable action) {
            this.deadlineNs = deadlineNs;
            this.order = order;
            this.action = action;
        }

        /** Without effect once it has fired. */
        public void cancel() {
            queue.remove(this);
        }

        @Override
        public int compareTo(Timer other) {
            int byDeadline = Long.signum(deadlineNs - other.deadlineNs);
            return byDeadline != 0 ? byDeadline : Long.compare(order, other.order);
        }
    }
}
