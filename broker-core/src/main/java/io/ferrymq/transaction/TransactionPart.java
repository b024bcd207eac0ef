package io.ferrymq.transaction;

import io.ferrymq.flow.Refusal;
import io.ferrymq.message.Message;
import io.ferrymq.queue.Queue;
import io.ferrymq.queue.QueueEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction does to the destinations of one shard, which owns it until it yields it to the shard that commits. A
 * commit, a composite send and a move to the dead letter queue are all made of parts: one journal entry for all, then each part
 * applied by its shard.
 */
public final class TransactionPart {
    private final List<Message> sends = new ArrayList<>();
    private final Map<Queue, List<QueueEntry>> acknowledged = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>(0);

    private @Nullable Refusal firstFailure;

    /** Something in the transaction was refused: it can only be rolled back. */
    public void fail(Refusal refusal) {
        if (firstFailure == null) {
            firstFailure = refusal;
        }
    }

    public Optional<Refusal> firstFailure() {
        return Optional.ofNullable(firstFailure);
    }

    public void send(Message message) {
        sends.add(message);
    }

    /** Where the acknowledged messages of a queue are collected. */
    public List<QueueEntry> acknowledgedOf(Queue queue) {
        return acknowledged.computeIfAbsent(queue, any -> new ArrayList<>());
    }

    public List<Message> sends() {
        return sends;
    }

    public Map<Queue, List<QueueEntry>> acknowledged() {
        return acknowledged;
    }

    public List<Change> changes() {
        return changes;
    }
}
