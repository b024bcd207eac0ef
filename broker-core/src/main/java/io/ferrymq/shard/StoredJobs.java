package io.ferrymq.shard;

import io.ferrymq.message.DestinationName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Scheduled messages that are in the journal only: a few numbers for each, some 60 bytes, as a heap by time whose columns are arrays, and a
 * table from job numbers to places in it. Owned by the shard.
 */
final class StoredJobs {
    private static final int FEW = 64;
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final int MIX_SHIFT = 32;

    /**
     * One of them.
     *
     * @param lsn of its record
     * @param idHash of its id, which only the record has
     */
    record Stored(long number, long dueMs, long lsn, int footprintBytes, int idHash, DestinationName destination) {
        private boolean isBefore(long otherDueMs, long otherNumber) {
            return dueMs != otherDueMs ? dueMs < otherDueMs : number < otherNumber;
        }
    }

    private long[] numbers = new long[FEW];
    private long[] dues = new long[FEW];
    private long[] lsns = new long[FEW];
    private int[] footprints = new int[FEW];
    private int[] idHashes = new int[FEW];
    private @Nullable DestinationName[] destinations = new DestinationName[FEW];
    /** Places, one up; 0 is none. Open addressing. */
    private int[] places = new int[FEW * 2];

    private int size;

    int size() {
        return size;
    }

    /** When the first is due, or {@link ScheduledJobs#NEVER}. */
    long nextMs() {
        return size == 0 ? ScheduledJobs.NEVER : dues[0];
    }

    void add(Stored job) {
        if (size == numbers.length) {
            grow();
        }
        size++;
        rise(size - 1, job);
    }

    @Nullable
    Stored find(long number) {
        int slot = slot(number);
        return slot < 0 ? null : at(places[slot] - 1);
    }

    /** Takes one out; null when it is not there. */
    @Nullable
    Stored remove(long number) {
        int slot = slot(number);
        if (slot < 0) {
            return null;
        }
        int place = places[slot] - 1;
        Stored removed = at(place);
        forget(slot);
        size--;
        Stored last = at(size);
        destinations[size] = null;
        if (place < size) {
            if (place > 0 && last.isBefore(dues[parent(place)], numbers[parent(place)])) {
                rise(place, last);
            } else {
                sink(place, last);
            }
        }
        return removed;
    }

    /** Its record is another one now; false when it is not there, or has another one already. */
    boolean moved(long number, long from, long to) {
        int slot = slot(number);
        boolean there = slot >= 0 && lsns[places[slot] - 1] == from;
        if (there) {
            lsns[places[slot] - 1] = to;
        }
        return there;
    }

    /** The first of those due by then, in order: not more than so many, or so many bytes and one. */
    List<Stored> due(long nowMs, int most, long mostBytes) {
        List<Stored> first = new ArrayList<>();
        PriorityQueue<Integer> next = new PriorityQueue<>(this::compare);
        addIfThere(next, 0);
        long bytes = 0;
        while (!next.isEmpty() && first.size() < most && bytes < mostBytes) {
            int place = next.remove();
            if (dues[place] > nowMs) {
                break;
            }
            first.add(at(place));
            bytes += footprints[place];
            addIfThere(next, 2 * place + 1);
            addIfThere(next, 2 * place + 2);
        }
        return first;
    }

    private void addIfThere(PriorityQueue<Integer> to, int place) {
        if (place < size) {
            to.add(place);
        }
    }

    private int compare(int one, int other) {
        int byTime = Long.compare(dues[one], dues[other]);
        return byTime != 0 ? byTime : Long.compare(numbers[one], numbers[other]);
    }

    /** Those that are wanted, in no order. */
    List<Stored> all(Predicate<Stored> wanted) {
        List<Stored> found = new ArrayList<>();
        for (int place = 0; place < size; place++) {
            Stored job = at(place);
            if (wanted.test(job)) {
                found.add(job);
            }
        }
        return found;
    }

    /** The numbers of those with a record up to this one. */
    long[] upTo(long lsn) {
        long[] found = new long[size];
        int count = 0;
        for (int place = 0; place < size; place++) {
            if (lsns[place] <= lsn) {
                found[count++] = numbers[place];
            }
        }
        return Arrays.copyOf(found, count);
    }

    private Stored at(int place) {
        DestinationName destination = destinations[place];
        if (destination == null) {
            throw new IllegalStateException("no job at " + place);
        }
        return new Stored(numbers[place], dues[place], lsns[place], footprints[place], idHashes[place], destination);
    }

    private static int parent(int place) {
        return (place - 1) >>> 1;
    }

    /** Puts it here or nearer to the top. */
    private void rise(int from, Stored job) {
        int place = from;
        while (place > 0 && job.isBefore(dues[parent(place)], numbers[parent(place)])) {
            put(place, at(parent(place)));
            place = parent(place);
        }
        put(place, job);
    }

    /** Puts it here or farther from the top. */
    private void sink(int from, Stored job) {
        int place = from;
        for (int child = firstChild(place); child < size; child = firstChild(place)) {
            Stored first = at(child);
            if (job.isBefore(first.dueMs(), first.number())) {
                break;
            }
            put(place, first);
            place = child;
        }
        put(place, job);
    }

    /** That of the two children that is due first; beyond the end when there is none. */
    private int firstChild(int place) {
        int left = 2 * place + 1;
        int right = left + 1;
        return right < size && compare(right, left) < 0 ? right : left;
    }

    /** Its slot in the table says where it was before, if it was anywhere; there its number still is. */
    private void put(int place, Stored job) {
        int slot = slot(job.number());
        places[slot < 0 ? free(job.number()) : slot] = place + 1;
        numbers[place] = job.number();
        dues[place] = job.dueMs();
        lsns[place] = job.lsn();
        footprints[place] = job.footprintBytes();
        idHashes[place] = job.idHash();
        destinations[place] = job.destination();
    }

    private int home(long number) {
        return (int) (number * MIX >>> MIX_SHIFT) & places.length - 1;
    }

    /** The slot of the table that says where this one is, or -1. */
    private int slot(long number) {
        for (int slot = home(number); places[slot] != 0; slot = slot + 1 & places.length - 1) {
            if (numbers[places[slot] - 1] == number) {
                return slot;
            }
        }
        return -1;
    }

    private int free(long number) {
        int slot = home(number);
        while (places[slot] != 0) {
            slot = slot + 1 & places.length - 1;
        }
        return slot;
    }

    /** Those behind it that would not be found across the gap move up. */
    private void forget(int from) {
        int gap = from;
        places[gap] = 0;
        for (int slot = gap + 1 & places.length - 1; places[slot] != 0; slot = slot + 1 & places.length - 1) {
            int distanceFromHome = slot - home(numbers[places[slot] - 1]) & places.length - 1;
            int distanceFromGap = slot - gap & places.length - 1;
            if (distanceFromHome >= distanceFromGap) {
                places[gap] = places[slot];
                places[slot] = 0;
                gap = slot;
            }
        }
    }

    /** By a quarter: what is not used is small beside what is. */
    private void grow() {
        int capacity = numbers.length + numbers.length / 4;
        numbers = Arrays.copyOf(numbers, capacity);
        dues = Arrays.copyOf(dues, capacity);
        lsns = Arrays.copyOf(lsns, capacity);
        footprints = Arrays.copyOf(footprints, capacity);
        idHashes = Arrays.copyOf(idHashes, capacity);
        destinations = Arrays.copyOf(destinations, capacity);
        if (capacity > places.length - places.length / 4) {
            places = new int[places.length * 2];
            for (int place = 0; place < size; place++) {
                places[free(numbers[place])] = place + 1;
            }
        }
    }
}
