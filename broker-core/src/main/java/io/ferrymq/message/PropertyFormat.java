package io.ferrymq.message;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows how one protocol encodes the properties of a message. Stateless; called from any thread. */
@FunctionalInterface
public interface PropertyFormat {
    /** Sees no properties at all. */
    PropertyFormat NONE = message -> Map.of();

    /**
     * The properties by name. Values are Boolean, Byte, Short, Integer, Long, Float, Double, Character, String, byte[], List or
     * Map; a property that is null is left out. What the broker added ({@link Message#annotations}) is not in it.
     *
     * <p>Never throws: properties that cannot be read are an empty map. The work is bounded by the size of the message.
     */
    Map<String, Object> read(Message message);

    /**
     * The property that {@link #read} would have under this name, or null. For who needs one or two of them: a format that is asked
     * for many messages finds it without decoding the others.
     */
    default @Nullable Object find(Message message, String name) {
        return read(message).get(name);
    }

    /** Whether {@link #read} says all there is; false when the bytes are not what the format takes for properties. */
    default boolean isReadable(Message message) {
        return true;
    }
}
