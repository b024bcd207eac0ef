package io.ferrymq.flow;

import io.ferrymq.message.DestinationName;
import java.util.Map;

/**
 * What the application of a consumer that ends saw last (OpenWire RemoveInfo.lastDeliveredSequenceId).
 *
 * @param sequence of that message, {@link #NONE} or {@link #UNKNOWN}
 * @param inEach of a consumer of several destinations, the last one up to that of each; empty where that is not known
 */
public record LastDelivered(long sequence, Map<DestinationName, Long> inEach) {
    public static final long NONE = -1;
    public static final long UNKNOWN = -2;

    public static LastDelivered of(long sequence) {
        return new LastDelivered(sequence, Map.of());
    }

    /** The sequence of the last one from this queue. */
    public long in(DestinationName queue) {
        return inEach.isEmpty() ? sequence : inEach.getOrDefault(queue, NONE);
    }
}
