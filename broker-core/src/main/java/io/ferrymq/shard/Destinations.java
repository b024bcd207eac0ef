package io.ferrymq.shard;

import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.observe.BrokerEvent;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEffects.DeadLetterReason;
import io.ferrymq.queue.QueueEntry;
import io.ferrymq.topic.Publication;
import io.ferrymq.topic.RecentMessages;
import io.ferrymq.topic.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The destinations of one shard, which owns them. */
final class Destinations {
    /** Hears of destinations as they come and go. */
    interface Watcher {
        void appeared(Destination destination);

        void disappeared(Destination destination);
    }

    private final Map<DestinationName, Destination> byName = new HashMap<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final ShardContext context;
    private final Settlement settlement;
    private final DestinationIndex index;
    private final Home home;
    private final Durables durables;

    /**
     * @param index of all shards together, for the limit and for those who look for names
     * @param home which names are this shard's
     */
    Destinations(ShardContext context, Settlement settlement, DestinationIndex index, Home home) {
        this.context = context;
        this.settlement = settlement;
        this.index = index;
        this.home = home;
        this.durables = new Durables(context, settlement, this, home);
    }

    Durables durables() {
        return durables;
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    void unwatch(Watcher watcher) {
        watchers.remove(watcher);
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

    /** Whether a queue of this name, which may have wildcards, is for consumers of virtual topics. */
    boolean isConsumerQueue(DestinationName name) {
        return index.isConsumerQueue(name);
    }

    /** Creates those of this shard; a refusal when one cannot be. */
    Optional<Refusal> createAll(List<DestinationName> names) {
        for (DestinationName name : names) {
            if (home.isOwn(name) && findOrCreate(name) == null) {
                return Optional.of(missing(name));
            }
        }
        return Optional.empty();
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
        DestinationPolicy policy = context.policies().of(name);
        int most = context.limits().destinations();
        if (policy.maxDestinations() < 0 || index.size() >= most) {
            return tooMany(
                    most,
                    " has already been reached: destination=" + name + "; remove some or raise limits.destinations");
        }
        return tooMany(policy.maxDestinations(), " for the policy " + policy.pattern() + " has already been reached.");
    }

    /** In the words of ActiveMQ Classic, whose spelling people search for. */
    private static Refusal tooMany(int most, String rest) {
        return new Refusal(
                Refusal.Code.DESTINATION_LIMIT, "The maxmimum number of destinations allowed (" + most + ")" + rest);
    }

    /** Creates it, temporary ones too; null when there are too many. */
    @Nullable
    Destination create(DestinationName name) {
        Destination known = byName.get(name);
        if (known != null) {
            return known;
        }
        return index.addWithin(name, context.limits().destinations()) ? announced(append(put(name))) : null;
    }

    private Destination announced(Destination created) {
        if (!created.name().isAdvisory()) {
            context.events().on(new BrokerEvent.DestinationAdded(created.name()));
        }
        List.copyOf(watchers).forEach(watcher -> watcher.appeared(created));
        return created;
    }

    /** Finds it or creates it, however many there are: what arrives is durable and must have a place. */
    Destination adopt(DestinationName name) {
        Destination known = byName.get(name);
        return known != null ? known : announced(append(restore(name)));
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
        index.add(name);
        return put(name);
    }

    private Destination put(DestinationName name) {
        DestinationPolicy policy = context.policies().of(name);
        Destination created = name.isQueue()
                ? Destination.of(new Queue(name, context.clock(), settlement, policy, context.properties()), policy)
                : Destination.of(new Topic(name, context.properties(), recent(policy)), policy);
        created.lastUsedMs = context.nowMs();
        byName.put(name, created);
        if (name.isTopic()) {
            durables.topicAdded(created);
        }
        return created;
    }

    private RecentMessages recent(DestinationPolicy policy) {
        return new RecentMessages(policy.subscriptionRecovery(), context.clock(), context.budget());
    }

    /** Removes it with all its messages. */
    void remove(Destination destination) {
        forget(destination.name());
        destination.removed = true;
        List.copyOf(watchers).forEach(watcher -> watcher.disappeared(destination));
        LongStream.Builder stored = LongStream.builder();
        if (destination.name().isQueue()) {
            settlement.removed(destination.name(), destination.queue().close(stored));
        } else {
            destination.topic().close();
        }
        if (destination.isDurable()) {
            JournalEntry written =
                    context.outlet().append(new Record.DestinationRemoved(destination.name()), destination.addedEntry);
            context.outlet().releaseAfter(written, stored.build().toArray());
        }
        if (!destination.name().isAdvisory()) {
            context.events().on(new BrokerEvent.DestinationRemoved(destination.name()));
        }
    }

    /** A message that was on its way is there. The destination may be gone, and another one may have its name by now. */
    void arrive(Destination destination, QueueEntry entry) {
        if (destination.policy.gcInactiveDestinations()) {
            destination.lastUsedMs = context.nowMs();
        }
        if (destination.name().isTopic()) {
            publish(destination, entry);
            return;
        }
        if (destination.removed) {
            settlement.removed(destination.name(), List.of(entry));
            return;
        }
        if (destination.policy.advisories().advisoryForDelivery()) {
            context.events().on(new BrokerEvent.MessageDelivered(destination.name(), entry.message()));
        }
        if (isToBeToldLost(destination, entry.message())) {
            context.events().on(new BrokerEvent.NoConsumer(destination.name(), entry.message()));
        }
        destination.queue().add(entry);
    }

    /** What no durable subscription keeps is forgotten at once, its record too. */
    private void publish(Destination destination, QueueEntry entry) {
        boolean quiet = destination.name().isAdvisory();
        if (!quiet && destination.policy.advisories().advisoryForDelivery()) {
            context.events().on(new BrokerEvent.MessageDelivered(destination.name(), entry.message()));
        }
        Message message = entry.message();
        // a commit may come long after its sends
        boolean late = message.expirationMs() > 0
                && message.isExpiredAt(context.clock().epochMs());
        Publication publication = new Publication(message, entry.sequence(), entry.lsn(), late);
        if (!quiet && destination.policy.advisories().advisoryForDispatched()) {
            publication.tellDispatch();
        }
        settlement.giving(publication);
        destination.topic().publish(publication);
        if (destination.removed) {
            destination.topic().close(); // of what it remembers now, too
        }
        if (late && publication.noteExpiry()) {
            deadLetter(List.of(message), DeadLetterReason.LATE);
        }
        settlement.given(publication);
        if (!quiet && publication.kept() == 0 && isToBeToldLost(destination, message)) {
            context.events().on(new BrokerEvent.NoConsumer(destination.name(), message));
        }
    }

    /** ActiveMQ's sendAdvisoryIfNoConsumers, which is for what may be lost: no persistent message. */
    private static boolean isToBeToldLost(Destination destination, Message message) {
        return destination.policy.advisories().sendAdvisoryIfNoConsumers()
                && !message.persistent()
                && destination.consumerCount() == 0;
    }

    /** Messages of topics that were not given to those who wanted them. */
    void deadLetter(List<Message> messages, DeadLetterReason reason) {
        Map<DestinationName, List<Message>> byTopic = new LinkedHashMap<>();
        for (Message message : messages) {
            if (!message.destination().isAdvisory()) {
                byTopic.computeIfAbsent(message.destination(), any -> new ArrayList<>())
                        .add(message);
            }
        }
        byTopic.forEach((topic, dead) -> settlement.deadLetteredOnTopic(topic, dead, reason));
    }

    /** Forgets it: the journal says that it was removed. */
    void forget(DestinationName name) {
        if (byName.remove(name) != null) {
            index.remove(name);
        }
    }

    /** For a snapshot: what there is. */
    void tellNames(Journal.Visitor snapshot) {
        byName.values().forEach(destination -> tell(destination.addedEntry, snapshot));
        durables.records().tell(snapshot);
    }

    /** And what waits there. */
    void tell(Journal.Visitor snapshot) {
        byName.values().stream()
                .filter(Destination::isDurable)
                .forEach(destination -> destination.queue().oldRecords().tell(record -> snapshot.onRecord(0, record)));
        durables.all().forEach(durable -> durable.backlog().oldRecords().tell(record -> snapshot.onRecord(0, record)));
    }

    static void tell(@Nullable JournalEntry written, Journal.Visitor snapshot) {
        for (int i = 0; written != null && i < written.records().size(); i++) {
            snapshot.onRecord(written.firstLsn() + i, written.records().get(i));
        }
    }

    /** After a recovery a destination may be known from its messages alone. */
    void appendMissing() {
        for (Destination destination : byName.values()) {
            if (destination.addedEntry == null) {
                append(destination);
            }
        }
    }

    /** Appends DestinationAdded records again, so that old ones up to this LSN do not keep an old segment. */
    void appendAgain(long upTo) {
        for (Destination destination : byName.values()) {
            JournalEntry added = destination.addedEntry;
            if (added != null && context.outlet().isDurable(added) && added.lastLsn() <= upTo) {
                Record.DestinationAdded record = new Record.DestinationAdded(destination.name());
                destination.addedEntry = context.outlet().append(record, added);
            }
        }
    }

    Collection<Destination> all() {
        return byName.values();
    }
}
