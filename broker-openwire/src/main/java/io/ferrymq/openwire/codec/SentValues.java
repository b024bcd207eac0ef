package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.WireValue;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The object cache of the outgoing direction, owned by the connection's I/O thread: which value the peer has in which slot.
 * Indexes and evictions follow stock brokers exactly, so that recorded sessions can be compared byte for byte. Null is a
 * value like any other.
 */
final class SentValues {
    /** OpenWire: when there is no slot left, the value goes out with this index and the peer does not keep it. */
    static final int NOT_STORED = -1;

    /** OpenWire: so many slots are free when a frame begins, because within a frame nothing is evicted. */
    private static final int FREE_SLOTS = 100;

    private final Map<@Nullable WireValue, Integer> indexes = new HashMap<>();
    private final @Nullable WireValue[] slots;
    private int next;
    private int oldest;

    SentValues(int slotCount) {
        slots = new WireValue[slotCount];
    }

    /** Makes room, oldest first. */
    void beginFrame() {
        int keep = Math.max(0, slots.length - FREE_SLOTS);
        while (indexes.size() > keep) {
            indexes.remove(slots[oldest]);
            slots[oldest] = null;
            oldest = (oldest + 1) % slots.length;
        }
    }

    /** Where the peer has {@code value}, or -1. */
    int indexOf(@Nullable WireValue value) {
        Integer index = indexes.get(value);
        return index == null ? -1 : index;
    }

    int add(@Nullable WireValue value) {
        if (indexes.size() >= slots.length) {
            return NOT_STORED;
        }
        int index = next;
        next = (next + 1) % slots.length;
        slots[index] = value;
        indexes.put(value, index);
        return index;
    }

    /** Forgets everything: the frame that announced some of it was never sent. The peer's slots are simply overwritten. */
    void clear() {
        indexes.clear();
        Arrays.fill(slots, null);
        next = 0;
        oldest = 0;
    }
}
