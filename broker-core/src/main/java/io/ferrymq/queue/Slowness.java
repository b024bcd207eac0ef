package io.ferrymq.queue;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.time.Clock;
import java.util.List;

/** Watches for consumers whose window stays full while messages wait, where the policy wants that. Owned by the queue's shard. */
final class Slowness {
    private final DestinationName queue;
    private final Clock clock;
    private final QueueEffects effects;
    private final long abortAfterMs;
    private final boolean watches;

    Slowness(DestinationName queue, Clock clock, DestinationPolicy policy, QueueEffects effects) {
        this.queue = queue;
        this.clock = clock;
        this.effects = effects;
        this.abortAfterMs = policy.abortSlowConsumerMs();
        this.watches = abortAfterMs >= 0 || policy.advisories().advisoryForSlowConsumers();
    }

    /** A message waits. */
    void note(List<QueueConsumer> consumers) {
        if (!watches) {
            return;
        }
        for (QueueConsumer consumer : consumers) {
            if (consumer.slowSinceNs == 0 && !consumer.window.isPull() && !consumer.window.hasCredit()) {
                consumer.slowSinceNs = Math.max(1, clock.nanoTime());
                effects.slow(queue, consumer.id());
            }
        }
    }

    /** Ends those that have been too slow for too long. */
    void abort(List<QueueConsumer> consumers) {
        if (abortAfterMs < 0) {
            return;
        }
        long nowNs = clock.nanoTime();
        for (QueueConsumer consumer : consumers) {
            if (consumer.slowSinceNs != 0 && (nowNs - consumer.slowSinceNs) / 1_000_000 >= abortAfterMs) {
                consumer.slowSinceNs = nowNs;
                consumer.sink().abort(consumer.id());
            }
        }
    }
}
