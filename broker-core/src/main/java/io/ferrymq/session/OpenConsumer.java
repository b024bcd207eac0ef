package io.ferrymq.session;

import io.ferrymq.flow.DeliverySink;
import io.ferrymq.message.DestinationName;
import io.ferrymq.shard.BrowserSubscription;
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

/**
 * One consumer of a client, whose I/O thread owns it: the subscriptions it has in the shards, one per queue, and one per shard
 * for topics.
 */
final class OpenConsumer {
    /** A subscription and where it is. */
    record Attached(Shard shard, Subscription subscription, List<DestinationName> names) {}

    private final List<Attached> attached = new ArrayList<>();

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
