package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** What is held back until there is room: sends in order for each destination, and commits in theirs. Owned by the shard. */
final class HeldSends {
    /** Commits may have many destinations, so they have a line of their own. */
    private static final Optional<DestinationName> COMMITS = Optional.empty();

    /**
     * One of them.
     *
     * @param message what is sent, null for a commit and for what waits for its answer only
     * @param journaled it needs room on the disk too
     * @param refused what is done instead of {@code go} when it has waited too long
     */
    record Held(@Nullable Message message, boolean journaled, long sinceNs, Runnable go, Receipt refused) {
        private boolean isBefore(Message later) {
            return message != null
                    && message.id().producer().equals(later.id().producer())
                    && message.id().sequence() < later.id().sequence();
        }
    }

    private static final Deque<Held> NOTHING = new ArrayDeque<>(0);

    private final Map<Optional<DestinationName>, Deque<Held>> lines = new LinkedHashMap<>();

    boolean isEmpty() {
        return lines.isEmpty();
    }

    boolean has(DestinationName destination) {
        return !lines.isEmpty() && lines.containsKey(Optional.of(destination));
    }

    boolean hasCommits() {
        return !lines.isEmpty() && lines.containsKey(COMMITS);
    }

    void add(DestinationName destination, Held held) {
        add(Optional.of(destination), held);
    }

    void addCommit(Held held) {
        add(COMMITS, held);
    }

    private void add(Optional<DestinationName> line, Held held) {
        lines.computeIfAbsent(line, any -> new ArrayDeque<>()).add(held);
    }

    /** Takes out what the producer of this message sent to the same destination before it: that must not be overtaken. */
    List<Held> takeBefore(Message message) {
        Optional<DestinationName> line = Optional.of(message.destination());
        Deque<Held> waiting = lines.get(line);
        if (waiting == null) {
            return List.of();
        }
        List<Held> before = new ArrayList<>();
        waiting.removeIf(held -> held.isBefore(message) && before.add(held));
        removeIfEmpty(line, waiting);
        return before;
    }

    /**
     * Lets go from the front of each line what may, at most {@code limit}; returns how many. Commits are first, since each takes
     * along what was sent before it, and nothing that was sent after it may be quicker.
     */
    int release(int limit, BiPredicate<Optional<DestinationName>, Held> mayGo) {
        int released = 0;
        List<Optional<DestinationName>> inOrder = new ArrayList<>(lines.keySet());
        if (inOrder.remove(COMMITS)) {
            inOrder.add(0, COMMITS);
        }
        for (Optional<DestinationName> line : inOrder) {
            Deque<Held> waiting = lines.getOrDefault(line, NOTHING);
            while (released < limit && !waiting.isEmpty() && mayGo.test(line, waiting.peek())) {
                waiting.remove().go().run();
                released++;
            }
            removeIfEmpty(line, waiting);
        }
        return released;
    }

    /** Refuses what has been held since then or longer; returns how many. */
    int refuse(long sinceNs, BiFunction<Optional<DestinationName>, Held, Refusal> why) {
        List<Runnable> refusals = new ArrayList<>();
        for (Optional<DestinationName> line : List.copyOf(lines.keySet())) {
            Deque<Held> waiting = lines.get(line);
            while (!waiting.isEmpty() && waiting.peek().sinceNs() - sinceNs <= 0) {
                Held late = waiting.remove();
                refusals.add(() -> late.refused().refused(why.apply(line, late)));
            }
            removeIfEmpty(line, waiting);
        }
        refusals.forEach(Runnable::run);
        return refusals.size();
    }

    private void removeIfEmpty(Optional<DestinationName> line, Deque<Held> waiting) {
        if (waiting.isEmpty()) {
            lines.remove(line);
        }
    }
}
