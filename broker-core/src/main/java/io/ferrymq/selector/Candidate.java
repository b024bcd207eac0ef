package io.ferrymq.selector;

import io.ferrymq.message.Message;
import io.ferrymq.message.PropertyFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message while selectors are tried on it. Owned by one thread. Each property that a selector asks for is looked for once and then
 * kept; when many are asked for, all are decoded.
 */
public final class Candidate {
    /** Decoding all of them costs about as much as looking for so many. */
    private static final int FEW = 4;

    private final Message message;
    private final PropertyFormat format;
    private final int redeliveries;
    private @Nullable Map<String, Object> properties;
    private String[] names = {};
    private @Nullable Object[] values = {};
    private int asked;
    /** How often a property was asked for and not found. */
    private int misses;

    /** One that nobody has had yet. */
    public Candidate(Message message, PropertyFormat format) {
        this(message, format, 0);
    }

    /** @param redeliveries how many deliveries of it count as failed */
    public Candidate(Message message, PropertyFormat format, int redeliveries) {
        this.message = Objects.requireNonNull(message, "message");
        this.format = Objects.requireNonNull(format, "format");
        this.redeliveries = redeliveries;
    }

    public Message message() {
        return message;
    }

    int redeliveries() {
        return redeliveries;
    }

    /** Whether selectors have asked for a property, and whatever the producer has set cannot be read. */
    public boolean isUnreadable() {
        return isUnreadableSince(0);
    }

    /** Whether that is so since there were so many {@link #misses}. */
    boolean isUnreadableSince(int before) {
        return misses > before && !format.isReadable(message);
    }

    int misses() {
        return misses;
    }

    /** Null when there is none. What the broker added goes before what the producer set. */
    @Nullable
    Object property(String name) {
        Map<String, Object> annotations = message.annotations();
        Object added = annotations.isEmpty() ? null : annotations.get(name);
        Object value = added == null ? ofProducer(name) : added;
        misses += value == null ? 1 : 0;
        return value;
    }

    private @Nullable Object ofProducer(String name) {
        Map<String, Object> all = properties;
        if (all != null) {
            return all.get(name);
        }
        for (int i = 0; i < asked; i++) {
            if (names[i].equals(name)) {
                return values[i];
            }
        }
        return asked < FEW ? find(name) : readAll().get(name);
    }

    private @Nullable Object find(String name) {
        if (asked == 0) {
            names = new String[FEW];
            values = new Object[FEW];
        }
        Object value = format.find(message, name);
        names[asked] = name;
        values[asked++] = value;
        return value;
    }

    private Map<String, Object> readAll() {
        Map<String, Object> all = format.read(message);
        properties = all;
        return all;
    }
}
