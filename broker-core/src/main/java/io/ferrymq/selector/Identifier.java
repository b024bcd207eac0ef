package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/** The name of a header or a property. */
record Identifier(String name, @Nullable Header header) implements Expression {
    Identifier(String name) {
        this(name, Header.BY_NAME.get(name));
    }

    @Override
    public @Nullable Object value(Candidate candidate) {
        return header == null ? candidate.property(name) : header.value(candidate);
    }
}
