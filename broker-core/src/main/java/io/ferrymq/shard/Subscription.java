package io.ferrymq.shard;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.LastDelivered;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.time.Timers;
import io.ferrymq.transaction.TransactionPart;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer has in one shard. Made by the session, thereafter used only by that shard. The session names it in its
 * commands, so that no acknowledgement has to look it up.
 */
public abstract sealed class Subscription
        permits QueueSubscription,
                QueuesSubscription,
                BrowserSubscription,
                TopicsSubscription,
                DurableConsumerSubscription {
    private final ConsumerId id;
    private final DeliverySink sink;
    private Timers.@Nullable Timer pullTimer;
    private boolean ended;

    Subscription(ConsumerId id, DeliverySink sink) {
        this.id = id;
        this.sink = sink;
    }

    /** Starts deliveries; refused when its destination cannot be had. Without effect when it has been ended before it began. */
    final void start(Destinations destinations, Receipt receipt) {
        if (ended) {
            passOver(destinations, receipt);
        } else {
            attach(destinations, receipt);
        }
    }

    /** It has been ended before it began. */
    void passOver(Destinations destinations, Receipt receipt) {
        receipt.done();
    }

    abstract void attach(Destinations destinations, Receipt receipt);

    /** Ends it, and with it a pull that still waits. */
    final void end(LastDelivered last) {
        ended = true;
        cancelPullTimer();
        detach(last);
    }

    abstract void detach(LastDelivered last);

    abstract Optional<Refusal> acknowledge(AckRange range);

    /** Within a transaction: what is consumed is collected in {@code part}. */
    abstract Optional<Refusal> acknowledge(AckRange range, TransactionPart part);

    abstract void changePrefetch(int prefetch);

    /** There may be credit from elsewhere, or room on the way to the client. */
    abstract void resume();

    /** Asks for one message. Returns which pull it is. */
    abstract long startPull();

    abstract boolean isPullOpen();

    /** False when it has got a message meanwhile, perhaps from another shard, or there is a newer one. */
    abstract boolean endPull(long pull);

    /** Runs the action when it is known that there is no message for it here now, or it has got one. */
    abstract void whenLooked(Runnable then);

    /** OpenWire MessagePull: -1 answers at once, 0 waits for ever, else so many milliseconds. */
    final void pull(long timeoutMs, Timers timers) {
        awaitPull(startPull(), timeoutMs, timers);
    }

    /** The last part of a consumer that pulls from several shards: none of them had a message. */
    final void awaitPull(long pull, long timeoutMs, Timers timers) {
        cancelPullTimer();
        if (!isPullOpen()) {
            return;
        }
        if (timeoutMs < 0) {
            whenLooked(() -> pullIsOver(pull));
        } else if (timeoutMs > 0) {
            pullTimer = timers.schedule(timeoutMs, () -> pullIsOver(pull));
        }
    }

    private void cancelPullTimer() {
        if (pullTimer != null) {
            pullTimer.cancel();
            pullTimer = null;
        }
    }

    private void pullIsOver(long pull) {
        if (isPullOpen() && endPull(pull)) {
            sink.nothing(id);
        }
    }

    final void answer(Optional<Refusal> refusal, Receipt receipt) {
        if (refusal.isPresent()) {
            receipt.refused(refusal.get());
        } else {
            receipt.done();
        }
    }
}
