package io.ferrymq.shard;

/**
 * How many durable subscriptions need a record of the journal, for those that more than one needs: a table of numbers with open addressing,
 * some 24 bytes for each. Owned by the shard.
 */
final class Holds {
    private static final int FEW = 64;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private long[] lsns = new long[FEW];
    private int[] counts = new int[FEW];
    private int size;

    /** So many need it; one alone need not be remembered. */
    void keep(long lsn, int count) {
        if (count < 2) {
            return;
        }
        if (size * 2 >= lsns.length) {
            resize(lsns.length * 2);
        }
        int at = find(lsn);
        size += lsns[at] == 0 ? 1 : 0;
        lsns[at] = lsn;
        counts[at] = count;
    }

    /** While a snapshot is read: one more needs it. {@link #settle} follows. */
    void another(long lsn) {
        int at = find(lsn);
        if (lsns[at] == 0) {
            if (size * 2 >= lsns.length) {
                resize(lsns.length * 2);
                at = find(lsn);
            }
            size++;
            lsns[at] = lsn;
        }
        counts[at]++;
    }

    /** What only one needs is not remembered. */
    void settle() {
        long[] oldLsns = lsns;
        int[] oldCounts = counts;
        lsns = new long[FEW];
        counts = new int[FEW];
        size = 0;
        for (int i = 0; i < oldLsns.length; i++) {
            keep(oldLsns[i], oldLsns[i] == 0 ? 0 : oldCounts[i]);
        }
    }

    /** One does not need it any more; true when nobody does. */
    boolean leave(long lsn) {
        int at = find(lsn);
        if (lsns[at] == 0) {
            return true;
        }
        counts[at]--;
        boolean last = counts[at] == 0; // only while a snapshot is read: else what one alone needs is not here
        if (counts[at] <= 1) {
            remove(at);
        }
        return last;
    }

    /** Where it is, or where it would be. */
    private int find(long lsn) {
        int at = home(lsn);
        while (lsns[at] != 0 && lsns[at] != lsn) {
            at = at + 1 & lsns.length - 1;
        }
        return at;
    }

    private int home(long lsn) {
        return (int) (lsn * MIX >>> 40) & lsns.length - 1;
    }

    /** Those behind it that would not be found across the gap move up. */
    private void remove(int from) {
        int gap = from;
        lsns[gap] = 0;
        counts[gap] = 0;
        for (int at = gap + 1 & lsns.length - 1; lsns[at] != 0; at = at + 1 & lsns.length - 1) {
            int distanceFromHome = at - home(lsns[at]) & lsns.length - 1;
            int distanceFromGap = at - gap & lsns.length - 1;
            if (distanceFromHome >= distanceFromGap) {
                lsns[gap] = lsns[at];
                counts[gap] = counts[at];
                lsns[at] = 0;
                counts[at] = 0;
                gap = at;
            }
        }
        size--;
        if (size * 8 < lsns.length && lsns.length > FEW) {
            resize(lsns.length / 2);
        }
    }

    private void resize(int capacity) {
        long[] oldLsns = lsns;
        int[] oldCounts = counts;
        lsns = new long[capacity];
        counts = new int[capacity];
        for (int i = 0; i < oldLsns.length; i++) {
            if (oldLsns[i] != 0) {
                int at = find(oldLsns[i]);
                lsns[at] = oldLsns[i];
                counts[at] = oldCounts[i];
            }
        }
    }
}
