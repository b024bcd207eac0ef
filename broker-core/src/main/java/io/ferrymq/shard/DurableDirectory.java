package io.ferrymq.shard;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** All durable subscriptions of a broker by name, for those who do not know which shards have parts of one. Any thread. */
public final class DurableDirectory {
    private final ConcurrentMap<DestinationName, DurableSpec> byName = new ConcurrentHashMap<>();

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

    /** This very one is gone: its client may have put another one of the same name there meanwhile. */
    public void remove(DurableSpec gone) {
        byName.computeIfPresent(gone.name(), (name, current) -> current == gone ? null : current);
    }

    public Collection<DurableSpec> all() {
        return byName.values();
    }

    public int size() {
        return byName.size();
    }
}
