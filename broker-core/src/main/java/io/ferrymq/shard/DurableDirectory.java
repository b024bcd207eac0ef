package io.ferrymq.shard;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * All durable subscriptions of a broker by name, for those who do not know which shards have parts of one; and the order in which each is
 * changed. Any thread.
 */
public final class DurableDirectory {
    private final ConcurrentMap<DestinationName, DurableSpec> byName = new ConcurrentHashMap<>();
    /** The change that each is in, and those that wait for it. */
    private final ConcurrentMap<DestinationName, List<Runnable>> turns = new ConcurrentHashMap<>();

    /** For recovery. */
    void replay(Record record) {
        if (record instanceof Record.SubscriptionAdded added) {
            put(DurableSpec.of(added));
        } else if (record instanceof Record.SubscriptionRemoved removed) {
            byName.remove(removed.subscription());
        }
    }

    public Optional<DurableSpec> find(DestinationName name) {
        return Optional.ofNullable(byName.get(name));
    }

    public void put(DurableSpec spec) {
        byName.put(spec.name(), spec);
    }

    public void remove(DestinationName gone) {
        byName.remove(gone);
    }

    /**
     * Begins a change when those of the same subscription that were asked for before are over, then on the thread that has ended the last
     * one. Two of one name never meet: a subscription has left all shards before the next of its name comes. Each ends with
     * {@link #endTurn}.
     */
    public void inTurn(DestinationName name, Runnable change) {
        if (turns.merge(name, List.of(change), DurableDirectory::together).size() == 1) {
            change.run();
        }
    }

    private static List<Runnable> together(List<Runnable> before, List<Runnable> after) {
        return Stream.concat(before.stream(), after.stream()).toList();
    }

    /** The change that this one is in is over. */
    public void endTurn(DestinationName name) {
        List<Runnable> rest = turns.computeIfPresent(
                name, (any, line) -> line.size() == 1 ? null : List.copyOf(line.subList(1, line.size())));
        if (rest != null) {
            rest.get(0).run();
        }
    }

    public Collection<DurableSpec> all() {
        return byName.values();
    }

    public int size() {
        return byName.size();
    }
}
