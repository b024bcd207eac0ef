package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/** An expression that says yes, no or neither. */
interface Condition extends Expression {
    Truth test(Candidate candidate);

    @Override
    default @Nullable Object value(Candidate candidate) {
        return test(candidate).value();
    }
}
