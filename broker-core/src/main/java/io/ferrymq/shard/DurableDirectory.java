package io.ferrymq.shard;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * All durable subscriptions of a broker by name, for those who do not know which shards have parts of one; and the order in which each is
 * changed. Any thread.
 */
public final class DurableDirectory {
    private final ConcurrentMap<DestinationName, DurableSpec> byName = new ConcurrentHashMap<>();
    /** Of those that are in a change, the changes that wait for it. A line is used within the map's own methods only. */
    private final ConcurrentMap<DestinationName, Deque<Runnable>> turns = new ConcurrentHashMap<>();

    private final Shard.Owners owners;

    DurableDirectory(Shard.Owners owners) {
        this.owners = owners;
    }

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
     * Begins a change: at once, or, when those of the same subscription that were asked for before are over, on a shard. Two of one name never
     * meet: a subscription has left all shards before the next of its name comes. Each ends with {@link #endTurn}.
     */
    public void inTurn(DestinationName name, Runnable change) {
        Deque<Runnable> nobody = new ArrayDeque<>(1);
        Deque<Runnable> waiting = turns.compute(name, (any, line) -> {
            if (line == null) {
                return nobody;
            }
            line.add(change);
            return line;
        });
        if (waiting == nobody) {
            change.run();
        }
    }

    /** Whether a change of it is under way. */
    public boolean isChanging(DestinationName name) {
        return turns.containsKey(name);
    }

    /** The change that this one is in is over. The next begins as a command: any number may be over as they begin, and not within one another. */
    public void endTurn(DestinationName name) {
        @Nullable Runnable[] next = new Runnable[1];
        turns.computeIfPresent(name, (any, line) -> {
            next[0] = line.poll();
            return next[0] == null ? null : line;
        });
        Runnable change = next[0];
        if (change != null) {
            owners.ownerOf(name).inbox().put(new Command.WithDurables(any -> change.run()));
        }
    }

    public Collection<DurableSpec> all() {
        return byName.values();
    }

    public int size() {
        return byName.size();
    }
}
