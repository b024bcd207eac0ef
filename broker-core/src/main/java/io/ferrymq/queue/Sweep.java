package io.ferrymq.queue;

import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.SelectorIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One walk through a backlog for all audiences that have not looked at it yet when it begins, so that each message is decoded once for
 * them all and no message lies too deep to be found. Walks a bounded distance at a time, until there is nothing more. Owned by the
 * queue's shard.
 *
 * <p>Who comes later waits for the next walk: had it joined half way, it would get newer messages before older ones.
 */
final class Sweep {
    /** Messages that one step looks at: less than a millisecond, so that commands need not wait. */
    static final int MESSAGES_PER_STEP = 256;

    /** Selectors that one step tries. */
    private static final int TRIES_PER_STEP = 10_000;

    /** Messages that one step passes because consumers have them. */
    private static final int PASSED_PER_STEP = 10_000;

    /** A step comes nearer to the end by at least so many messages, however many came since the last one. */
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

    /** What happens to a message that some audiences want, or that nobody can tell about. */
    interface Found {
        void on(QueueEntry entry, Candidate candidate, List<Audience> wanting);
    }

    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final SelectorIndex<Audience> index = new SelectorIndex<>();
    private final Set<Audience> members = new LinkedHashSet<>();
    private final List<Audience> wanting = new ArrayList<>();
    private final long[] next = new long[Backlog.LEVELS];
    private long endsBefore;
    private long least;
    private int looked;
    private int passed;
    private int tried;

    Sweep(Backlog backlog, ReadAhead readAhead, Collection<Audience> members) {
        this.backlog = backlog;
        this.readAhead = readAhead;
        this.endsBefore = ends();
        Arrays.fill(next, Long.MAX_VALUE);
        for (Audience member : members) {
            this.members.add(member);
            index.add(member.filter.selector(), member);
            for (int level = 0; level < next.length; level++) {
                next[level] = Math.min(next[level], member.next(level));
            }
        }
    }

    /** Grows by one with each message that comes. */
    private long ends() {
        long sum = 0;
        for (int level = 0; level < Backlog.LEVELS; level++) {
            sum += backlog.end(level);
        }
        return sum;
    }

    /** Walks on. */
    Progress step(Function<QueueEntry, Candidate> candidates, Found found) {
        long ends = ends();
        least = LEAST_PER_STEP + ends - endsBefore;
        endsBefore = ends;
        looked = 0;
        passed = 0;
        tried = 0;
        for (int level = Backlog.LEVELS - 1; level >= 0; level--) {
            Progress progress = walk(level, candidates, found);
            if (progress != Progress.DONE) {
                return progress;
            }
        }
        return members.isEmpty() || isAtEnd() ? Progress.DONE : Progress.ON_ITS_WAY;
    }

    private boolean isAtEnd() {
        for (int level = 0; level < Backlog.LEVELS; level++) {
            if (next[level] < backlog.end(level)) {
                return false;
            }
        }
        return true;
    }

    private Progress walk(int level, Function<QueueEntry, Candidate> candidates, Found found) {
        Progress progress = Progress.DONE;
        while (progress == Progress.DONE && !members.isEmpty() && next[level] < backlog.end(level)) {
            next[level] = Math.max(next[level], backlog.seek(level, next[level]));
            Chunk chunk = backlog.chunk(level, next[level]);
            if (chunk != null) {
                progress = walk(chunk, level, candidates, found);
            }
        }
        return progress;
    }

    private Progress walk(Chunk chunk, int level, Function<QueueEntry, Candidate> candidates, Found found) {
        long start = Lane.startOf(Lane.chunkOf(next[level]));
        int at = Lane.placeOf(next[level]);
        while (at < chunk.appended() && !members.isEmpty()) {
            next[level] = start + at;
            if (isEnough()) {
                return Progress.ON_ITS_WAY;
            }
            QueueEntry entry = chunk.entry(at);
            if (entry == null) {
                readAhead.want(level, start + at);
                return Progress.WAITING;
            }
            next[level] = start + at + 1;
            if (entry.state == QueueEntry.State.READY) {
                looked++;
                offer(entry, candidates.apply(entry), found);
            } else {
                passed++;
            }
            at = chunk.seek(at + 1);
        }
        next[level] = start + at;
        return Progress.DONE;
    }

    private boolean isEnough() {
        boolean much = looked >= MESSAGES_PER_STEP || passed >= PASSED_PER_STEP || tried >= TRIES_PER_STEP;
        return much && looked + passed >= least;
    }

    private void offer(QueueEntry entry, Candidate candidate, Found found) {
        wanting.clear();
        tried += index.forEachMatch(candidate, audience -> {
            if (audience.filter.hears(entry.message()) && !audience.isPast(entry)) {
                wanting.add(audience);
            }
        });
        if (!wanting.isEmpty() || candidate.isUnreadable()) {
            found.on(entry, candidate, wanting);
        }
    }

    /** Whether it would not come to a message at this place any more. */
    boolean isPast(int level, long order) {
        return order < next[level];
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

    Set<Audience> members() {
        return members;
    }
}
