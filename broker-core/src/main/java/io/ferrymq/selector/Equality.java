package io.ferrymq.selector;

/**
 * {@code left = right}. As in ActiveMQ Classic, a missing right side makes it false rather than unknown, and two missing sides
 * are equal.
 */
record Equality(Comparison comparison, Expression left, Expression right) implements Condition {
    @Override
    public Truth test(Candidate candidate) {
        Object a = left.value(candidate);
        Object b = right.value(candidate);
        if (a == null) {
            return b == null ? Truth.TRUE : Truth.UNKNOWN;
        }
        if (b == null) {
            return Truth.FALSE;
        }
        if (a.equals(b)) {
            return Truth.TRUE;
        }
        boolean comparable = a.getClass() != b.getClass() && a instanceof Comparable && b instanceof Comparable;
        return comparable ? comparison.test(Relation.EQUAL, a, b) : Truth.FALSE;
    }
}
