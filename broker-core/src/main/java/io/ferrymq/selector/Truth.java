package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/** What a condition says of a message. SQL has a third value, for what cannot be said because something is missing. */
enum Truth {
    TRUE(Boolean.TRUE),
    FALSE(Boolean.FALSE),
    UNKNOWN(null);

    private final @Nullable Boolean value;

    Truth(@Nullable Boolean value) {
        this.value = value;
    }

    static Truth of(boolean value) {
        return value ? TRUE : FALSE;
    }

    Truth not() {
        return switch (this) {
            case TRUE -> FALSE;
            case FALSE -> TRUE;
            case UNKNOWN -> UNKNOWN;
        };
    }

    /** As the value of an expression: unknown is NULL. */
    @Nullable
    Boolean value() {
        return value;
    }
}
