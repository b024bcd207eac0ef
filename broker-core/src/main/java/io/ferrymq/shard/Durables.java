package io.ferrymq.shard;

import io.ferrymq.flow.Join;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueConsumer;
import io.ferrymq.topic.DurableSubscription;
import io.ferrymq.topic.Publication;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The durable subscriptions to topics of one shard, which owns them. They come and go by records, at one place of the log for all shards that
 * have a part of one ({@link DurableChange}): what a subscription holds is the same after a replay.
 *
 * <p>Only a filter takes effect in each shard when that hears of it, perhaps some messages sooner or later than in a replay. Filters of one
 * subscription differ in the connection that they are deaf to; so this concerns nothing but what a client itself sends while it subscribes.
 */
public final class Durables {
    private static final class Held {
        private final DurableSubscription durable;
        private final List<DestinationPattern> patterns;

        private Held(DurableSubscription durable, List<DestinationPattern> patterns) {
            this.durable = durable;
            this.patterns = patterns;
        }

        private boolean concerns(DestinationName topic) {
            return patterns.stream().anyMatch(pattern -> pattern.matches(topic));
        }
    }

    private final ShardContext context;
    private final Settlement settlement;
    private final Destinations destinations;
    private final Home home;
    private final SubscriptionRecords records;
    private final Map<DestinationName, Held> byName = new LinkedHashMap<>();
    private Runnable lookForUnused = () -> {};

    /** @param home which names are this shard's */
    Durables(ShardContext context, Settlement settlement, Destinations destinations, Home home) {
        this.context = context;
        this.settlement = settlement;
        this.destinations = destinations;
        this.home = home;
        this.records = new SubscriptionRecords(context, this);
    }

    /** Those of the subscriptions that are at home here. */
    SubscriptionRecords records() {
        return records;
    }

    Shard shard() {
        return home.shard();
    }

    /** Runs the action in a shard: at once if it is this one. */
    void run(Shard shard, Consumer<Durables> action) {
        if (shard == home.shard()) {
            action.accept(this);
        } else {
            shard.inbox().put(new Command.WithDurables(action));
        }
    }

    @Nullable
    DurableSubscription find(DestinationName name) {
        Held held = byName.get(name);
        return held == null ? null : held.durable;
    }

    Collection<DurableSubscription> all() {
        return byName.values().stream().map(held -> held.durable).toList();
    }

    /** Those that may have messages of this topic. */
    List<DurableSubscription> concernedBy(DestinationName topic) {
        return byName.values().stream()
                .filter(held -> held.concerns(topic))
                .map(held -> held.durable)
                .toList();
    }

    /** A topic has just been created: it keeps messages from now on for those who want them. */
    void topicAdded(Destination topic) {
        for (Held held : byName.values()) {
            if (held.concerns(topic.name())) {
                topic.durables++;
                topic.topic().keepFor(held.durable);
            }
        }
    }

    /** A consumer comes: to what there is, or to a new subscription. Returns it, or null when that is in use. */
    @Nullable
    DurableSubscription activate(
            DurableSpec spec, QueueConsumer consumer, boolean retroactive, DurableChange change, Receipt receipt) {
        Held known = byName.get(spec.name());
        if (known != null && !known.durable.hasPlaceFor(consumer)) {
            decline(change, inUse(spec.name()), receipt);
            return null;
        }
        Held held = known == null ? add(spec) : known;
        held.durable.reserve(consumer);
        boolean isNews = !held.durable.isBorn() || !held.durable.filter().equals(spec.filter());
        change.agree(this, isNews, new Activation(held, spec, consumer, retroactive, receipt));
        return held.durable;
    }

    /** There can be no part here. */
    void decline(DurableChange change, Refusal refusal, Receipt receipt) {
        change.refuse(this, refusal, new Answering(receipt));
    }

    /** Has nothing to do about a change but to answer. */
    private record Answering(Receipt receipt) implements DurableChange.Part {
        @Override
        public void done(long lsn) {
            receipt.done();
        }

        @Override
        public void refused(Refusal refusal) {
            receipt.refused(refusal);
        }
    }

    /** A consumer takes up a subscription, which may be new or have another filter. */
    private final class Activation implements DurableChange.Part {
        private final Held held;
        private final DurableSpec spec;
        private final QueueConsumer consumer;
        private final boolean retroactive;
        private final Receipt receipt;

        private Activation(Held held, DurableSpec spec, QueueConsumer consumer, boolean retroactive, Receipt receipt) {
            this.held = held;
            this.spec = spec;
            this.consumer = consumer;
            this.retroactive = retroactive;
            this.receipt = receipt;
        }

        @Override
        public void done(long lsn) {
            if (!held.durable.isBorn()) {
                recall(held, retroactive, lsn);
                settlement.forgotten(spec.name(), held.durable.begin(lsn));
            } else if (lsn > 0) {
                changeFilter(held, spec);
            }
            if (held.durable.isReservedFor(consumer)) {
                held.durable.activate(consumer);
            }
            receipt.done();
        }

        @Override
        public void refused(Refusal refusal) {
            held.durable.deactivate(consumer, LastDelivered.NONE);
            if (!held.durable.isBorn()) {
                byName.remove(spec.name());
                discard(held);
                settlement.forgotten(spec.name(), held.durable.abandon());
            }
            receipt.refused(refusal);
        }
    }

    /** What the topics of a new subscription remember; alwaysRetroactive is for others, as in ActiveMQ. */
    private void recall(Held held, boolean retroactive, long birth) {
        for (Destination topic : retroactive ? topicsOf(held) : List.<Destination>of()) {
            List<Publication> past = topic.topic().recall(held.durable.filter());
            past.forEach(
                    publication -> context.budget().take(publication.message().footprintBytes()));
            held.durable.recall(past, birth);
            past.forEach(settlement::given);
        }
    }

    private void changeFilter(Held held, DurableSpec spec) {
        unlink(held);
        held.durable.changeFilter(spec.filter());
        link(held);
    }

    /** What a second consumer is told. */
    public static Refusal inUse(DestinationName subscription) {
        return new Refusal(
                Refusal.Code.SUBSCRIPTION_IN_USE,
                "Durable consumer is in use for client: " + subscription.subscriptionClient()
                        + " and subscriptionName: " + subscription.subscriptionName());
    }

    /** Ends a subscription with its backlog. One that this shard does not know is gone already. */
    void remove(DestinationName name, DurableChange change, Receipt receipt) {
        Held held = byName.get(name);
        if (held == null) {
            change.agree(this, false, new Answering(receipt));
        } else if (!held.durable.isUnusedFor(change.unusedMs(), context.nowMs())) {
            decline(change, new Refusal(Refusal.Code.SUBSCRIPTION_IN_USE, "Durable consumer is in use"), receipt);
        } else {
            change.agree(this, true, new Removal(held, receipt));
        }
    }

    /**
     * From now on those are looked for, from time to time, that nobody has taken from for so long (ActiveMQ's offlineDurableSubscriberTimeout).
     *
     * @param unused is told of those that are at home here, again and again
     */
    public void watchForUnused(long timeoutMs, Consumer<DestinationName> unused) {
        lookForUnused = () -> {
            for (DurableSubscription durable : all()) {
                // each part is asked, since each is to know when one is to be removed
                if (durable.isUnusedFor(timeoutMs, context.nowMs()) && records.has(durable.name())) {
                    unused.accept(durable.name());
                }
            }
        };
    }

    void lookForUnused() {
        lookForUnused.run();
    }

    /** A subscription ends. Until then it keeps what comes. */
    private final class Removal implements DurableChange.Part {
        private final Held held;
        private final Receipt receipt;

        private Removal(Held held, Receipt receipt) {
            this.held = held;
            this.receipt = receipt;
        }

        /** Answered behind the records that this shard has written for it: the next of its name comes after all of them. */
        @Override
        public void done(long lsn) {
            DestinationName name = held.durable.name();
            byName.remove(name);
            discard(held);
            settlement.forgotten(name, held.durable.backlog().close(stored -> settlement.forgotten(name, stored)));
            records.gone(name).forEach(context.outlet()::release);
            context.outlet().afterParked(any -> receipt.done());
        }

        @Override
        public void refused(Refusal refusal) {
            receipt.refused(refusal);
        }
    }

    /** All parts have agreed, and this is the home of the subscription. */
    void write(DurableChange change) {
        if (!change.isWritten()) {
            context.outlet().afterParked(any -> change.tell(this, 0));
            return;
        }
        JournalEntry written = context.outlet().appendAndPark(List.of(change.record()), lsn -> change.tell(this, lsn));
        if (change.record() instanceof Record.SubscriptionAdded added) {
            records.written(added, written);
        } else if (change.record() instanceof Record.SubscriptionRemoved removed) {
            records.ending(removed.subscription());
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
        link(held);
        return held;
    }

    private void discard(Held held) {
        unlink(held);
        topicsOf(held).forEach(topic -> topic.durables--);
    }

    private void link(Held held) {
        topicsOf(held).forEach(topic -> topic.topic().keepFor(held.durable));
    }

    private void unlink(Held held) {
        topicsOf(held).forEach(topic -> topic.topic().keepNoLonger(held.durable));
    }

    /** The topics of this shard that the subscription listens to. */
    List<DestinationName> topicsOf(DestinationName subscription) {
        Held held = byName.get(subscription);
        return held == null
                ? List.of()
                : topicsOf(held).stream().map(Destination::name).toList();
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
        Held held = byName.get(spec.name());
        if (held == null) {
            held = add(spec);
            held.durable.begin(0);
        } else {
            changeFilter(held, spec);
        }
        if (home.isOwn(spec.home())) {
            records.written(spec.record(), newest);
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
        return records.gone(name);
    }

    /** From where on the log may say something of its messages; {@link Long#MAX_VALUE}: nowhere. */
    long oldestLsn(DurableSubscription part) {
        return settlement.isIdle() ? part.backlog().oldestLsn() : 0; // a message that is read may be one of its own
    }

    /** Runs the action in every shard, and what follows here when all that they had on their way by then is durable. */
    void inAllShards(Consumer<Durables> action, Runnable then) {
        Receipt all = Receipt.always(() -> shard().inbox().put(new Command.WithDurables(any -> then.run())));
        Join join = new Join(home.owners().all().size(), all);
        home.owners()
                .all()
                .forEach(shard -> run(shard, durables -> {
                    action.accept(durables);
                    durables.context.outlet().afterParked(any -> join.done());
                }));
    }
}
