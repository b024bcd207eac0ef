package io.ferrymq.session;

import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.queue.Queue;
import io.ferrymq.shard.BrowserSubscription;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.QueueSubscription;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import io.ferrymq.shard.Subscription;
import io.ferrymq.shard.TopicsSubscription;
import io.ferrymq.topic.TopicSubscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One consumer of a client, whose I/O thread owns it: the subscriptions it has in the shards, one per queue, and one per shard
 * for topics.
 */
final class OpenConsumer {
    /** A subscription and where it is. */
    record Attached(Shard shard, Subscription subscription, List<DestinationName> names) {}

    private final List<Attached> attached = new ArrayList<>();
    /** Set by the shard that refuses it. */
    private final AtomicBoolean refused = new AtomicBoolean();

    OpenConsumer(
            ConsumerSpec spec,
            List<DestinationName> members,
            DeliverySink sink,
            Shards shards,
            SessionRegistry.Surroundings surroundings) {
        Map<Shard, List<DestinationName>> topics = new LinkedHashMap<>();
        for (DestinationName member : members) {
            Shard owner = shards.ownerOf(member);
            if (member.isTopic()) {
                topics.computeIfAbsent(owner, any -> new ArrayList<>()).add(member);
            } else {
                attached.add(new Attached(owner, queueSubscription(spec, member, sink), List.of(member)));
            }
        }
        topics.forEach((owner, names) -> {
            TopicSubscription subscription = new TopicSubscription(
                    spec.id(), sink, spec.prefetch(), spec.noLocal(), surroundings.clock(), surroundings.budget());
            attached.add(new Attached(owner, new TopicsSubscription(names, subscription, sink), names));
        });
    }

    private static Subscription queueSubscription(ConsumerSpec spec, DestinationName queue, DeliverySink sink) {
        return spec.browser()
                ? new BrowserSubscription(spec.id(), queue, sink, spec.prefetch())
                : new QueueSubscription(spec.id(), queue, sink, spec.prefetch(), spec.priority(), spec.exclusive());
    }

    /** Subscribes in every shard concerned: everywhere, or when one refuses, nowhere. */
    void subscribe(Receipt receipt) {
        Join join = new Join(attached.size(), new Receipt() {
            @Override
            public void done() {
                receipt.done();
            }

            @Override
            public void refused(Refusal refusal) {
                refused.set(true);
                unsubscribe(Queue.LAST_DELIVERED_NONE, Receipt.NONE);
                receipt.refused(refusal);
            }
        });
        attached.forEach(one -> one.shard().inbox().put(new Command.Subscribe(one.subscription(), join)));
    }

    void unsubscribe(long lastDelivered, Receipt receipt) {
        Join join = new Join(attached.size(), receipt);
        attached.forEach(
                one -> one.shard().inbox().put(new Command.Unsubscribe(one.subscription(), lastDelivered, join)));
    }

    /** A shard has refused it: it is none of the client's consumers. */
    boolean isRefused() {
        return refused.get();
    }

    List<Attached> attached() {
        return attached;
    }

    /** The subscription that an acknowledgement for this destination is for. */
    Attached attachedTo(DestinationName destination) {
        for (Attached candidate : attached) {
            if (candidate.names.contains(destination)) {
                return candidate;
            }
        }
        return attached.get(0);
    }
}
