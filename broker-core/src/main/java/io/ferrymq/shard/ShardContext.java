package io.ferrymq.shard;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.NoSpace;
import io.ferrymq.message.PropertyFormat;
import io.ferrymq.observe.BrokerEvents;
import io.ferrymq.policy.DestinationPolicies;
import io.ferrymq.time.Clock;
import io.ferrymq.time.Timers;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the parts of one shard work with. {@code outlet} and {@code timers} belong to the shard; the others are shared by all
 * shards of a broker and safe for any thread.
 *
 * @param sequences gives each message its place in the broker (OpenWire brokerSequenceId)
 */
record ShardContext(
        Clock clock,
        Timers timers,
        Limits limits,
        MemoryBudget budget,
        AtomicLong sequences,
        JournalOutlet outlet,
        DestinationPolicies policies,
        BrokerEvents events,
        PropertyFormat properties,
        NoSpace noSpace) {
    /** Milliseconds of the monotonic clock. */
    long nowMs() {
        return clock.nanoTime() / 1_000_000;
    }

    long nextSequence() {
        return sequences.getAndIncrement();
    }
}
