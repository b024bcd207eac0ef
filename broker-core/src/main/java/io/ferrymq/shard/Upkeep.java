package io.ferrymq.shard;

import io.ferrymq.policy.SlowConsumers;
import io.ferrymq.queue.Queue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What is done for all destinations of a shard from time to time: expiry, slow consumers, what nobody uses. Owned by the shard. */
final class Upkeep {
    private static final long PERIOD_MS = 1_000;
    /** What one turn may do about expiry; the rest follows in the next ones. */
    private static final int BACKLOGS_AT_ONCE = 256;

    private static final int MESSAGES_AT_ONCE = 1_024;

    private final ShardContext context;
    private final Destinations destinations;
    private final Runnable makeRoom;
    /** What is still to be looked through in this round. */
    private final Deque<Queue> toExpire = new ArrayDeque<>();

    /** @param makeRoom writes again what was left out when that was asked for */
    Upkeep(ShardContext context, Destinations destinations, Runnable makeRoom) {
        this.makeRoom = makeRoom;
        this.context = context;
        this.destinations = destinations;
    }

    void schedule() {
        context.timers().schedule(PERIOD_MS, this::run);
    }

    private void run() {
        for (Destination destination : List.copyOf(destinations.all())) {
            if (destination.name().isQueue()) {
                look(destination.queue());
            } else if (destination.policy.slowConsumers().endsAny()) {
                SlowConsumers slow = destination.policy.slowConsumers();
                destination.topic().subscriptions().forEach(subscription -> subscription.abortIfSlow(slow));
            }
            if (destination.policy.gcInactiveDestinations()) {
                removeIfUnused(destination);
            }
        }
        destinations.durables().all().forEach(durable -> look(durable.backlog()));
        destinations.durables().lookForUnused();
        makeRoom.run();
        expire();
    }

    private void look(Queue backlog) {
        backlog.lookForSlowConsumers();
        backlog.rest();
        toExpire.add(backlog);
    }

    private void expire() {
        int expired = 0;
        for (int looked = 0; looked < BACKLOGS_AT_ONCE && expired < MESSAGES_AT_ONCE && !toExpire.isEmpty(); looked++) {
            Queue backlog = toExpire.remove();
            int found = backlog.expire();
            expired += found;
            if (found > 0) { // there may be more
                toExpire.add(backlog);
            }
        }
        if (toExpire.isEmpty()) {
            schedule();
        } else {
            context.timers().schedule(0, this::expire);
        }
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
