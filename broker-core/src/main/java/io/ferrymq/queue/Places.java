package io.ferrymq.queue;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Places in a {@link Backlog}, each once, in its order: those of the highest priority first. Eight bytes for each, since there may be as
 * many as messages. Cheap where places come in order. Owned by the queue's shard.
 */
final class Places {
    private static final int LEAST = 8;

    private static final @Nullable Run[] NONE = new Run[Backlog.LEVELS];

    /** Most consumers never have any. */
    private @Nullable Run[] levels = NONE;

    /** The orders of one level, growing, from {@code head} to {@code end}. */
    private static final class Run {
        private long[] orders = new long[LEAST];
        private int head;
        private int end;

        private void add(long order) {
            if (head == end || orders[end - 1] < order) {
                makeRoom();
                orders[end++] = order;
                return;
            }
            int at = Arrays.binarySearch(orders, head, end, order);
            if (at < 0) {
                insert(-at - 1, order);
            }
        }

        private void insert(int at, long order) {
            if (head > 0) {
                System.arraycopy(orders, head, orders, head - 1, at - head);
                head--;
                orders[at - 1] = order;
                return;
            }
            makeRoom();
            System.arraycopy(orders, at, orders, at + 1, end - at);
            orders[at] = order;
            end++;
        }

        private void makeRoom() {
            if (end < orders.length) {
                return;
            }
            int size = end - head;
            long[] roomy = size > orders.length / 2 ? new long[orders.length * 2] : orders;
            System.arraycopy(orders, head, roomy, 0, size);
            orders = roomy;
            head = 0;
            end = size;
        }
    }

    /** Likewise of a message's place. */
    static long rank(QueueEntry entry) {
        return rank(Backlog.place(entry.level, entry.order));
    }

    /** Grows in the order of the backlog. */
    static long rank(long place) {
        return Backlog.place(Backlog.LEVELS - 1 - Backlog.levelOf(place), Backlog.orderOf(place));
    }

    /** All of the others', too; those have none any more. */
    void addAll(Places others) {
        for (long place = others.first(); place != Backlog.NOWHERE; place = others.first()) {
            add(Backlog.levelOf(place), Backlog.orderOf(place));
            others.removeFirst();
        }
    }

    void add(QueueEntry entry) {
        add(entry.level, entry.order);
    }

    void add(int level, long order) {
        if (levels == NONE) {
            levels = new Run[Backlog.LEVELS];
        }
        Run run = levels[level];
        if (run == null) {
            run = new Run();
            levels[level] = run;
        }
        run.add(order);
    }

    boolean isEmpty() {
        return first() == Backlog.NOWHERE;
    }

    /** The first one, or {@link Backlog#NOWHERE}. */
    long first() {
        for (int level = Backlog.LEVELS - 1; level >= 0; level--) {
            Run run = levels[level];
            if (run != null) {
                return Backlog.place(level, run.orders[run.head]);
            }
        }
        return Backlog.NOWHERE;
    }

    /** There is one. */
    void removeFirst() {
        for (int level = Backlog.LEVELS - 1; level >= 0; level--) {
            Run run = levels[level];
            if (run != null) {
                run.head++;
                if (run.head == run.end) {
                    levels[level] = null;
                }
                return;
            }
        }
    }
}
