package io.ferrymq.selector;

/** {@code left < right} and its kin. */
record Ordering(Comparison comparison, Relation relation, Expression left, Expression right) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        Object a = left.value(candidate);
        if (a == null) {
            return Truth.UNKNOWN;
        }
        Object b = right.value(candidate);
        return b == null ? Truth.UNKNOWN : comparison.test(relation, a, b);
    }
}
