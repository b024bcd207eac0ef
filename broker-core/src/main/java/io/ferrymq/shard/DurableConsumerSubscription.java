package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueConsumer;
import io.ferrymq.topic.DurableSubscription;
import io.ferrymq.transaction.TransactionPart;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The consumer of a durable subscription, or of the part of it that one shard has. */
public final class DurableConsumerSubscription extends Subscription {
    private final DurableSpec spec;
    private final QueueConsumer consumer;
    private final boolean retroactive;
    private final DurableChange change;
    private @Nullable DurableSubscription durable;

    /**
     * @param retroactive a new subscription also wants what its topics remember
     * @param change shared with the other parts
     */
    public DurableConsumerSubscription(
            DurableSpec spec, QueueConsumer consumer, boolean retroactive, DurableChange change, DeliverySink sink) {
        super(consumer.id(), sink);
        this.change = change;
        this.retroactive = retroactive;
        this.spec = spec;
        this.consumer = consumer;
    }

    @Override
    void attach(Destinations destinations, Receipt receipt) {
        Optional<Refusal> refusal = destinations.createAll(spec.plainTopics());
        if (refusal.isPresent()) {
            destinations.durables().decline(change, refusal.get(), receipt);
        } else {
            durable = destinations.durables().activate(spec, consumer, retroactive, change, receipt);
        }
    }

    @Override
    void passOver(Destinations destinations, Receipt receipt) {
        Refusal gone = new Refusal(
                Refusal.Code.INVALID_DESTINATION,
                "The consumer was closed before its subscription was there: " + spec.name());
        destinations.durables().decline(change, gone, receipt);
    }

    @Override
    void detach(LastDelivered last) {
        if (durable != null) {
            durable.deactivate(consumer, last.sequence());
        }
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range) {
        Queue backlog = backlog();
        return backlog == null ? Optional.empty() : backlog.acknowledge(consumer, range);
    }

    @Override
    Optional<Refusal> acknowledge(AckRange range, TransactionPart part) {
        Queue backlog = backlog();
        return backlog == null ? Optional.empty() : backlog.acknowledge(consumer, range, part.acknowledgedOf(backlog));
    }

    private @Nullable Queue backlog() {
        return durable == null ? null : durable.backlog();
    }

    @Override
    void changePrefetch(int prefetch) {
        if (durable != null) {
            durable.backlog().changePrefetch(consumer, prefetch);
        }
    }

    @Override
    void resume() {
        if (durable != null) {
            durable.backlog().resume(consumer);
        }
    }

    @Override
    long startPull() {
        return durable == null ? 0 : durable.backlog().pull(consumer);
    }

    @Override
    void whenLooked(Runnable then) {
        if (durable == null || !durable.backlog().awaitLook(consumer, then)) {
            then.run();
        }
    }

    @Override
    boolean isPullOpen() {
        return consumer.isPullOpen();
    }

    @Override
    boolean endPull(long pull) {
        return durable == null || durable.backlog().endPull(consumer, pull);
    }
}
