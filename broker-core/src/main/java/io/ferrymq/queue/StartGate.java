package io.ferrymq.queue;

import io.ferrymq.policy.DispatchStart;

/**
 * Holds a queue's messages back when the first consumer comes, so that others can be there before it has been given everything (ActiveMQ's
 * consumersBeforeDispatchStarts and timeBeforeDispatchStarts). Owned by the queue's shard.
 */
final class StartGate {
    private final DispatchStart policy;
    private final QueueEffects effects;
    private final Runnable whenOpen;
    private boolean shut;
    private int arrived;
    /** Times it has been shut: a timer of an earlier time means nothing. */
    private int times;

    /** @param whenOpen runs when it opens again */
    StartGate(DispatchStart policy, QueueEffects effects, Runnable whenOpen) {
        this.policy = policy;
        this.effects = effects;
        this.whenOpen = whenOpen;
    }

    boolean isShut() {
        return shut;
    }

    /** One more consumer is about to be there. */
    void coming(int consumersBefore) {
        if (consumersBefore == 0 && policy.waits()) {
            shut = true;
            arrived = 0;
            int now = ++times;
            effects.later(policy.longestMs(), () -> {
                if (now == times) {
                    open();
                }
            });
        }
        arrived++;
    }

    /** It is there. */
    void came() {
        if (shut && policy.consumers() > 0 && arrived >= policy.consumers()) {
            open();
        }
    }

    private void open() {
        if (shut) {
            shut = false;
            whenOpen.run();
        }
    }
}
