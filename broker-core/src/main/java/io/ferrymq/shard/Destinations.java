package io.ferrymq.shard;

import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.topic.Topic;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The destinations of one shard, which owns them. */
final class Destinations {
    private final Map<DestinationName, Destination> byName = new HashMap<>();
    private final ShardContext context;
    private final Settlement settlement;
    private final AtomicInteger countInBroker;
    private @Nullable JournalEntry lastAgain;

    /** @param countInBroker shared by all shards, for the limit */
    Destinations(ShardContext context, Settlement settlement, AtomicInteger countInBroker) {
        this.context = context;
        this.settlement = settlement;
        this.countInBroker = countInBroker;
    }

    @Nullable
    Destination find(DestinationName name) {
        return byName.get(name);
    }

    /** Finds the destination or creates it; null when it is temporary and does not exist, or there are too many. */
    @Nullable
    Destination findOrCreate(DestinationName name) {
        Destination known = byName.get(name);
        return known != null || name.isTemporary() ? known : create(name);
    }

    /** Why {@link #findOrCreate} found nothing. */
    Refusal missing(DestinationName name) {
        if (name.isTemporary()) {
            return new Refusal(Refusal.Code.DESTINATION_DOES_NOT_EXIST, name.qualified());
        }
        return tooMany(name);
    }

    /** Why {@link #create} created nothing. */
    Refusal tooMany(DestinationName name) {
        return new Refusal(
                Refusal.Code.DESTINATION_LIMIT,
                // the spelling is that of ActiveMQ Classic, which people search for
                "The maxmimum number of destinations allowed ("
                        + context.limits().destinations() + ") has already been reached: destination=" + name
                        + "; remove some or raise limits.destinations");
    }

    /** Creates it, temporary ones too; null when there are too many. */
    @Nullable
    Destination create(DestinationName name) {
        Destination known = byName.get(name);
        if (known != null) {
            return known;
        }
        if (countInBroker.incrementAndGet() > context.limits().destinations()) {
            countInBroker.decrementAndGet();
            return null;
        }
        return append(put(name));
    }

    /** Finds it or creates it, however many there are: what arrives is durable and must have a place. */
    Destination adopt(DestinationName name) {
        Destination known = byName.get(name);
        return known != null ? known : append(restore(name));
    }

    private Destination append(Destination created) {
        if (created.isDurable()) {
            created.addedEntry = context.outlet().append(new Record.DestinationAdded(created.name()), null);
        }
        return created;
    }

    /** Creates it from the journal. */
    Destination restore(DestinationName name) {
        Destination known = byName.get(name);
        if (known != null) {
            return known;
        }
        countInBroker.incrementAndGet();
        return put(name);
    }

    private Destination put(DestinationName name) {
        Destination created = name.isQueue()
                ? Destination.of(new Queue(name, context.clock(), settlement))
                : Destination.of(new Topic(name));
        byName.put(name, created);
        return created;
    }

    /** Removes it with all its messages. */
    void remove(Destination destination) {
        byName.remove(destination.name());
        countInBroker.decrementAndGet();
        destination.removed = true;
        if (destination.name().isQueue()) {
            settlement.removed(destination.name(), destination.queue().close());
        }
        if (destination.isDurable()) {
            context.outlet().append(new Record.DestinationRemoved(destination.name()), destination.addedEntry);
        }
    }

    /** A message that was on its way is there. The queue may be gone, and another one may have its name by now. */
    void arrive(Destination destination, QueueEntry entry) {
        if (destination.removed) {
            settlement.removed(destination.name(), List.of(entry));
        } else {
            destination.queue().add(entry);
        }
    }

    /** Forgets it: the journal says that it was removed. */
    void forget(DestinationName name) {
        if (byName.remove(name) != null) {
            countInBroker.decrementAndGet();
        }
    }

    /** Appends all DestinationAdded records again, so that the old ones do not keep an old segment. */
    void appendAgain() {
        if (lastAgain != null && !context.outlet().isDurable(lastAgain)) {
            return; // else more names than a segment holds would begin the next segment, and so on for ever
        }
        for (Destination destination : byName.values()) {
            if (destination.isDurable()) {
                Record.DestinationAdded record = new Record.DestinationAdded(destination.name());
                destination.addedEntry = context.outlet().append(record, destination.addedEntry);
                lastAgain = destination.addedEntry;
            }
        }
    }

    void expire() {
        for (Destination destination : byName.values()) {
            if (destination.name().isQueue()) {
                destination.queue().expire();
            }
        }
    }

    Collection<Destination> all() {
        return byName.values();
    }
}
