package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.topic.Topic;
import io.ferrymq.topic.TopicSubscription;
import io.ferrymq.transaction.TransactionPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A consumer of one or several topics of one shard, with one window for all. */
public final class TopicsSubscription extends Subscription {
    private final List<DestinationName> names;
    private final TopicSubscription subscription;
    private final List<Topic> topics = new ArrayList<>();

    public TopicsSubscription(List<DestinationName> names, TopicSubscription subscription, DeliverySink sink) {
        super(subscription.id(), sink);
        this.names = List.copyOf(names);
        this.subscription = subscription;
    }

    @Override
    Optional<Refusal> attach(Destinations destinations) {
        for (DestinationName name : names) {
            Destination destination = destinations.findOrCreate(name);
            if (destination == null) {
                detach(0);
                return Optional.of(destinations.missing(name));
            }
            destination.topic().subscribe(subscription);
            topics.add(destination.topic());
        }
        return Optional.empty();
    }

    @Override
    void detach(long lastDelivered) {
        topics.forEach(topic -> topic.unsubscribe(subscription));
        topics.clear();
        subscription.close();
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range) {
        subscription.acknowledge(range);
        return Optional.empty();
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range, TransactionPart part) {
        return acknowledge(range); // nothing to undo: a rollback is redelivered by the client from its own memory
    }

    @Override
    void changePrefetch(int prefetch) {
        subscription.changePrefetch(prefetch);
    }

    @Override
    boolean tryPull() {
        return subscription.pull();
    }

    @Override
    boolean isPullOpen() {
        return subscription.isPullOpen();
    }

    @Override
    void endPull() {
        subscription.endPull();
    }
}
