package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/**
 * {@code operand BETWEEN low AND high}: both ends belong to it. Not built of two comparisons, because nested in each other
 * those would double the work with every level.
 */
record Between(Comparison comparison, Expression operand, Expression low, Expression high) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        Object value = operand.value(candidate);
        if (value == null) {
            return Truth.UNKNOWN;
        }
        Truth above = compare(Relation.GREATER_OR_EQUAL, value, low.value(candidate));
        if (above == Truth.FALSE) {
            return Truth.FALSE;
        }
        Truth below = compare(Relation.LESS_OR_EQUAL, value, high.value(candidate));
        return below == Truth.TRUE ? above : below;
    }

    private Truth compare(Relation relation, Object value, @Nullable Object bound) {
        return bound == null ? Truth.UNKNOWN : comparison.test(relation, value, bound);
    }
}
