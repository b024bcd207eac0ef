package io.ferrymq.selector;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Many selectors, each with whoever uses it. Owned by one thread. Selectors that can only match when an identifier has a
 * certain value are found by that value: a thousand of the form {@code id = 17} cost one look at {@code id}. The others are
 * tried one by one, but equal ones only once.
 */
public final class SelectorIndex<T> {
    private final Map<Selector, Entry<T>> entries = new LinkedHashMap<>();
    private final Map<Identifier, Map<Object, Set<Entry<T>>>> keyed = new LinkedHashMap<>();
    private final Set<Entry<T>> others = new LinkedHashSet<>();

    /** Who uses a selector, and how it is found: by keys of an identifier, or by trying when that is null. */
    private static final class Entry<T> {
        final Selector selector;
        final @Nullable Identifier identifier;
        final Collection<Object> keys;
        final Set<T> users = new LinkedHashSet<>();

        Entry(Selector selector, @Nullable Identifier identifier, Collection<Object> keys) {
            this.selector = selector;
            this.identifier = identifier;
            this.keys = keys;
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
            entry = newEntry(selector);
            entries.put(selector, entry);
        }
        entry.users.add(user);
    }

    private Entry<T> newEntry(Selector selector) {
        Map<Identifier, Set<Object>> choices = IndexKeys.of(selector);
        if (choices.isEmpty()) {
            Entry<T> entry = new Entry<>(selector, null, List.of());
            others.add(entry);
            return entry;
        }
        Identifier best = choices.keySet().iterator().next();
        int fewest = Integer.MAX_VALUE;
        for (Map.Entry<Identifier, Set<Object>> choice : choices.entrySet()) {
            int crowd = crowd(choice.getKey(), choice.getValue());
            if (crowd < fewest) {
                best = choice.getKey();
                fewest = crowd;
            }
        }
        Entry<T> entry = new Entry<>(selector, best, choices.getOrDefault(best, Set.of()));
        Map<Object, Set<Entry<T>>> byKey = keyed.computeIfAbsent(best, unused -> new LinkedHashMap<>());
        entry.keys.forEach(key ->
                byKey.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(entry));
        return entry;
    }

    /** How many would be tried together with a selector under these keys: {@code kind = 'order'} is a bad choice, id is not. */
    private int crowd(Identifier identifier, Set<Object> keys) {
        Map<Object, Set<Entry<T>>> byKey = keyed.getOrDefault(identifier, Map.of());
        int crowd = 0;
        for (Object key : keys) {
            crowd += byKey.getOrDefault(key, Set.of()).size();
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
        }
    }

    private void removeKeys(Entry<T> entry, Identifier identifier) {
        Map<Object, Set<Entry<T>>> byKey = keyed.getOrDefault(identifier, Map.of());
        for (Object key : entry.keys) {
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

    /** Tells every user of every selector that matches, once per selector, in no order. The index must not change meanwhile. */
    public void forEachMatch(Candidate candidate, Consumer<? super T> consumer) {
        keyed.forEach((identifier, byKey) -> {
            Object key = IndexKeys.of(identifier.value(candidate));
            Set<Entry<T>> hits = key == null ? null : byKey.get(key);
            if (hits != null) {
                hits.forEach(entry -> entry.offer(candidate, consumer));
            }
        });
        others.forEach(entry -> entry.offer(candidate, consumer));
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }
}
