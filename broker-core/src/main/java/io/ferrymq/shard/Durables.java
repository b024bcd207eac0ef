package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueConsumer;
import io.ferrymq.topic.DurableSubscription;
import io.ferrymq.topic.Publication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The durable subscriptions to topics of one shard, which owns them. They come and go by records, and take effect when those are
 * durable, in the order of the log: what a subscription holds is the same after a replay.
 *
 * <p>A subscription with wildcards has a part in every shard. Each part is written, so that it has its place in the log; the record that
 * stays is that of the subscription's home.
 */
final class Durables {
    private static final class Held {
        private final DurableSubscription durable;
        private final List<DestinationPattern> patterns;
        /** It takes messages: its record is durable. */
        private boolean linked;
        /**
         * The records that it exists by, oldest first; only at home. An older one is needed as long as there are messages between it and
         * the next: in a replay they must find the subscription there.
         */
        private final Deque<JournalEntry> addedEntries = new ArrayDeque<>();

        private Held(DurableSubscription durable, List<DestinationPattern> patterns) {
            this.durable = durable;
            this.patterns = patterns;
        }

        private boolean concerns(DestinationName topic) {
            return patterns.stream().anyMatch(pattern -> pattern.matches(topic));
        }

        private Record.SubscriptionAdded record() {
            return new DurableSpec(durable.name(), durable.topics(), durable.filter()).record();
        }
    }

    private final ShardContext context;
    private final Settlement settlement;
    private final Destinations destinations;
    private final Home home;
    private final Map<DestinationName, Held> byName = new LinkedHashMap<>();
    /** Unsubscribed, though the record that says so is still on its way: until then they keep what comes. */
    private final List<Held> leaving = new ArrayList<>();

    private @Nullable JournalEntry lastAgain;

    /** @param home which names are this shard's */
    Durables(ShardContext context, Settlement settlement, Destinations destinations, Home home) {
        this.context = context;
        this.settlement = settlement;
        this.destinations = destinations;
        this.home = home;
    }

    @Nullable
    DurableSubscription find(DestinationName name) {
        Held held = byName.get(name);
        return held == null ? null : held.durable;
    }

    Collection<DurableSubscription> all() {
        return byName.values().stream().map(held -> held.durable).toList();
    }

    /** A topic has just been created: it keeps messages from now on for those who want them. */
    void topicAdded(Destination topic) {
        byName.values().forEach(held -> topicAdded(topic, held));
        leaving.forEach(held -> topicAdded(topic, held));
    }

    private static void topicAdded(Destination topic, Held held) {
        if (held.concerns(topic.name())) {
            topic.durables++;
            if (held.linked) {
                topic.topic().keepFor(held.durable);
            }
        }
    }

    /** A consumer comes: to what there is, or to a new subscription. Returns it, or null when that is in use. */
    @Nullable
    DurableSubscription activate(DurableSpec spec, QueueConsumer consumer, boolean retroactive, Receipt receipt) {
        Held known = byName.get(spec.name());
        if (known != null && !known.durable.hasPlaceFor(consumer)) {
            receipt.refused(inUse(spec.name()));
            return null;
        }
        Held held = known == null ? add(spec) : known;
        held.durable.reserve(consumer);
        if (known != null && known.durable.filter().equals(spec.filter())) {
            context.outlet().afterParked(lsn -> start(held, consumer, receipt));
        } else {
            write(held, spec, () -> {
                if (known == null) {
                    recall(held, retroactive);
                }
                start(held, consumer, receipt);
            });
        }
        return held.durable;
    }

    /** What the topics of a new subscription remember; transient, since no record says that it was given to it. */
    private void recall(Held held, boolean retroactive) {
        for (Destination topic : topicsOf(held)) {
            if (retroactive || topic.policy.alwaysRetroactive()) {
                for (Publication publication : topic.topic().recall(held.durable.filter())) {
                    context.budget().take(publication.own().message().footprintBytes());
                    held.durable.offer(publication);
                    settlement.given(publication);
                }
            }
        }
    }

    private static void start(Held held, QueueConsumer consumer, Receipt receipt) {
        if (held.durable.isReservedFor(consumer)) {
            held.durable.activate(consumer);
        }
        receipt.done();
    }

    /** A new subscription, or an old one that is deaf to another connection now. */
    private void write(Held held, DurableSpec spec, Runnable then) {
        JournalEntry written = context.outlet().appendAndPark(List.of(spec.record()), lsn -> {
            unlink(held);
            held.durable.changeFilter(spec.filter());
            link(held);
            if (!home.isOwn(spec.home())) {
                context.outlet().release(lsn);
            }
            then.run();
        });
        if (home.isOwn(spec.home())) {
            held.addedEntries.add(written);
        }
    }

    private static Refusal inUse(DestinationName subscription) {
        return new Refusal(
                Refusal.Code.SUBSCRIPTION_IN_USE,
                "Durable consumer is in use for client: " + subscription.subscriptionClient()
                        + " and subscriptionName: " + subscription.subscriptionName());
    }

    /** Ends a subscription with its backlog. One that this shard does not know is gone already. */
    void remove(DestinationName name, Receipt receipt) {
        Held held = byName.get(name);
        if (held == null) {
            receipt.done();
        } else if (held.durable.isActive()) {
            receipt.refused(new Refusal(Refusal.Code.SUBSCRIPTION_IN_USE, "Durable consumer is in use"));
        } else {
            byName.remove(name); // one of the same name may come before this is durable
            leaving.add(held);
            context.outlet().appendAndPark(List.of(new Record.SubscriptionRemoved(name)), lsn -> {
                leaving.remove(held);
                discard(held);
                settlement.forgotten(name, held.durable.backlog().close(stored -> settlement.forgotten(name, stored)));
                held.addedEntries.forEach(context.outlet()::release);
                receipt.done();
            });
        }
    }

    private Held add(DurableSpec spec) {
        List<DestinationPattern> patterns = spec.patterns();
        Queue backlog = new Queue(
                spec.name(),
                context.clock(),
                settlement,
                context.policies().of(patterns.get(0).name()),
                context.properties());
        Held held = new Held(new DurableSubscription(spec.topics(), spec.filter(), backlog), patterns);
        byName.put(spec.name(), held);
        topicsOf(held).forEach(topic -> topic.durables++);
        return held;
    }

    private void discard(Held held) {
        unlink(held);
        topicsOf(held).forEach(topic -> topic.durables--);
    }

    private void link(Held held) {
        held.linked = true;
        topicsOf(held).forEach(topic -> topic.topic().keepFor(held.durable));
    }

    private void unlink(Held held) {
        held.linked = false;
        topicsOf(held).forEach(topic -> topic.topic().keepNoLonger(held.durable));
    }

    private List<Destination> topicsOf(Held held) {
        return destinations.all().stream()
                .filter(topic -> topic.name().isTopic() && held.concerns(topic.name()))
                .toList();
    }

    /** From the journal, which tells every shard. */
    void recover(DurableSpec spec, JournalEntry newest) {
        if (!isConcernedBy(spec)) {
            return; // else it would stay here when it is removed where it is
        }
        Held known = byName.get(spec.name());
        Held held = known == null ? add(spec) : known;
        unlink(held);
        held.durable.changeFilter(spec.filter());
        link(held);
        if (home.isOwn(spec.home())) {
            held.addedEntries.add(newest);
        }
    }

    private boolean isConcernedBy(DurableSpec spec) {
        return spec.topics().members().stream()
                .anyMatch(topic -> DestinationPattern.isPattern(topic) || home.isOwn(topic));
    }

    /** From the journal: it is gone. Returns the records that it existed by, if this is its home. */
    Collection<JournalEntry> forget(DestinationName name) {
        Held held = byName.remove(name);
        if (held == null) {
            return List.of();
        }
        discard(held);
        return held.addedEntries;
    }

    /** For a snapshot: the records that subscriptions exist by. */
    void tell(Journal.Visitor snapshot) {
        byName.values().forEach(held -> held.addedEntries.forEach(entry -> Destinations.tell(entry, snapshot)));
    }

    /** A segment has begun: see Journal.Listener.segmentStarted. */
    void appendAgain() {
        if (lastAgain != null && !context.outlet().isDurable(lastAgain)) {
            return;
        }
        for (Held held : byName.values()) {
            if (held.linked && !held.addedEntries.isEmpty() && isAllHere(held)) {
                releaseUnneeded(held);
                lastAgain = context.outlet().append(held.record(), null);
                held.addedEntries.add(lastAgain);
            }
        }
    }

    /** Records whose messages have gone, or have been written again, are not needed any more. */
    void releaseUnneeded() {
        for (Held held : byName.values()) {
            if (held.linked && held.addedEntries.size() > 1 && isAllHere(held)) {
                releaseUnneeded(held);
            }
        }
    }

    /** Of the messages that other shards hold this one knows nothing: they may need the oldest record. */
    private boolean isAllHere(Held held) {
        return home.isOnlyOne()
                || held.patterns.stream()
                        .map(DestinationPattern::name)
                        .allMatch(name -> !DestinationPattern.isPattern(name) && home.isOwn(name));
    }

    /** The first record that is left is the last one before its oldest message. */
    private void releaseUnneeded(Held held) {
        long oldest = held.durable.backlog().oldestLsn();
        Iterator<JournalEntry> all = List.copyOf(held.addedEntries).iterator();
        all.next();
        while (all.hasNext()) {
            JournalEntry following = all.next();
            if (!context.outlet().hasTakenEffect(following) || following.firstLsn() > oldest) {
                return;
            }
            context.outlet().release(held.addedEntries.remove());
        }
    }
}
