package io.ferrymq.selector;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** {@code -operand}: NULL of what is no number. */
record Negation(Expression operand, @Nullable Object folded) implements Expression {
    private static final BigDecimal LONG_MIN = BigDecimal.valueOf(Long.MIN_VALUE);

    /** What is known already is computed now. */
    static Negation of(Expression operand) {
        if (operand instanceof Literal literal) {
            return new Negation(operand, negative(literal.constant()));
        }
        return new Negation(operand, null);
    }

    @Override
    public @Nullable Object value(Candidate candidate) {
        return folded == null ? negative(operand.value(candidate)) : folded;
    }

    private static @Nullable Object negative(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return -((Number) value).intValue();
        }
        if (value instanceof Long number) {
            return -number;
        }
        if (value instanceof Double number) {
            return -number;
        }
        if (value instanceof Float number) {
            return -number;
        }
        return value instanceof BigDecimal number ? negative(number) : null;
    }

    /** The smallest long has no positive twin: its digits come here as a BigDecimal. */
    private static Number negative(BigDecimal number) {
        BigDecimal negative = number.negate();
        return negative.equals(LONG_MIN) ? (Number) Long.MIN_VALUE : negative;
    }
}
