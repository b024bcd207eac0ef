package io.ferrymq.queue;

import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.SelectorIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One walk through a backlog for all audiences that have not looked at it yet, so that each message is decoded once for them all and no
 * message lies too deep to be found. Walks a bounded distance at a time, until there is nothing more. Owned by the queue's shard.
 */
final class Sweep {
    /** Selectors times messages in one step: some milliseconds. */
    private static final int EVALUATIONS_PER_STEP = 50_000;

    private static final int LEAST_PER_STEP = 16;

    /** How far a step has come. */
    enum Progress {
        /** There may be more to look at. */
        ON_ITS_WAY,
        /** The next message is on its way back into the heap. */
        WAITING,
        /** Nothing more to look at. */
        DONE
    }

    /** What happens to a message that some audiences want. */
    interface Found {
        void on(QueueEntry entry, List<Audience> wanting);
    }

    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final SelectorIndex<Audience> index = new SelectorIndex<>();
    private final List<Audience> members = new ArrayList<>();
    private final List<Audience> wanting = new ArrayList<>();
    private final long[] next = new long[Backlog.LEVELS];
    private boolean waiting;

    Sweep(Backlog backlog, ReadAhead readAhead, List<Audience> members) {
        this.backlog = backlog;
        this.readAhead = readAhead;
        Arrays.fill(next, Long.MAX_VALUE);
        for (Audience member : members) {
            this.members.add(member);
            index.add(member.filter.selector(), member);
            for (int level = 0; level < next.length; level++) {
                next[level] = Math.min(next[level], member.next(level));
            }
        }
    }

    /** Walks on. */
    Progress step(Function<QueueEntry, Candidate> candidates, Found found) {
        int left = Math.max(LEAST_PER_STEP, EVALUATIONS_PER_STEP / Math.max(1, members.size()));
        waiting = false;
        while (!members.isEmpty()) {
            @Nullable QueueEntry entry = advance();
            if (entry == null) {
                return waiting ? Progress.WAITING : Progress.DONE;
            }
            if (entry.state == QueueEntry.State.READY) {
                offer(entry, candidates.apply(entry), found);
            }
            if (--left == 0) {
                return Progress.ON_ITS_WAY;
            }
        }
        return Progress.DONE;
    }

    private @Nullable QueueEntry advance() {
        for (int level = Backlog.LEVELS - 1; level >= 0; level--) {
            long end = backlog.end(level);
            next[level] = Math.max(next[level], backlog.seek(level, next[level]));
            if (next[level] < end) {
                QueueEntry entry = backlog.at(level, next[level]);
                if (entry == null) {
                    waiting = true;
                    readAhead.want(level, next[level]);
                } else {
                    next[level]++;
                }
                return entry;
            }
        }
        return null;
    }

    private void offer(QueueEntry entry, Candidate candidate, Found found) {
        wanting.clear();
        index.forEachMatch(candidate, audience -> {
            if (audience.filter.hears(entry.message()) && !audience.isPast(entry)) {
                wanting.add(audience);
            }
        });
        if (!wanting.isEmpty()) {
            found.on(entry, wanting);
        }
    }

    /** Whether it would not come to this message any more. */
    boolean isPast(QueueEntry entry) {
        return entry.order < next[entry.level];
    }

    /** The member leaves half way and has to go on from here another time. */
    void remove(Audience member) {
        if (members.remove(member)) {
            index.remove(member.filter.selector(), member);
            for (int level = 0; level < next.length; level++) {
                member.goOnFrom(level, next[level]);
            }
        }
    }

    List<Audience> members() {
        return members;
    }
}
