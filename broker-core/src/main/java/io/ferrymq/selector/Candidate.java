package io.ferrymq.selector;

import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message while selectors are tried on it. Owned by one thread. Its properties are decoded when the first selector asks for
 * one and then kept, so that many selectors cost one decoding.
 */
public final class Candidate {
    private final Message message;
    private final PropertyFormat format;
    private @Nullable Map<String, Object> properties;

    public Candidate(Message message, PropertyFormat format) {
        this.message = Objects.requireNonNull(message, "message");
        this.format = Objects.requireNonNull(format, "format");
    }

    public Message message() {
        return message;
    }

    /** Null when there is none. What the broker added goes before what the producer set. */
    @Nullable
    Object property(String name) {
        Map<String, Object> annotations = message.annotations();
        Object added = annotations.isEmpty() ? null : annotations.get(name);
        return added == null ? properties().get(name) : added;
    }

    private Map<String, Object> properties() {
        Map<String, Object> known = properties;
        if (known == null) {
            known = format.read(message);
            properties = known;
        }
        return known;
    }
}
