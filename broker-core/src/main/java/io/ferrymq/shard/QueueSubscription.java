package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
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

    public QueueSubscription(DestinationName name, QueueConsumer consumer, DeliverySink sink) {
        super(consumer.id(), sink);
        this.name = name;
        this.consumer = consumer;
    }

    @Override
    void attach(Destinations destinations, Receipt receipt) {
        Destination destination = destinations.findOrCreate(name);
        if (destination == null) {
            receipt.refused(destinations.missing(name));
        } else {
            queue = destination.queue();
            queue.subscribe(consumer);
            receipt.done();
        }
    }

    @Override
    void detach(LastDelivered last) {
        if (queue != null) {
            queue.unsubscribe(consumer, last.in(name));
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
    void resume() {
        if (queue != null) {
            queue.resume(consumer);
        }
    }

    @Override
    long startPull() {
        return queue == null ? 0 : queue.pull(consumer);
    }

    @Override
    void whenLooked(Runnable then) {
        if (queue == null || !queue.awaitLook(consumer, then)) {
            then.run();
        }
    }

    @Override
    boolean isPullOpen() {
        return consumer.isPullOpen();
    }

    @Override
    boolean endPull(long pull) {
        return queue == null || queue.endPull(consumer, pull);
    }
}
