package io.ferrymq.session;

import io.ferrymq.flow.Limits;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.Journal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.observe.BrokerEvents;
import java.util.List;
import java.util.function.Consumer;

/** The door through which protocols enter the broker. Any thread. */
public interface Sessions {
    /**
     * Registers a connected client. A client with the same connection id is told that it is {@link ClientListener#evicted}
     * and replaced (failover came back faster than the loss was noticed); another one with the same client id makes this a
     * refusal. Never blocks.
     */
    Outcome connect(ClientInfo info, ClientListener listener);

    /** Name of this broker, for people and for BrokerInfo. */
    String brokerName();

    /** Unique id of this broker's data: stays the same over restarts on the same data directory. */
    String brokerId();

    /**
     * For a thread that has flushed clients by {@link Client#flushHere}: what they have brought the journal is written, by this thread when
     * nobody else does it and the disk is quick. May wait for one sync. Never from within the work of a shard.
     */
    void writeHere();

    /** How the journal is now, for whoever asks. */
    Journal.Status journal();

    Limits limits();

    /** What all messages in the heap count against; a protocol counts those that only it still holds. */
    MemoryBudget memory();

    /** Where to listen for what happens in the broker. */
    BrokerEvents events();

    /** What waits for its time. */
    ScheduledMessages scheduled();
    /**
     * Tells which destinations exist: each shard tells its own, later, on its thread, and in order with the events about them.
     * Whoever listens to events before asking misses nothing.
     */
    void destinations(Consumer<List<DestinationName>> reader);

    /** What became of {@link #connect}. */
    sealed interface Outcome {
        record Accepted(Client client) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }
}
