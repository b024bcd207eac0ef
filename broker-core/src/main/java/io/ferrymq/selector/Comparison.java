package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/**
 * Compares values as ActiveMQ Classic does: of the same type by their order; numbers of different types as the wider one;
 * everything else is not comparable and compares false, not unknown. One oddity is kept because clients may have come to rely
 * on it: a byte or a short on the right of a wider number compares false.
 */
enum Comparison {
    STRICT,
    /** Strings are read as what they are compared with: {@code convert_string_expressions:}. */
    CONVERTING;

    private static final int NO_NUMBER = 0;
    private static final int BYTE = 1;
    private static final int SHORT = 2;
    private static final int INTEGER = 3;
    private static final int LONG = 4;
    private static final int FLOAT = 5;
    private static final int DOUBLE = 6;

    Truth test(Relation relation, Object left, Object right) {
        if (left.getClass() == right.getClass()) {
            return sameType(relation, left, right);
        }
        if (!(left instanceof Comparable && right instanceof Comparable)) {
            return Truth.UNKNOWN;
        }
        int leftRank = rank(left);
        int rightRank = rank(right);
        if (leftRank != NO_NUMBER && rightRank != NO_NUMBER) {
            return numbers(relation, (Number) left, leftRank, (Number) right, rightRank);
        }
        return this == CONVERTING ? converted(relation, left, right) : Truth.FALSE;
    }

    /** Only what is its own Comparable comes here. */
    @SuppressWarnings("unchecked")
    private static Truth sameType(Relation relation, Object left, Object right) {
        if (left instanceof Integer a && right instanceof Integer b) {
            return Truth.of(relation.holds(Integer.compare(a, b)));
        }
        if (left instanceof Comparable<?> a) {
            return Truth.of(relation.holds(((Comparable<Object>) a).compareTo(right)));
        }
        return Truth.UNKNOWN;
    }

    private static Truth numbers(Relation relation, Number left, int leftRank, Number right, int rightRank) {
        if (rightRank < leftRank && rightRank < INTEGER) {
            return Truth.FALSE;
        }
        int order =
                switch (Math.max(leftRank, rightRank)) {
                    case DOUBLE -> Double.compare(left.doubleValue(), right.doubleValue());
                    case FLOAT -> Float.compare(left.floatValue(), right.floatValue());
                    default -> Long.compare(left.longValue(), right.longValue());
                };
        return Truth.of(relation.holds(order));
    }

    private static Truth converted(Relation relation, Object left, Object right) {
        if (left instanceof String text) {
            Object value = read(text, right);
            return value == null ? Truth.FALSE : sameType(relation, value, right);
        }
        if (right instanceof String text) {
            Object value = read(text, left);
            return value == null ? Truth.FALSE : sameType(relation, left, value);
        }
        return Truth.FALSE;
    }

    /** Null when the text is nothing of the kind. */
    private static @Nullable Object read(String text, Object like) {
        if (like instanceof Boolean) {
            return Boolean.valueOf(text);
        }
        try {
            return switch (rank(like)) {
                case BYTE -> (Object) Byte.valueOf(text);
                case SHORT -> Short.valueOf(text);
                case INTEGER -> Integer.valueOf(text);
                case LONG -> Long.valueOf(text);
                case FLOAT -> Float.valueOf(text);
                case DOUBLE -> Double.valueOf(text);
                default -> null;
            };
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static int rank(Object value) {
        if (value instanceof Integer) {
            return INTEGER;
        }
        if (value instanceof Long) {
            return LONG;
        }
        if (value instanceof Double) {
            return DOUBLE;
        }
        if (value instanceof Float) {
            return FLOAT;
        }
        if (value instanceof Short) {
            return SHORT;
        }
        return value instanceof Byte ? BYTE : NO_NUMBER;
    }
}
