package io.ferrymq.selector;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Many selectors, each with whoever uses it. Owned by one thread. Selectors that can only match when an identifier has a
 * certain value are found by that value: a thousand of the form {@code id = 17} cost one look at {@code id}. Of several such
 * identifiers the one whose value fewest selectors ask for is taken. The others are tried one by one, but equal ones only once.
 */
public final class SelectorIndex<T> {
    private final Map<Selector, Entry<T>> entries = new LinkedHashMap<>();
    private final Map<Identifier, Map<Object, Set<Entry<T>>>> keyed = new LinkedHashMap<>();
    private final Set<Entry<T>> others = new LinkedHashSet<>();
    /** How many selectors could be found by a key of an identifier, whichever they are found by. */
    private final Map<Identifier, Map<Object, Integer>> demand = new HashMap<>();

    private int tried;

    /** Who uses a selector, and how it is found: by keys of an identifier, or by trying when that is null. */
    private static final class Entry<T> {
        final Selector selector;
        final Map<Identifier, Set<Object>> choices;
        final Set<T> users = new LinkedHashSet<>();

        @Nullable
        Identifier identifier;

        Entry(Selector selector, Map<Identifier, Set<Object>> choices) {
            this.selector = selector;
            this.choices = choices;
        }

        Collection<Object> keys() {
            return identifier == null ? List.of() : choices.getOrDefault(identifier, Set.of());
        }

        void offer(Candidate candidate, Consumer<? super T> consumer) {
            if (selector.matches(candidate)) {
                users.forEach(consumer);
            }
        }
    }

    /** Has no effect when this user has this selector already. */
    public void add(Selector selector, T user) {
        Entry<T> entry = entries.get(selector);
        if (entry == null) {
            entry = new Entry<>(selector, IndexKeys.of(selector));
            entries.put(selector, entry);
            if (entry.choices.isEmpty()) {
                others.add(entry);
            } else {
                addKeys(entry);
            }
        }
        entry.users.add(user);
    }

    private void addKeys(Entry<T> entry) {
        entry.choices.forEach((identifier, keys) -> {
            Map<Object, Integer> byKey = demand.computeIfAbsent(identifier, unused -> new HashMap<>());
            for (Object key : keys) {
                int crowd = byKey.merge(key, 1, Integer::sum);
                if (Integer.bitCount(crowd) == 1) {
                    placeAgain(identifier, key); // at each doubling, so that all of it is linear
                }
            }
        });
        place(entry, best(entry));
    }

    /** What seemed the best way to find these when they came may not be it any more. */
    private void placeAgain(Identifier identifier, Object key) {
        Set<Entry<T>> sharing = keyed.getOrDefault(identifier, Map.of()).getOrDefault(key, Set.of());
        for (Entry<T> entry : List.copyOf(sharing)) {
            Identifier best = best(entry);
            if (!best.equals(identifier)) {
                removeKeys(entry, identifier);
                place(entry, best);
            }
        }
    }

    private void place(Entry<T> entry, Identifier identifier) {
        entry.identifier = identifier;
        Map<Object, Set<Entry<T>>> byKey = keyed.computeIfAbsent(identifier, unused -> new HashMap<>());
        entry.keys().forEach(key -> byKey.computeIfAbsent(key, unused -> new LinkedHashSet<>())
                .add(entry));
    }

    /** {@code kind = 'order'} is a bad choice where many ask for it, id is not. Of equals, the one that is looked at anyway. */
    private Identifier best(Entry<T> entry) {
        Identifier best = entry.choices.keySet().iterator().next();
        int fewest = Integer.MAX_VALUE;
        for (Map.Entry<Identifier, Set<Object>> choice : entry.choices.entrySet()) {
            int crowd = crowd(choice.getKey(), choice.getValue());
            if (crowd < fewest || crowd == fewest && found(choice.getKey()) > found(best)) {
                best = choice.getKey();
                fewest = crowd;
            }
        }
        return best;
    }

    private int found(Identifier identifier) {
        return keyed.getOrDefault(identifier, Map.of()).size();
    }

    private int crowd(Identifier identifier, Set<Object> keys) {
        Map<Object, Integer> byKey = demand.getOrDefault(identifier, Map.of());
        int crowd = 0;
        for (Object key : keys) {
            crowd += byKey.getOrDefault(key, 0);
        }
        return crowd;
    }

    /** Has no effect when this user does not have this selector. */
    public void remove(Selector selector, T user) {
        Entry<T> entry = entries.get(selector);
        if (entry == null || !entry.users.remove(user) || !entry.users.isEmpty()) {
            return;
        }
        entries.remove(selector);
        if (entry.identifier == null) {
            others.remove(entry);
        } else {
            removeKeys(entry, entry.identifier);
            entry.choices.forEach(this::forget);
        }
    }

    private void forget(Identifier identifier, Set<Object> keys) {
        Map<Object, Integer> byKey = demand.getOrDefault(identifier, Map.of());
        keys.forEach(key -> byKey.computeIfPresent(key, (unused, crowd) -> crowd == 1 ? null : crowd - 1));
        if (byKey.isEmpty()) {
            demand.remove(identifier);
        }
    }

    private void removeKeys(Entry<T> entry, Identifier identifier) {
        Map<Object, Set<Entry<T>>> byKey = keyed.getOrDefault(identifier, Map.of());
        for (Object key : entry.keys()) {
            Set<Entry<T>> sharing = byKey.getOrDefault(key, Set.of());
            sharing.remove(entry);
            if (sharing.isEmpty()) {
                byKey.remove(key);
            }
        }
        if (byKey.isEmpty()) {
            keyed.remove(identifier);
        }
    }

    /**
     * Tells every user of every selector that matches, once per selector, in no order. The index must not change meanwhile.
     *
     * @return how many selectors had to be tried
     */
    public int forEachMatch(Candidate candidate, Consumer<? super T> consumer) {
        tried = others.size();
        keyed.forEach((identifier, byKey) -> {
            Object key = IndexKeys.of(identifier.value(candidate));
            Set<Entry<T>> hits = key == null ? null : byKey.get(key);
            if (hits != null) {
                tried += hits.size();
                hits.forEach(entry -> entry.offer(candidate, consumer));
            }
        });
        others.forEach(entry -> entry.offer(candidate, consumer));
        return tried;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }
}
