package io.ferrymq.transport;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the connections of one event loop again and again. Those with the same period share a few moments in it, and each moment
 * has one timer, made anew for all of its connections: a timer for each connection would be a young object that an old one points
 * to, and with thousands of connections the garbage collector would have more to do than anybody else. Owned by that event loop.
 */
public final class Rounds {
    /** So many moments to look at are in a period. */
    static final int MOMENTS = 32;

    /** What is looked at. A member of one round at a time. */
    abstract static class Member {
        private @Nullable Moment moment;
        private int place;
        private long firstNs;

        /** May leave. */
        abstract void look();
    }

    private final EventExecutor loop;
    private final Map<Long, Round> rounds = new HashMap<>();

    public Rounds(EventExecutor loop) {
        this.loop = loop;
    }

    /** Looks first when the delay and one period are over, then once in each period. */
    void join(Member member, long delayNs, long periodNs) {
        long momentNs = Math.max(1, periodNs / MOMENTS);
        long first = Math.floorDiv(loop.ticker().nanoTime() + delayNs, momentNs);
        member.firstNs = (first + MOMENTS) * momentNs;
        rounds.computeIfAbsent(momentNs, Round::new)
                .moment(Math.floorMod(first, MOMENTS))
                .add(member);
    }

    /** Without effect when it is in none. */
    void leave(Member member) {
        if (member.moment != null) {
            member.moment.remove(member);
        }
    }

    boolean isEmpty() {
        return rounds.isEmpty();
    }

    /** All with one period. */
    private final class Round {
        private final long momentNs;
        private final @Nullable Moment[] moments = new Moment[MOMENTS];
        private int members;

        Round(long momentNs) {
            this.momentNs = momentNs;
        }

        Moment moment(int number) {
            Moment known = moments[number];
            Moment moment = known == null ? new Moment(this, number) : known;
            moments[number] = moment;
            return moment;
        }

        long periodNs() {
            return momentNs * MOMENTS;
        }
    }

    /** Those that are looked at together. */
    private final class Moment implements Runnable {
        private final Round round;
        private final int number;
        private final List<Member> members = new ArrayList<>(1);
        private @Nullable ScheduledFuture<?> timer;
        private long lookedNs;

        Moment(Round round, int number) {
            this.round = round;
            this.number = number;
            this.lookedNs = loop.ticker().nanoTime() - round.periodNs();
        }

        void add(Member member) {
            member.moment = this;
            member.place = members.size();
            members.add(member);
            round.members++;
            if (timer == null) {
                schedule(loop.ticker().nanoTime());
            }
        }

        /** The last one takes its place. What nobody is in any more goes at once: clients come and go quickly, and choose periods. */
        void remove(Member member) {
            Member last = members.remove(members.size() - 1);
            if (last != member) {
                members.set(member.place, last);
                last.place = member.place;
            }
            member.moment = null;
            if (members.isEmpty() && timer != null) {
                timer.cancel(false);
                timer = null;
            }
            if (--round.members == 0) {
                rounds.remove(round.momentNs);
            }
        }

        private void schedule(long nowNs) {
            long after = Math.floorDiv(nowNs, round.momentNs) + 1;
            long next = after + Math.floorMod(number - after, MOMENTS);
            timer = loop.schedule(this, next * round.momentNs - nowNs, TimeUnit.NANOSECONDS);
        }

        @Override
        public void run() {
            long nowNs = loop.ticker().nanoTime();
            schedule(nowNs);
            // after a pause of the JVM the moment that is late may be followed by the next one at once: that is skipped
            if (nowNs - lookedNs >= round.periodNs() / 2) {
                lookedNs = nowNs;
                lookAtAll(nowNs);
            }
        }

        /** From the end: one that leaves is replaced by one that has been looked at. */
        private void lookAtAll(long nowNs) {
            for (int i = members.size() - 1; i >= 0; i--) {
                Member member = i < members.size() ? members.get(i) : null;
                if (member != null && nowNs - member.firstNs >= 0) {
                    member.look();
                }
            }
        }
    }
}
