package io.ferrymq.selector;

import org.jspecify.annotations.Nullable;

/**
 * {@code left + right} and its kin, in the types of ActiveMQ Classic: int, long if one side is, double if one side is
 * approximate, and always double for {@code /} and {@code %}. Operands that do not fit make NULL.
 */
record Arithmetic(Operation operation, Expression left, Expression right) implements Expression {
    /** Longer strings are not made: a chain of additions could otherwise fill the heap from one long property. */
    static final int MAX_STRING_CHARS = 1 << 16;

    /** What is done with two numbers. */
    enum Operation {
        PLUS,
        MINUS,
        TIMES,
        DIVIDE,
        MODULO
    }

    @Override
    public @Nullable Object value(Candidate candidate) {
        Object a = left.value(candidate);
        if (a == null) {
            return null;
        }
        Object b = right.value(candidate);
        if (a instanceof Number x && b instanceof Number y) {
            return compute(x, y);
        }
        return operation == Operation.PLUS && a instanceof String text ? joined(text, b) : null;
    }

    private static @Nullable Object joined(String text, @Nullable Object more) {
        if (more == null || more instanceof byte[]) {
            return null;
        }
        String end = more.toString();
        return (long) text.length() + end.length() > MAX_STRING_CHARS ? null : text + end;
    }

    private Number compute(Number x, Number y) {
        if (isApproximate(x) || isApproximate(y)) {
            return approximate(x.doubleValue(), y.doubleValue());
        }
        boolean wide = x instanceof Long || y instanceof Long;
        return switch (operation) {
            case PLUS -> wide ? (Number) (x.longValue() + y.longValue()) : (Number) (x.intValue() + y.intValue());
            case MINUS -> wide ? (Number) (x.longValue() - y.longValue()) : (Number) (x.intValue() - y.intValue());
            case TIMES -> wide ? (Number) (x.longValue() * y.longValue()) : (Number) (x.intValue() * y.intValue());
            case DIVIDE, MODULO -> approximate(x.doubleValue(), y.doubleValue());
        };
    }

    private double approximate(double x, double y) {
        return switch (operation) {
            case PLUS -> x + y;
            case MINUS -> x - y;
            case TIMES -> x * y;
            case DIVIDE -> x / y;
            case MODULO -> x % y;
        };
    }

    private static boolean isApproximate(Number number) {
        return number instanceof Double || number instanceof Float;
    }
}
