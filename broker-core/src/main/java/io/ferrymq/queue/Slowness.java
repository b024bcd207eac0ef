package io.ferrymq.queue;

import io.ferrymq.message.DestinationName;
import io.ferrymq.policy.DestinationPolicy;
import io.ferrymq.policy.SlowConsumers;
import io.ferrymq.time.Clock;
import java.util.List;

/**
 * Watches for consumers whose window stays full while messages wait, and for those that acknowledge nothing, where the policy wants that. Owned by
 * the queue's shard.
 */
final class Slowness {
    private final DestinationName queue;
    private final Clock clock;
    private final QueueEffects effects;
    private final SlowConsumers policy;
    private final boolean watches;

    Slowness(DestinationName queue, Clock clock, DestinationPolicy policy, QueueEffects effects) {
        this.queue = queue;
        this.clock = clock;
        this.effects = effects;
        this.policy = policy.slowConsumers();
        this.watches =
                this.policy.abortSlowConsumerMs() >= 0 || policy.advisories().advisoryForSlowConsumers();
    }

    /** A message waits. */
    void note(List<QueueConsumer> consumers) {
        if (watches) {
            consumers.forEach(this::note);
        }
    }

    private void note(QueueConsumer consumer) {
        if (consumer.window.isPull() || consumer.window.hasCredit()) {
            return;
        }
        long acknowledgements = consumer.window.acknowledgements();
        if (consumer.slowSinceNs == 0 || consumer.slowAcknowledgements != acknowledgements) {
            consumer.slowSinceNs = Math.max(1, clock.nanoTime());
            consumer.slowAcknowledgements = acknowledgements;
        }
        if (!consumer.calledSlow) {
            consumer.calledSlow = true;
            effects.slow(queue, consumer.id());
        }
    }

    /** The consumer has got what its window has room for: once it is full again at once, that is not told again. */
    void served(QueueConsumer consumer, Dispatcher dispatcher) {
        if (!watches) {
            return;
        }
        consumer.slowSinceNs = 0;
        if (consumer.window.hasCredit()) {
            consumer.calledSlow = false;
        } else if (dispatcher.hasMoreFor(consumer)) {
            note(consumer);
        }
    }

    /** Once a second: also sees those who were given messages that had to be read or looked for first. */
    void look(Dispatcher dispatcher) {
        if (!watches && !policy.endsAny()) {
            return;
        }
        long nowNs = clock.nanoTime();
        for (QueueConsumer consumer : dispatcher.consumers()) {
            if (watches && !consumer.window.hasCredit() && dispatcher.hasMoreFor(consumer)) {
                note(consumer);
            } else {
                consumer.slowSinceNs = 0;
            }
            if (isSlow(consumer, nowNs) || isSilent(consumer, nowNs)) {
                consumer.sink().abort(consumer.id());
            }
        }
    }

    private boolean isSlow(QueueConsumer consumer, long nowNs) {
        long slowMs = policy.abortSlowConsumerMs();
        boolean slow = slowMs >= 0 && consumer.slowSinceNs != 0 && (nowNs - consumer.slowSinceNs) / 1_000_000 >= slowMs;
        if (slow) {
            consumer.slowSinceNs = nowNs;
        }
        return slow;
    }

    private boolean isSilent(QueueConsumer consumer, long nowNs) {
        long silentMs = policy.abortSlowAckConsumerMs();
        return silentMs >= 0 && consumer.silence.lasts(silentMs, nowNs);
    }
}
