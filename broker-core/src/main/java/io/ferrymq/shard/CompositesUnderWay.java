package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What was sent to several destinations at once and has no outcome yet: if it comes again, after a failover, it waits for that one
 * instead of being stored twice. Owned by the shard.
 */
final class CompositesUnderWay {
    private record Part(MessageId id, DestinationName destination) {
        static Part of(Message message) {
            return new Part(message.id(), message.destination());
        }
    }

    private final Map<Part, List<Receipt>> repeats = new HashMap<>();

    void begin(Message message) {
        repeats.putIfAbsent(
                Part.of(message), new ArrayList<>(0)); // who sends it twice without a failover loses no answer
    }

    /** Whether this one is under way; then the receipt gets its outcome. */
    boolean await(Message message, Receipt receipt) {
        List<Receipt> waiting = repeats.get(Part.of(message));
        return waiting != null && waiting.add(receipt);
    }

    /** Nothing happens if it did not begin. */
    void end(Message message, Consumer<Receipt> outcome) {
        if (repeats.isEmpty()) {
            return;
        }
        List<Receipt> waiting = repeats.remove(Part.of(message));
        if (waiting != null) {
            waiting.forEach(outcome);
        }
    }
}
