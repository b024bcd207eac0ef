package io.ferrymq.shard;

import io.ferrymq.policy.SlowConsumers;
import java.util.List;

/** What is done for all destinations of a shard from time to time: expiry, slow consumers, what nobody uses. Owned by the shard. */
final class Upkeep {
    private static final long PERIOD_MS = 1_000;

    private final ShardContext context;
    private final Destinations destinations;
    private final Runnable makeRoom;

    /** @param makeRoom writes again what was left out when that was asked for */
    Upkeep(ShardContext context, Destinations destinations, Runnable makeRoom) {
        this.makeRoom = makeRoom;
        this.context = context;
        this.destinations = destinations;
    }

    void schedule() {
        context.timers().schedule(PERIOD_MS, () -> {
            run();
            schedule();
        });
    }

    private void run() {
        for (Destination destination : List.copyOf(destinations.all())) {
            if (destination.name().isQueue()) {
                destination.queue().expire();
                destination.queue().abortSlowConsumers();
                destination.queue().rest();
            } else if (destination.policy.slowConsumers().endsAny()) {
                SlowConsumers slow = destination.policy.slowConsumers();
                destination.topic().subscriptions().forEach(subscription -> subscription.abortIfSlow(slow));
            }
            if (destination.policy.gcInactiveDestinations()) {
                removeIfUnused(destination);
            }
        }
        destinations.durables().all().forEach(durable -> {
            durable.backlog().expire();
            durable.backlog().abortSlowConsumers();
            durable.backlog().rest();
        });
        destinations.durables().lookForUnused();
        makeRoom.run();
    }

    /** ActiveMQ's gcInactiveDestinations. */
    private void removeIfUnused(Destination destination) {
        boolean empty = destination.name().isTopic() || destination.queue().size() == 0;
        boolean unused = destination.consumerCount() == 0
                && destination.parkedMessages == 0
                && destination.durables == 0
                && !destination.name().isTemporary();
        if (!empty || !unused) {
            destination.lastUsedMs = context.nowMs();
        } else if (context.nowMs() - destination.lastUsedMs >= destination.policy.inactiveTimeoutBeforeGcMs()) {
            destinations.remove(destination);
        }
    }
}
