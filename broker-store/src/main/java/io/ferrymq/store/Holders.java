package io.ferrymq.store;

import io.ferrymq.message.DestinationName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for what messages are held by: 0 and up is one queue; below it is a set of durable subscriptions. The same set always
 * has the same number. Owned by one thread.
 */
final class Holders {
    /** No subscription is left. */
    static final int NOBODY = -1;

    private record Members(int[] ids) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Members that && Arrays.equals(ids, that.ids);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }
    }

    private final Map<DestinationName, Integer> idByName = new HashMap<>();
    private final List<DestinationName> names = new ArrayList<>();
    private final Map<Members, Integer> setByMembers = new HashMap<>();
    private final List<Members> sets = new ArrayList<>();

    Holders() {
        set(new int[0]);
    }

    int one(DestinationName name) {
        return idByName.computeIfAbsent(name, any -> {
            names.add(name);
            return names.size() - 1;
        });
    }

    DestinationName name(int id) {
        return names.get(id);
    }

    int several(List<DestinationName> subscriptions) {
        return set(subscriptions.stream().mapToInt(this::one).sorted().toArray());
    }

    private int set(int[] ids) {
        return setByMembers.computeIfAbsent(new Members(ids), members -> {
            sets.add(members);
            return -sets.size();
        });
    }

    /** The ids in a set, or the one that stands for itself. */
    int[] members(int holder) {
        return holder >= 0 ? new int[] {holder} : sets.get(-holder - 1).ids();
    }

    boolean holds(int holder, int id) {
        return holder >= 0 ? holder == id : Arrays.binarySearch(members(holder), id) >= 0;
    }

    /** What is left of it without one of them. */
    int without(int holder, int id) {
        return holder >= 0
                ? NOBODY
                : set(Arrays.stream(members(holder))
                        .filter(member -> member != id)
                        .toArray());
    }
}
