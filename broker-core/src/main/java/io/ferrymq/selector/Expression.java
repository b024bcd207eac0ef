package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/** A part of a selector that has a value. Immutable; never throws, however little its operands fit together. */
interface Expression {
    /** A number, a String, a Boolean or what else a property can be; null is SQL's NULL. */
    @Nullable
    Object value(Candidate candidate);
}
