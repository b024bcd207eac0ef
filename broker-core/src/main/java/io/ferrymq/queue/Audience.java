package io.ferrymq.queue;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of a queue that want the same messages, and what they know of the backlog. Soft state, owned by the queue's shard.
 *
 * <p>Below {@code next}, each message is known to match, or does not match, or is with a consumer. An audience that wants everything
 * simply goes on from there. The others are told of new messages as they come (they listen), or look for them in a {@link Sweep}.
 */
final class Audience {
    /** What an audience that listens may remember before it rather looks again when somebody has credit. */
    private static final int MOST_KNOWN = 1_000;

    /** How an audience with a selector comes to its messages. */
    enum State {
        /** Every message up to now has been offered to it, and every new one will be. */
        LISTENING,
        /** It is in the sweep, or waits for the next one. */
        SWEEPING,
        /** Messages from {@code next} on have not been looked at, and nobody has credit for them. */
        STALE
    }

    final Filter filter;
    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final NavigableMap<Integer, Deque<QueueConsumer>> lines = new TreeMap<>(Comparator.reverseOrder());
    private final TreeSet<QueueEntry> known = new TreeSet<>(QueueEntry.IN_ORDER);
    private final long[] next = new long[Backlog.LEVELS];
    State state = State.STALE;
    int consumers;
    /** Its next message is on its way back into the heap. */
    private boolean waiting;
    /** It goes on in the next sweep. */
    private boolean paused;

    Audience(Filter filter, Backlog backlog, ReadAhead readAhead) {
        this.filter = filter;
        this.backlog = backlog;
        this.readAhead = readAhead;
    }

    void join(QueueConsumer consumer, long ticket) {
        consumer.inLine = true;
        consumer.ticket = ticket;
        lines.computeIfAbsent(consumer.priority(), priority -> new ArrayDeque<>())
                .add(consumer);
    }

    void leave(QueueConsumer consumer) {
        if (consumer.inLine) {
            consumer.inLine = false;
            lines.get(consumer.priority()).remove(consumer);
        }
    }

    /** Whether it may be given the next message; without credit it leaves the line. */
    boolean hasInLine(QueueConsumer consumer) {
        if (consumer.inLine && !consumer.window.hasCredit()) {
            leave(consumer);
        }
        return consumer.inLine;
    }

    /** Who is next among those with credit, of the highest priority; stays in line. */
    @Nullable
    QueueConsumer first() {
        for (Deque<QueueConsumer> line : lines.values()) {
            for (Iterator<QueueConsumer> all = line.iterator(); all.hasNext(); ) {
                QueueConsumer consumer = all.next();
                if (consumer.window.hasCredit()) {
                    return consumer;
                }
                all.remove();
                consumer.inLine = false;
            }
        }
        return null;
    }

    /** Of the priority of the {@link #first} one: who has credit and the fewest message groups, and of these the first. Stays in line. */
    QueueConsumer withFewestGroups(QueueConsumer first) {
        QueueConsumer fewest = first;
        for (QueueConsumer consumer : lines.get(first.priority())) {
            if (consumer.claims.groups < fewest.claims.groups && consumer.window.hasCredit()) {
                fewest = consumer;
            }
        }
        return fewest;
    }

    /** The next message that it knows of, or null; that may be on its way. */
    @Nullable
    QueueEntry firstKnown() {
        waiting = false;
        paused = false;
        return here(peekKnown());
    }

    /** Null when there is none, or its body has to come back first. */
    private @Nullable QueueEntry here(@Nullable QueueEntry entry) {
        if (entry == null || !entry.isLight()) {
            return entry;
        }
        waiting = true;
        readAhead.want(entry.level, entry.order);
        return null;
    }

    /** Whether it knows of a message that it must be given before this one. */
    boolean knowsBefore(QueueEntry entry) {
        return knowsBefore(Places.rank(entry));
    }

    /** Likewise one of this rank. */
    boolean knowsBefore(long rank) {
        QueueEntry first = peekKnown();
        return first != null && Places.rank(first) < rank;
    }

    private @Nullable QueueEntry peekKnown() {
        while (!known.isEmpty()) {
            QueueEntry entry = known.first();
            if (entry.state == QueueEntry.State.READY) {
                return entry;
            }
            known.pollFirst();
            entry.rememberedBy--;
        }
        return null;
    }

    /** The message leaves the queue. */
    void forget(QueueEntry entry) {
        if (known.remove(entry)) {
            entry.rememberedBy--;
        }
    }

    /** It is no more. */
    void forgetKnown() {
        known.forEach(entry -> entry.rememberedBy--);
        known.clear();
    }

    /** For an audience that wants everything: the next message that is ready, or null; that may be on its way. */
    @Nullable
    QueueEntry firstReady() {
        waiting = false;
        paused = false;
        QueueEntry back = peekKnown();
        int lowest = back == null ? 0 : back.level + 1;
        for (int level = Backlog.LEVELS - 1; level >= lowest; level--) {
            if (next[level] < backlog.end(level)) {
                QueueEntry entry = advance(level);
                if (entry != null || waiting) {
                    return entry;
                }
            }
        }
        return here(back);
    }

    private @Nullable QueueEntry advance(int level) {
        long end = backlog.end(level);
        long order = backlog.seek(level, next[level]);
        while (order < end) {
            QueueEntry entry = backlog.at(level, order);
            next[level] = order;
            if (entry == null) {
                waiting = true;
                readAhead.want(level, order);
                return null;
            }
            if (entry.state == QueueEntry.State.READY) {
                return here(entry);
            }
            order = backlog.seek(level, order + 1);
        }
        next[level] = end;
        return null;
    }

    /** Whether it is known that messages wait for it, wherever their bodies are. */
    boolean hasMore() {
        boolean more = peekKnown() != null;
        for (int level = 0; !more && filter.isAll() && level < Backlog.LEVELS; level++) {
            more = hasMore(level);
        }
        return more;
    }

    private boolean hasMore(int level) {
        long end = backlog.end(level);
        for (long order = backlog.seek(level, next[level]); order < end; order = backlog.seek(level, order + 1)) {
            QueueEntry entry = backlog.at(level, order);
            if (entry == null || entry.state == QueueEntry.State.READY) {
                return true;
            }
        }
        return false;
    }

    /** Its next message has to wait for the body of one that is not its own. */
    void waitForAnother() {
        waiting = true;
    }

    /** What it has waited for may be there. */
    void waitNoLonger() {
        waiting = false;
    }

    /** Whether its next message is on its way back into the heap, or it has more to pass, so that a later one must not be given to it. */
    boolean isWaiting() {
        return waiting || paused;
    }

    /** It has passed enough for now. */
    void pause() {
        paused = true;
    }

    boolean isPaused() {
        return paused;
    }

    /** Whether it has been past this message already, and would not see that it is ready again. */
    boolean isPast(QueueEntry entry) {
        return entry.order < next[entry.level];
    }

    /** Knows that it matches; false when that is too much to remember. */
    boolean remember(QueueEntry entry) {
        if (known.add(entry)) {
            entry.rememberedBy++;
        }
        return known.size() < MOST_KNOWN;
    }

    /** Everything up to now has been looked at. */
    void caughtUp() {
        for (int level = 0; level < Backlog.LEVELS; level++) {
            next[level] = backlog.end(level);
        }
    }

    /** It looks at this message no more, unless somebody says again that it is ready. */
    void pass(QueueEntry entry) {
        if (next[entry.level] == entry.order) {
            next[entry.level]++;
        }
    }

    /** What it has passed from here on, by level, may be ready for it now. */
    void goBackTo(long[] orders) {
        for (int level = 0; level < next.length; level++) {
            next[level] = Math.min(next[level], orders[level]);
        }
    }

    long next(int level) {
        return next[level];
    }

    void goOnFrom(int level, long order) {
        next[level] = Math.max(next[level], order);
    }
}
