package io.ferrymq.session;

import io.ferrymq.flow.DeliveryOrder;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.SharedWindow;
import io.ferrymq.flow.Window;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;
import io.ferrymq.policy.SlowConsumers;
import io.ferrymq.queue.Filter;
import io.ferrymq.queue.QueueBrowser;
import io.ferrymq.queue.QueueConsumer;
import io.ferrymq.shard.BrowserSubscription;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.DurableChange;
import io.ferrymq.shard.DurableConsumerSubscription;
import io.ferrymq.shard.DurableSpec;
import io.ferrymq.shard.QueueSubscription;
import io.ferrymq.shard.QueuesSubscription;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.shard.Subscription;
import io.ferrymq.shard.TopicsSubscription;
import io.ferrymq.topic.PendingLimit;
import io.ferrymq.topic.TopicSubscription;
import io.ferrymq.topic.WaitingMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a consumer asks for into subscriptions: one per queue, one per shard for topics and for queues with wildcards, one per shard
 * for a durable subscription. Used once, by the client's I/O thread.
 */
final class ConsumerPlan {
    private final ConsumerSpec spec;
    private final Filter filter;
    private final Shards shards;
    private final SessionRegistry.Surroundings surroundings;
    private final Window window;
    private final @Nullable DeliveryOrder order;
    private final DeliverySink sink;
    private final List<Attachment> attachments = new ArrayList<>();

    /** @param several whether it is about more than one destination */
    private ConsumerPlan(
            ConsumerSpec spec, Filter filter, DeliverySink sink, SessionRegistry registry, boolean several) {
        this.spec = spec;
        this.filter = filter;
        this.shards = registry.shards();
        this.surroundings = registry.surroundings();
        this.window = several ? new SharedWindow(spec.prefetch()) : new Window(spec.prefetch());
        this.order = several ? new DeliveryOrder(sink, this::partOf) : null;
        this.sink = order == null ? sink : order;
    }

    /** A consumer of these destinations, names and patterns. */
    static OpenConsumer of(
            ConsumerSpec spec,
            List<DestinationName> members,
            Filter filter,
            DeliverySink sink,
            SessionRegistry registry) {
        boolean several = members.size() > 1 || members.stream().anyMatch(DestinationPattern::isPattern);
        ConsumerPlan plan = new ConsumerPlan(spec, filter, sink, registry, several);
        plan.queues(members.stream().filter(DestinationName::isQueue).toList());
        plan.topics(members.stream().filter(DestinationName::isTopic).toList());
        return plan.open();
    }

    /** The consumer of a durable subscription. */
    static OpenConsumer ofDurable(ConsumerSpec spec, DurableSpec durable, DeliverySink sink, SessionRegistry registry) {
        List<Shard> concerned = registry.shards().concernedBy(durable);
        ConsumerPlan plan = new ConsumerPlan(spec, Filter.ALL, sink, registry, concerned.size() > 1);
        DurableChange change = DurableChange.activation(durable, registry.shards());
        for (Shard shard : concerned) {
            Subscription subscription =
                    new DurableConsumerSubscription(durable, plan.consumer(), spec.retroactive(), change, plan.sink);
            plan.attach(shard, subscription, topic -> plan.shards.ownerOf(topic) == shard);
        }
        return plan.open();
    }

    private void queues(List<DestinationName> queues) {
        if (queues.stream().anyMatch(DestinationPattern::isPattern)) {
            List<DestinationPattern> patterns =
                    queues.stream().map(DestinationPattern::of).toList();
            for (Shard shard : shards.all()) {
                Subscription matching = new QueuesSubscription(spec.id(), patterns, window, this::consumer, sink);
                attach(shard, matching, name -> name.isQueue() && shards.ownerOf(name) == shard);
            }
            return;
        }
        for (DestinationName queue : queues) {
            attach(shards.ownerOf(queue), single(queue), queue::equals);
        }
    }

    private Subscription single(DestinationName queue) {
        if (!spec.browser()) {
            return new QueueSubscription(queue, consumer(), sink);
        }
        QueueBrowser browser = new QueueBrowser(spec.id(), sink, window, filter, surroundings.properties());
        return new BrowserSubscription(queue, browser, sink);
    }

    private void topics(List<DestinationName> topics) {
        for (Shard shard : shards.all()) {
            List<DestinationName> here = topics.stream()
                    .filter(topic -> DestinationPattern.isPattern(topic) || shards.ownerOf(topic) == shard)
                    .toList();
            if (!here.isEmpty()) {
                Predicate<DestinationName> covers = name -> name.isTopic() && shards.ownerOf(name) == shard;
                attach(shard, new TopicsSubscription(here, topic(here.get(0)), spec.retroactive(), sink), covers);
            }
        }
    }

    private QueueConsumer consumer() {
        return new QueueConsumer(spec.id(), sink, window, spec.priority(), spec.exclusive(), filter);
    }

    /** @param first which of its topics says what goes when too many messages wait */
    private TopicSubscription topic(DestinationName first) {
        PendingLimit limit = new PendingLimit( // OpenWire ConsumerInfo.maximumPendingMessageLimit
                surroundings.budget(), surroundings.clock(), this::limitFor, spec.pendingLimit());
        WaitingMessages waiting = WaitingMessages.of(slowConsumers(first).messageEviction(), surroundings.properties());
        return new TopicSubscription(
                spec.id(), sink, filter, window, limit, waiting, new SubscriberEvents(surroundings));
    }

    private int limitFor(DestinationName topic) {
        return slowConsumers(topic).pendingMessageLimit(spec.prefetch());
    }

    private SlowConsumers slowConsumers(DestinationName topic) {
        return surroundings.policies().of(topic).slowConsumers();
    }

    private void attach(Shard shard, Subscription subscription, Predicate<DestinationName> covers) {
        attachments.add(new Attachment(shard, subscription, covers));
    }

    /** A queue acknowledges for itself, even where a subscription has several; topics and durables by subscription. */
    private Object partOf(DestinationName destination) {
        for (Attachment attachment : attachments) {
            boolean whole = !(attachment.subscription() instanceof QueuesSubscription);
            if (whole && attachment.concerns(destination)) {
                return attachment;
            }
        }
        return destination;
    }

    private OpenConsumer open() {
        if (window instanceof SharedWindow shared) {
            shared.usedBy(attachments.stream()
                    .<SharedWindow.User>map(
                            one -> then -> one.put(new Command.Resume(one.subscription(), then), Handoff.AT_ONCE))
                    .toList());
        }
        return new OpenConsumer(attachments, window, order);
    }
}
