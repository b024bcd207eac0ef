package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who listens to which advisories: what nobody listens to is not even made. Owned by the advisory loop; {@link #any} is for any
 * thread.
 */
final class Watchers {
    private final Map<DestinationName, Set<Watcher>> exact = new ConcurrentHashMap<>();
    private final Map<DestinationPattern, Set<Watcher>> wild = new ConcurrentHashMap<>();

    void add(Watcher watcher) {
        for (DestinationPattern topic : watcher.topics()) {
            if (DestinationPattern.isPattern(topic.name())) {
                wild.computeIfAbsent(topic, any -> new LinkedHashSet<>()).add(watcher);
            } else {
                exact.computeIfAbsent(topic.name(), any -> new LinkedHashSet<>())
                        .add(watcher);
            }
        }
    }

    void remove(Watcher watcher) {
        for (DestinationPattern topic : watcher.topics()) {
            exact.computeIfPresent(topic.name(), (name, watchers) -> without(watcher, watchers));
            wild.computeIfPresent(topic, (pattern, watchers) -> without(watcher, watchers));
        }
    }

    /** Null is how the function of a map removes its entry. */
    private static @Nullable Set<Watcher> without(Watcher watcher, Set<Watcher> watchers) {
        watchers.remove(watcher);
        return watchers.isEmpty() ? null : watchers;
    }

    /** Whether an advisory on {@code topic} would find anybody. One look, plus one for each wildcard there is. */
    boolean any(DestinationName topic) {
        if (exact.containsKey(topic)) {
            return true;
        }
        for (DestinationPattern pattern : wild.keySet()) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody watches exactly this topic, so that it exists. */
    boolean anyExactly(DestinationName topic) {
        return exact.containsKey(topic);
    }

    Set<Watcher> of(DestinationName topic) {
        Set<Watcher> found = new LinkedHashSet<>(exact.getOrDefault(topic, Set.of()));
        wild.forEach((pattern, watchers) -> {
            if (pattern.matches(topic)) {
                found.addAll(watchers);
            }
        });
        return found;
    }
}
