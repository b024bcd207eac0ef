package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.WireValue;
import org.jspecify.annotations.Nullable;

/**
 * The object cache of the incoming direction, owned by the connection's I/O thread. The peer decides what it stores where;
 * this side only keeps the promise that a slot holds what was put there, and bounds what all slots hold together.
 */
final class ReceivedValues {
    /** Generous: 1024 ids and destination names of ordinary length take a tenth of it. */
    static final int MAX_BYTES = 4 << 20;

    private static final Object NULL = new Object();
    private static final int NOT_STORED = -1;

    private final @Nullable Object[] slots;
    private final int[] sizes;
    private int bytes;

    ReceivedValues(int slotCount) {
        slots = new Object[slotCount];
        sizes = new int[slotCount];
    }

    /** Keeps {@code value}, which took {@code size} bytes of a frame; index -1 asks not to. */
    void store(int index, @Nullable WireValue value, int size, FrameInput in) {
        if (index == NOT_STORED) {
            return;
        }
        checkIndex(index, in);
        bytes += size - sizes[index];
        if (bytes > MAX_BYTES) {
            throw in.malformed("object cache full", bytes, MAX_BYTES);
        }
        sizes[index] = size;
        slots[index] = value == null ? NULL : value;
    }

    <T extends WireValue> @Nullable T get(int index, Class<T> type, FrameInput in) {
        checkIndex(index, in);
        Object value = slots[index];
        if (value == NULL) {
            return null;
        }
        if (!type.isInstance(value)) {
            String what = value == null ? "cache slot is unused" : "cached value is no " + type.getSimpleName();
            throw in.malformed(what, index, slots.length);
        }
        return type.cast(value);
    }

    private void checkIndex(int index, FrameInput in) {
        if (index < 0 || index >= slots.length) {
            throw in.malformed("cache index out of range", index, slots.length);
        }
    }
}
