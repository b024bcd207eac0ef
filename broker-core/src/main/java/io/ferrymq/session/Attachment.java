package io.ferrymq.session;

import io.ferrymq.message.DestinationName;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Subscription;
import java.util.function.Predicate;

/**
 * One subscription of a consumer, and where it is. Immutable.
 *
 * @param covers the destinations whose messages come through it
 */
record Attachment(Shard shard, Subscription subscription, Predicate<DestinationName> covers) {
    boolean concerns(DestinationName destination) {
        return covers.test(destination);
    }

    void put(Command command, Handoff handoff) {
        handoff.put(shard, command);
    }
}
