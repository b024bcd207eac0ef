package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueConsumer;
import io.ferrymq.transaction.TransactionPart;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A consumer of one queue. */
public final class QueueSubscription extends Subscription {
    private final DestinationName name;
    private final QueueConsumer consumer;
    private @Nullable Queue queue;

    public QueueSubscription(
            ConsumerId id, DestinationName name, DeliverySink sink, int prefetch, int priority, boolean exclusive) {
        super(id, sink);
        this.name = name;
        this.consumer = new QueueConsumer(id, sink, prefetch, priority, exclusive);
    }

    @Override
    Optional<Refusal> attach(Destinations destinations) {
        Destination destination = destinations.findOrCreate(name);
        if (destination == null) {
            return Optional.of(destinations.missing(name));
        }
        queue = destination.queue();
        queue.subscribe(consumer);
        return Optional.empty();
    }

    @Override
    void detach(long lastDelivered) {
        if (queue != null) {
            queue.unsubscribe(consumer, lastDelivered);
        }
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range) {
        return queue == null ? Optional.empty() : queue.acknowledge(consumer, range);
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range, TransactionPart part) {
        return queue == null ? Optional.empty() : queue.acknowledge(consumer, range, part.acknowledgedOf(queue));
    }

    @Override
    void changePrefetch(int prefetch) {
        if (queue != null) {
            queue.changePrefetch(consumer, prefetch);
        }
    }

    @Override
    boolean tryPull() {
        return queue == null || queue.pull(consumer);
    }

    @Override
    boolean isPullOpen() {
        return consumer.isPullOpen();
    }

    @Override
    void endPull() {
        if (queue != null) {
            queue.endPull(consumer);
        }
    }
}
