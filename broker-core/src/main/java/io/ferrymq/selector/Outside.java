package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/**
 * {@code operand NOT BETWEEN low AND high}. Not the opposite of {@link Between}: where values cannot be compared, both are
 * false.
 */
record Outside(Comparison comparison, Expression operand, Expression low, Expression high) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        Object value = operand.value(candidate);
        if (value == null) {
            return Truth.UNKNOWN;
        }
        Truth below = compare(Relation.LESS, value, low.value(candidate));
        if (below == Truth.TRUE) {
            return Truth.TRUE;
        }
        Truth above = compare(Relation.GREATER, value, high.value(candidate));
        return above == Truth.FALSE ? below : above;
    }

    private Truth compare(Relation relation, Object value, @Nullable Object bound) {
        return bound == null ? Truth.UNKNOWN : comparison.test(relation, value, bound);
    }
}
