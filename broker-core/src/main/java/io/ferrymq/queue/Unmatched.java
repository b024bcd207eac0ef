package io.ferrymq.queue;

import io.ferrymq.flow.AckRange;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.MessageId;
import java.util.List;

/** Says why an acknowledgement does not fit, in the words that ActiveMQ Classic has for it. Stateless. */
final class Unmatched {
    private Unmatched() {}

    static Refusal refusal(QueueConsumer consumer, AckRange range, List<QueueEntry> selected, String facts) {
        String message =
                switch (range.type()) {
                    case STANDARD, INDIVIDUAL ->
                        "Unmatched acknowledge: " + facts + "; " + reason(consumer, range, selected);
                    case EXPIRED -> "Could not correlate expiration acknowledgment with dispatched message: " + facts;
                    case DELIVERED, POISON, REDELIVERED ->
                        "Could not correlate acknowledgment with dispatched message: " + facts;
                };
        return new Refusal(Refusal.Code.INVALID_ACKNOWLEDGE, message);
    }

    private static String reason(QueueConsumer consumer, AckRange range, List<QueueEntry> selected) {
        if (!selected.isEmpty()) {
            return "Expected message count (" + range.count() + ") differs from count in dispatched-list ("
                    + selected.size() + ")";
        }
        return range.first()
                .filter(first -> consumer.find(first) == null)
                .map(first -> notFound(first, "start"))
                .orElseGet(() -> notFound(range.last(), "end"));
    }

    private static String notFound(MessageId id, String end) {
        return "Could not find Message-ID " + id + " in dispatched-list (" + end + " of ack)";
    }
}
